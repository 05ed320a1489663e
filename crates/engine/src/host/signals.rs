//! SIGTERM, SIGINT and SIGHUP ask the engine to leave; containers go on.

use tokio::signal::unix::{SignalKind, signal};

/// Waits for the first signal that asks the engine to leave and names it.
pub(crate) async fn shutdown_signal() -> std::io::Result<&'static str> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
        _ = hangup.recv() => "SIGHUP",
    })
}
