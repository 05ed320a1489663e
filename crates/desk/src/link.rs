//! The way to the engine, which is started when it is not there.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
};

use gantry_client::{Client, Place, StartError, connect_or_start};
use gantry_view::{Failure, Reconnect};
use tokio::{net::UnixStream, sync::Notify};

use crate::{Desk, failure::failure};

/// Where the engine is, for all calls and subscriptions of a desk.
pub(crate) struct Link {
    place: Result<Place, StartError>,
    /// It has answered before, so that whoever listens on its socket can be trusted to.
    known: AtomicBool,
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
            known: AtomicBool::new(false),
            again: Notify::new(),
        }
    }

    /// Where the engine is, whether it runs or not.
    pub(crate) fn place(&self) -> Result<&Place, Failure> {
        self.place
            .as_ref()
            .map_err(|error| Failure::new(error.code(), error.to_string()))
    }

    /// A client of an engine that answers.
    pub(crate) async fn client(&self) -> Result<Client, Failure> {
        let place = self.place()?;
        // A window that is scrolled asks dozens of times a second: a whole request before each of
        // those would double their time.
        if self.known.load(Ordering::Relaxed) && UnixStream::connect(&place.socket).await.is_ok() {
            return place.client().map_err(|error| failure(error.into()));
        }
        let client = connect_or_start(place).await.map_err(failure)?;
        self.known.store(true, Ordering::Relaxed);
        Ok(client)
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
