//! The way to the engine, which is started when it is not there.

use std::path::PathBuf;

use gantry_client::{Client, Place, StartError, connect_or_start};
use gantry_view::{Failure, Reconnect};
use tokio::sync::Notify;

use crate::{Desk, failure::failure};

/// Where the engine is, for all calls and subscriptions of a desk.
pub(crate) struct Link {
    place: Result<Place, StartError>,
    again: Notify,
}

impl Link {
    /// The engine of that data, socket and settings.
    pub(crate) fn settle(
        root: Option<PathBuf>,
        socket: Option<PathBuf>,
        config: Option<PathBuf>,
    ) -> Self {
        Self {
            place: Place::settle(root, socket, config),
            again: Notify::new(),
        }
    }

    /// A client of an engine that answers.
    pub(crate) async fn client(&self) -> Result<Client, Failure> {
        let place = self
            .place
            .as_ref()
            .map_err(|error| Failure::new(error.code(), error.to_string()))?;
        connect_or_start(place).await.map_err(failure)
    }

    /// Resolves when the person asks to look for the engine at once.
    pub(crate) async fn asked_again(&self) {
        self.again.notified().await;
    }
}

#[allow(clippy::unused_async)] // Every call is asynchronous.
pub(crate) async fn reconnect(desk: &Desk, _: Reconnect) -> Result<(), Failure> {
    desk.link().again.notify_waiters();
    Ok(())
}
