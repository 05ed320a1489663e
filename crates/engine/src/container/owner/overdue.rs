//! A container that is to end, and a supervisor that may not answer.
//!
//! A healthy supervisor says at once that it has heard, and kills by itself when the grace period is
//! over. Where nothing is heard the signal goes past it, and what does not end is ended by force,
//! together with the supervisor.

use std::os::fd::AsFd;
use std::time::Duration;

use gantry_runtime::{ProcessIdentity, send_signal};
use gantry_shim::protocol::{Refusal, RefusalKind, Reply as Answer, Request};
use tokio::time::Instant;

use super::end::End;
use super::line::PATIENCE;
use super::{Asked, Owner};
use crate::container::signal::SIGKILL;
use crate::container::sweep;
use crate::core::blocking;
use crate::{Error, Result};

/// An end that somebody waits for.
pub(super) struct Due {
    signal: i32,
    /// `None` waits for ever.
    grace: Option<Duration>,
    stage: Stage,
    /// When the next stage begins.
    at: Option<Instant>,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The supervisor was asked.
    Asked,
    /// It has heard, and will kill when the grace period is over.
    Heard,
    /// It should have; it was asked whether it is there at all.
    Doubted,
    /// It did not answer: the signal went past it.
    Passed,
}

impl Due {
    pub(super) fn at(&self) -> Option<Instant> {
        self.at
    }
}

impl Owner {
    /// Asks the supervisor to end the container. SIGKILL knows no grace.
    pub(super) async fn ask_to_end(&mut self, signal: i32, grace: Option<Duration>) {
        let (request, grace) = if signal == SIGKILL {
            (Request::Signal { signal }, Some(Duration::ZERO))
        } else {
            let grace_ms = grace.map(|grace| u64::try_from(grace.as_millis()).unwrap_or(u64::MAX));
            let signal = Some(signal);
            (Request::Stop { signal, grace_ms }, grace)
        };
        let killed = matches!(&self.due, Some(due) if due.signal == SIGKILL);
        if !killed {
            self.due = Some(Due {
                signal,
                grace,
                stage: Stage::Asked,
                at: after(PATIENCE),
            });
        }
        self.ask(request, Asked::End).await;
    }

    /// A new connection may not know what was asked for on the one before.
    pub(super) async fn ask_again_to_end(&mut self) {
        if let Some(due) = self.due.take().filter(|_| self.link.is_some()) {
            self.ask_to_end(due.signal, due.grace).await;
        }
    }

    /// The supervisor's word on an end that it was asked for.
    pub(super) fn heard_of_end(&mut self, reply: Result<Answer, Refusal>) {
        match reply {
            Ok(Answer::Status(_)) => {
                let id = self.now().id().as_str().to_owned();
                self.fail_ends(|| Error::DoesNotEnd(id.clone()));
            }
            Ok(_) => {
                if let Some(due) = &mut self.due
                    && matches!(due.stage, Stage::Asked | Stage::Passed)
                {
                    due.stage = Stage::Heard;
                    due.at = due
                        .grace
                        .and_then(|grace| after(grace.saturating_add(PATIENCE)));
                }
            }
            // It is over, which is heard next.
            Err(refusal) if refusal.kind == RefusalKind::State => {}
            Err(refusal) => {
                let container = self.now().id().as_str().to_owned();
                self.fail_ends(|| Error::Supervisor {
                    container: container.clone(),
                    message: refusal.message.clone(),
                });
            }
        }
    }

    /// The time of a stage is over.
    pub(super) async fn overdue(&mut self) {
        let Some(due) = &mut self.due else { return };
        match due.stage {
            Stage::Heard if self.link.is_some() => {
                (due.stage, due.at) = (Stage::Doubted, after(PATIENCE));
                self.ask(Request::Status, Asked::End).await;
            }
            Stage::Asked if due.signal != SIGKILL => {
                (due.stage, due.at) = (Stage::Passed, due.grace.and_then(after));
                let (signal, view) = (due.signal, self.now());
                tracing::warn!(container = %view.id(), signal, "its supervisor does not answer");
                if let Some(process) = &view.state.process
                    && let Err(error) = send(process, signal)
                {
                    tracing::warn!(container = %view.id(), %error, "its stop signal was not sent");
                }
            }
            _ => self.end_by_force().await,
        }
    }

    /// Ends the container and its supervisor.
    async fn end_by_force(&mut self) {
        let view = self.now();
        tracing::warn!(container = %view.id(), "ended by force: its supervisor does not answer");
        let (folder, process) = (self.folder.clone(), view.state.process.clone());
        let ended = blocking(move || {
            sweep::by_force(&folder, process.as_ref());
            Ok(())
        });
        // The engine leaves: the next one finds what is left.
        if ended.await.is_ok() {
            self.ended(End::by_force()).await;
        }
    }

    /// Tells everybody who waits for the end that it does not come.
    fn fail_ends(&mut self, error: impl Fn() -> Error) {
        self.due = None;
        for then in std::mem::take(&mut self.at_end) {
            then.fail(error());
        }
    }
}

fn after(time: Duration) -> Option<Instant> {
    Instant::now().checked_add(time)
}

/// Sends a signal to exactly this process; one that has ended needs none.
fn send(process: &ProcessIdentity, signal: i32) -> std::io::Result<()> {
    match process.open()? {
        Some(pidfd) => Ok(send_signal(pidfd.as_fd(), signal)?),
        None => Ok(()),
    }
}
