//! Finding the engine, and starting one where none runs.

mod error;
mod examine;
mod login;
mod mend;
mod own;
mod place;
mod spawn;

use std::time::Duration;

pub use error::StartError;
pub use examine::examine;
pub use login::{LoginError, LoginStart, install_unit, login_start, remove_unit};
pub use mend::{MendError, mend};
pub(crate) use own::check_listener;
pub use place::Place;

use crate::{Client, Error, Result};
use spawn::Starter;

/// How long an engine that somebody else starts may take until it answers.
const PATIENCE: Duration = Duration::from_secs(10);

/// Returns a client of the engine of that place, which is started if it does not run.
///
/// Several clients may do this at once: one of them starts the engine, the others wait for it.
pub async fn connect_or_start(place: &Place) -> Result<Client> {
    let client = place.client()?;
    match client.ping().await {
        Err(Error::NotRunning { .. }) => {}
        Err(error) => return Err(error),
        Ok(()) => return Ok(client),
    }
    let starter = Starter::take(place).await?;
    // Whoever held the lock before may have started it.
    if client.ping().await.is_ok() {
        return Ok(client);
    }
    match starter.start(place).await {
        Ok(()) => client.ping().await?,
        // Someone started it by hand between our look and our start.
        Err(StartError::AlreadyRunning { last_words }) => {
            wait_for(&client)
                .await
                .map_err(|_| StartError::Failed { last_words })?;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(client)
}

async fn wait_for(client: &Client) -> Result<()> {
    const PAUSE: Duration = Duration::from_millis(50);
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        match client.ping().await {
            Err(Error::NotRunning { .. }) if tokio::time::Instant::now() < deadline => {
                tokio::time::sleep(PAUSE).await;
            }
            answer => return answer,
        }
    }
}
