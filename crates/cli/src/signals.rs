//! Signals that come to us and are meant for the container.

use std::sync::Arc;

use gantry_client::Client;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

use crate::session::Whose;
use crate::terminal;

/// What is passed on, by the names that the engine knows.
fn forwarded() -> [(&'static str, SignalKind); 6] {
    [
        ("SIGHUP", SignalKind::hangup()),
        ("SIGINT", SignalKind::interrupt()),
        ("SIGQUIT", SignalKind::quit()),
        ("SIGTERM", SignalKind::terminate()),
        ("SIGUSR1", SignalKind::user_defined1()),
        ("SIGUSR2", SignalKind::user_defined2()),
    ]
}

/// Passes signals on until dropped.
pub(crate) fn forward(client: &Client, id: &str) -> std::io::Result<JoinSet<()>> {
    let id: Arc<str> = id.into();
    let mut tasks = JoinSet::new();
    for (name, kind) in forwarded() {
        let mut arrivals = signal(kind)?;
        let (client, id) = (client.clone(), Arc::clone(&id));
        tasks.spawn(async move {
            while arrivals.recv().await.is_some() {
                // It may have ended meanwhile, which is what most of them ask for.
                if let Err(error) = client.kill(&id, Some(name)).await {
                    tracing::debug!(%error, name, "signal");
                }
            }
        });
    }
    Ok(tasks)
}

/// Keeps the terminal on the other side as large as ours until dropped.
pub(crate) fn follow_size(client: &Client, whose: &Whose) -> std::io::Result<JoinSet<()>> {
    let mut changes = signal(SignalKind::window_change())?;
    let (client, whose) = (client.clone(), whose.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        loop {
            if let Some((rows, columns)) = terminal::size() {
                let resized = match &whose {
                    Whose::Container(id) => client.resize(id, rows, columns).await,
                    Whose::Exec(id) => client.resize_exec(id, rows, columns).await,
                };
                if let Err(error) = resized {
                    tracing::debug!(%error, "resize");
                }
            }
            if changes.recv().await.is_none() {
                return;
            }
        }
    });
    Ok(tasks)
}
