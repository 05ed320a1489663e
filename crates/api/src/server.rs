//! The accept loop.

use std::time::Duration;

use gantry_engine::Engine;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::connection;
use crate::peer::Owner;

/// How long requests that are under way may go on once the engine leaves.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long to wait before the next accept when descriptors have run out.
const BREATHER: Duration = Duration::from_millis(50);

/// Serves the engine on the socket until it leaves.
pub async fn serve(engine: Engine, listener: UnixListener) {
    let owner = Owner::current();
    let (closing, watcher) = watch::channel(false);
    let mut connections = JoinSet::new();
    let leaving = engine.leaving();
    tokio::pin!(leaving);
    loop {
        tokio::select! {
            () = &mut leaving => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if admits(owner, &stream) => {
                    connections.spawn(connection::drive(engine.clone(), stream, watcher.clone()));
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "accept");
                    tokio::time::sleep(BREATHER).await;
                }
            },
            Some(ended) = connections.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "connection");
                }
            }
        }
    }
    drop(listener);
    // The receivers may all be gone, which is as good as told.
    let _ = closing.send(true);
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(FAREWELL, all).await.is_err() {
        tracing::info!(open = connections.len(), "connections cut off");
    }
}

fn admits(owner: Owner, stream: &UnixStream) -> bool {
    match rustix::net::sockopt::socket_peercred(stream) {
        Ok(peer) if owner.admits(peer.uid.as_raw()) => true,
        Ok(peer) => {
            tracing::warn!(uid = peer.uid.as_raw(), "refused a client of another user");
            false
        }
        Err(error) => {
            tracing::warn!(%error, "refused a client that cannot be identified");
            false
        }
    }
}
