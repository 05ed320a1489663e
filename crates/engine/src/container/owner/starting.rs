//! A start that waits until nobody is at the container's files any more.
//!
//! Meanwhile the container can be asked for everything else; what says that it shall not run takes
//! the start back.

use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::poll;
use tokio::sync::OwnedRwLockWriteGuard;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::{Owner, Reply, answer};
use crate::container::state::Step;
use crate::host::ClientGuard;
use crate::request::Outcome;
use crate::{Error, Result};

/// How long a start waits for those who are at the container's files.
const INSIDE: Duration = Duration::from_secs(10);

/// Nobody is at the files, or not in time.
type Closed = std::result::Result<OwnedRwLockWriteGuard<()>, Elapsed>;

/// A start that waits.
pub(super) struct Starting {
    closing: Pin<Box<dyn Future<Output = Closed> + Send + Sync>>,
    starters: Vec<Starter>,
    /// Keeps the engine up: nobody else would start it.
    _up: ClientGuard,
}

/// Who wants the container started.
#[derive(Debug)]
pub(super) enum Starter {
    User(Reply<Outcome>),
    /// A user, after its end or instead of it.
    Restart(Reply<()>),
    /// Its restart policy.
    Policy,
}

/// The files are closed, or nobody waits any more; never, where nothing is to be started.
pub(super) async fn closed(starting: Option<&mut Starting>) -> Closed {
    match starting {
        Some(starting) => starting.closing.as_mut().await,
        None => std::future::pending().await,
    }
}

impl Owner {
    /// Starts the container, at once where nobody is at its files.
    pub(super) async fn begin(&mut self, starters: Vec<Starter>) {
        self.next_start = None;
        if let Some(starting) = &mut self.starting {
            starting.starters.extend(starters);
            return;
        }
        let gate = self.gate.clone();
        // Until it is known to run: then others enter through its own root.
        let closing = timeout(INSIDE, async move { gate.close().await });
        let mut starting = Starting {
            closing: Box::pin(closing),
            starters,
            _up: self.core.idle.hold(),
        };
        let closed = poll!(&mut starting.closing);
        match closed {
            Poll::Ready(closed) => self.start_now(starting.starters, closed).await,
            Poll::Pending => self.starting = Some(starting),
        }
    }

    /// The wait of a start is over.
    pub(super) async fn start_closed(&mut self, closed: Closed) {
        if let Some(starting) = self.starting.take() {
            self.start_now(starting.starters, closed).await;
        }
    }

    async fn start_now(&mut self, starters: Vec<Starter>, closed: Closed) {
        let result = if let Ok(_closed) = closed {
            self.launch().await
        } else {
            let name = &self.now().name;
            Err(Error::state(
                "container-files-open",
                format!(
                    "cannot start container \"/{name}\": its files are still being copied or looked at from outside"
                ),
            ))
        };
        let by_user = starters
            .iter()
            .any(|starter| matches!(starter, Starter::User(_)));
        self.tell_starters(starters, result).await;
        if by_user {
            self.remove_if_wanted().await;
        }
    }

    /// Takes back a start that waits.
    pub(super) async fn give_up_start(&mut self) {
        if let Some(starting) = self.starting.take() {
            let name = &self.now().name;
            let message = format!(
                "container \"/{name}\" was not started: it was stopped or removed while its files were being copied or looked at from outside"
            );
            for starter in starting.starters {
                let error = Err(Error::state("container-start-given-up", message.clone()));
                self.tell_starter(starter, error).await;
            }
        }
    }

    async fn tell_starters(&mut self, starters: Vec<Starter>, result: Result<()>) {
        // Each is told, the first with all that is known of a failure.
        let (mut result, again) = match result {
            Ok(()) => (Some(Ok(())), None),
            Err(error) => {
                let again = (error.code(), error.to_string());
                (Some(Err(error)), Some(again))
            }
        };
        for starter in starters {
            let result = result.take().unwrap_or_else(|| match &again {
                None => Ok(()),
                Some((code, message)) => Err(Error::state(code, message.clone())),
            });
            self.tell_starter(starter, result).await;
        }
    }

    async fn tell_starter(&mut self, starter: Starter, result: Result<()>) {
        match starter {
            Starter::User(reply) => answer(reply, result.map(|()| Outcome::Done)),
            Starter::Restart(reply) => {
                if result.is_ok() {
                    self.event("restart", &[]);
                }
                answer(reply, result);
            }
            Starter::Policy => {
                let Err(error) = result else { return };
                let view = self.now();
                tracing::warn!(container = %view.id(), %error, "the restart did not succeed");
                if self.policy_restarts(view.state.exit_code) {
                    self.start_later(0);
                } else {
                    self.step(Step::Exited);
                    self.save_or_log().await;
                }
            }
        }
    }
}
