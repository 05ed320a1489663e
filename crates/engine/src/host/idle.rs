//! When nobody needs the engine: it leaves after a quiet time, where it was told to.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// Counts what keeps the engine up: clients, tasks, running containers.
#[derive(Debug, Clone)]
pub(crate) struct Idle {
    busy: Arc<watch::Sender<usize>>,
}

/// Keeps the engine up until it is dropped.
#[derive(Debug)]
#[must_use = "the engine may leave once the guard is dropped"]
pub struct ClientGuard {
    busy: Arc<watch::Sender<usize>>,
}

impl Idle {
    pub(crate) fn new() -> Self {
        Self {
            busy: Arc::new(watch::Sender::new(0)),
        }
    }

    /// Something began that the engine must not leave alone.
    pub(crate) fn hold(&self) -> ClientGuard {
        self.busy.send_modify(|count| *count += 1);
        ClientGuard {
            busy: Arc::clone(&self.busy),
        }
    }

    /// Returns once nothing has kept the engine up for the whole of `quiet`.
    pub(crate) async fn quiet_for(&self, quiet: Duration) {
        let mut busy = self.busy.subscribe();
        loop {
            // The sender lives in `self`, so waiting cannot fail.
            if busy.wait_for(|count| *count == 0).await.is_err() {
                return;
            }
            busy.mark_unchanged();
            if tokio::time::timeout(quiet, busy.changed()).await.is_err() {
                return;
            }
        }
    }
}

impl Drop for ClientGuard {
    fn drop(&mut self) {
        self.busy.send_modify(|count| *count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_client_restarts_the_quiet_time() {
        let quiet = Duration::from_millis(80);
        let idle = Idle::new();
        let guard = idle.hold();
        let waiting = tokio::spawn({
            let idle = idle.clone();
            async move { idle.quiet_for(quiet).await }
        });
        tokio::time::sleep(quiet * 2).await;
        assert!(!waiting.is_finished(), "a client is there");
        drop(guard);
        tokio::time::timeout(quiet * 50, waiting)
            .await
            .unwrap()
            .unwrap();
    }
}
