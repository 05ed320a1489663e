//! What goes between a container's owner and its supervisor.
//!
//! A connection that breaks ends no container: as long as the supervisor lives it is looked for, and
//! says when it is found how the container is. What was asked and not answered fails.

use std::time::Duration;

use gantry_shim::protocol::{
    Event, FromShim, PacketError, Phase, Refusal, RefusalKind, Reply as Answer, Request, Status,
};
use gantry_wire::ContainerState;
use tokio::time::timeout;

use super::end::timestamp;
use super::{Asked, Attached, Owner, answer};
use crate::Error;
use crate::container::search::{Found, Search};
use crate::container::state::State;

/// How long a supervisor may take to read what it is asked, and to say that it has heard.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

impl Owner {
    /// What the supervisor said, or that the connection broke.
    pub(super) async fn heard(&mut self, message: Result<FromShim, PacketError>) {
        match message {
            Ok(FromShim::Reply { number, reply }) => self.answered(number, reply).await,
            Ok(FromShim::Event(event)) => self.happened(event).await,
            Ok(FromShim::Hello { .. }) => {}
            Err(error) => {
                tracing::debug!(container = %self.now().id(), %error, "looking for its supervisor");
                self.link = None;
                self.fail_asked();
                self.search = Some(Search::of(self.folder.path()));
            }
        }
    }

    /// The search has an end: the supervisor answers, or is gone.
    pub(super) async fn sought(&mut self, found: Option<Found>) {
        self.search = None;
        let Some((link, status)) = found else {
            return self.supervisor_gone().await;
        };
        self.link = Some(link);
        self.take_over(status).await;
        self.ask_again_to_end().await;
    }

    /// What the supervisor says is how the container is.
    pub(super) async fn take_over(&mut self, status: Status) {
        let before = self.now();
        self.change(|view| {
            view.state.process.clone_from(&status.process);
            view.state.oom_killed = status.oom_killed;
            if let Some(started_at) = status.started_at {
                view.state.started_at = timestamp(started_at);
            }
            view.state.status = match status.phase {
                Phase::Paused => ContainerState::Paused,
                _ => ContainerState::Running,
            };
        });
        self.tell_missed(&before.state);
        if before.state != self.now().state {
            self.save_or_log().await;
        }
        if before.state.health.is_some() {
            self.probed().await;
        }
        if let Some(record) = status.exit {
            self.ended(record.into()).await;
        }
    }

    /// Tells what happened while nobody listened to the supervisor.
    fn tell_missed(&self, before: &State) {
        let now = self.now();
        match (before.status, now.state.status) {
            (ContainerState::Running, ContainerState::Paused) => self.event("pause", &[]),
            (ContainerState::Paused, ContainerState::Running) => self.event("unpause", &[]),
            _ => {}
        }
        let same_run = before.process == now.state.process;
        if same_run && !before.oom_killed && now.state.oom_killed {
            self.event("oom", &[]);
        }
    }

    async fn happened(&mut self, event: Event) {
        match event {
            Event::Exited { record } => self.ended(record.into()).await,
            Event::Paused => self.paused().await,
            Event::Resumed => self.resumed().await,
            Event::OomKilled => {
                self.change(|view| view.state.oom_killed = true);
                self.event("oom", &[]);
                self.save_or_log().await;
            }
            Event::Detached { client, by_keys } => {
                if self.clients.left(client) && by_keys {
                    self.event("detach", &[]);
                }
            }
            Event::Probing => self.probing(),
            Event::Probed => self.probed().await,
            Event::Started { .. } => {}
        }
    }

    async fn answered(&mut self, number: u64, reply: Result<Answer, Refusal>) {
        let Some(asked) = self.asked.remove(&number) else {
            return;
        };
        let result = match (asked, reply) {
            (Asked::End, reply) => return self.heard_of_end(reply),
            (asked, Err(refusal)) => (asked, Err(self.refused(&refusal))),
            (asked, Ok(found)) => (asked, Ok(found)),
        };
        match result {
            (Asked::Pause(reply), Ok(_)) => {
                self.paused().await;
                answer(reply, Ok(()));
            }
            (Asked::Unpause(reply), Ok(_)) => {
                self.resumed().await;
                answer(reply, Ok(()));
            }
            (Asked::Done(reply), Ok(_)) => answer(reply, Ok(())),
            (Asked::Attach { client, reply }, Ok(found)) => {
                answer(reply, Ok(begins(client, &found)));
            }
            (asked, Err(error)) => self.fail(asked, error),
            (Asked::End, Ok(_)) => {}
        }
    }

    /// A refusal of the supervisor as an error of the engine.
    pub(super) fn refused(&self, refusal: &Refusal) -> Error {
        match refusal.kind {
            RefusalKind::State => Error::state("container-state", refusal.message.clone()),
            _ => self.supervisor(&refusal.message),
        }
    }

    pub(super) fn supervisor(&self, message: impl std::fmt::Display) -> Error {
        Error::Supervisor {
            container: self.now().id().as_str().to_owned(),
            message: message.to_string(),
        }
    }

    pub(super) fn silent(&self) -> Error {
        Error::SupervisorSilent(self.now().id().as_str().to_owned())
    }

    /// Sends a request to the supervisor and remembers who waits for its answer.
    pub(super) async fn ask(&mut self, request: Request, asked: Asked) {
        let Some(link) = &mut self.link else {
            return self.fail(asked, self.silent());
        };
        match timeout(PATIENCE, link.request(request, &[])).await {
            Ok(Ok(number)) => drop(self.asked.insert(number, asked)),
            // It is heard right after.
            Ok(Err(error)) => self.fail(asked, self.supervisor(error)),
            Err(_) => self.fail(asked, self.silent()),
        }
    }

    /// Nobody will answer any more.
    fn fail_asked(&mut self) {
        for (_, asked) in std::mem::take(&mut self.asked) {
            let error = self.supervisor("the connection to it broke; try again");
            self.fail(asked, error);
        }
    }

    fn fail(&mut self, asked: Asked, error: Error) {
        match asked {
            Asked::Pause(reply) | Asked::Unpause(reply) | Asked::Done(reply) => {
                answer(reply, Err(error));
            }
            Asked::Attach { client, reply } => {
                self.clients.left(client);
                answer(reply, Err(error));
            }
            // Whoever waits for the end is answered by it, or when its time is over.
            Asked::End => {}
        }
    }
}

fn begins(client: u64, answer: &Answer) -> Attached {
    match answer {
        Answer::Attached { next_line } => Attached::AtRow {
            client,
            row: *next_line,
        },
        _ => Attached::Ended,
    }
}
