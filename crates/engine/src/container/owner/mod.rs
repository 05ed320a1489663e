//! The one task that owns a container.
//!
//! Requests come as [`Command`]s and are taken one at a time; what needs the supervisor's answer or
//! the container's end is remembered and answered when it comes, so that a stop with a long grace
//! period blocks nobody. State changes are published to readers, saved, and told to the feed here
//! and nowhere else.

mod clients;
mod end;
mod health;
mod launch;
mod network;
mod ports;
mod removal;
mod requests;
mod restart;
mod update;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use gantry_shim::protocol::{Event, FromShim, PacketError, Refusal, Reply as Answer};
use gantry_wire::gantry::ChangePorts;
use gantry_wire::{ContainerUpdate, ContainerUpdated, EndpointSettings};
use tokio::sync::{mpsc, oneshot, watch};

use self::clients::{Clients, Parting};
use self::end::AtEnd;
use self::restart::{Backoff, NextStart};
use super::folder::Folder;
use super::inside::Gate;
use super::link::Link;
use super::record::View;
use super::registry::{Handle, ReservedName};
use super::state::Step;
use crate::core::{Core, blocking};
use crate::host::ClientGuard;
use crate::network::Published;
use crate::request::{AttachOptions, ClientSocket, Outcome, RemoveOptions};
use crate::stats::{Entered, Since};
use crate::{Error, Result};

pub(crate) use self::clients::Place;
pub(crate) use self::end::End;
pub(crate) use self::requests::stop_signal;

/// Where the answer to a request goes.
pub(crate) type Reply<T> = oneshot::Sender<Result<T>>;

/// What an owner can be asked.
#[derive(Debug)]
pub(crate) enum Command {
    Start(Reply<Outcome>),
    /// `grace: None` waits for ever.
    Stop {
        signal: Option<i32>,
        grace: Option<Duration>,
        reply: Reply<Outcome>,
    },
    Restart {
        signal: Option<i32>,
        grace: Option<Duration>,
        reply: Reply<()>,
    },
    Kill {
        signal: i32,
        reply: Reply<()>,
    },
    Pause(Reply<()>),
    Unpause(Reply<()>),
    /// Pauses for the engine's own work; ends with the engine at the latest.
    Hold(Reply<()>),
    /// Ends that.
    Release(Reply<()>),
    Update {
        change: Box<ContainerUpdate>,
        reply: Reply<ContainerUpdated>,
    },
    Rename {
        name: ReservedName,
        reply: Reply<()>,
    },
    /// A client will be attached: first this, then its place or [`Command::Attach`].
    Expect {
        options: AttachOptions,
        keys: Vec<u8>,
        reply: Reply<Option<Place>>,
    },
    Attach {
        options: AttachOptions,
        keys: Vec<u8>,
        socket: ClientSocket,
        reply: Reply<Attached>,
    },
    /// A client that was attached behind the log has read it.
    Serve {
        client: u64,
    },
    Resize {
        rows: u16,
        columns: u16,
        reply: Reply<()>,
    },
    /// Becomes a member of one more network, by its name.
    Connect {
        network: String,
        settings: Box<EndpointSettings>,
        reply: Reply<()>,
    },
    Disconnect {
        network: String,
        reply: Reply<()>,
    },
    /// Publishes other ports, at once where it runs.
    Ports {
        change: ChangePorts,
        reply: Reply<()>,
    },
    /// What another keeper publishes of its ports.
    Served(Published),
    Remove {
        options: RemoveOptions,
        reply: Reply<()>,
    },
    /// Out of sight, with its name free; [`Command::Remove`] or [`Command::Show`] follows.
    Hide {
        options: RemoveOptions,
        reply: Reply<()>,
    },
    /// In sight again, under the given name.
    Show {
        name: ReservedName,
        reply: Reply<()>,
    },
}

/// Where a client's stream begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attached {
    /// With what the container writes next.
    Now,
    /// With this row of the log, once [`Command::Serve`] says so.
    AtRow { client: u64, row: u64 },
    /// There is none: the container has ended.
    Ended,
}

/// The owner of one container.
pub(crate) struct Owner {
    core: Arc<Core>,
    folder: Folder,
    view: watch::Sender<Arc<View>>,
    commands: mpsc::Receiver<Command>,
    /// The supervisor, while the container runs.
    link: Option<Link>,
    /// Requests that the supervisor has not answered.
    asked: HashMap<u64, Asked>,
    /// What happens when the container ends.
    at_end: Vec<AtEnd>,
    clients: Clients,
    parting: Vec<Parting>,
    backoff: Backoff,
    /// When the restart policy starts it again.
    next_start: Option<NextStart>,
    up: Option<Up>,
    /// The id of the check that is under way, for events.
    probe: Option<String>,
    gate: Gate,
}

/// What lasts for as long as the container runs.
struct Up {
    /// Keeps the engine up.
    _engine: ClientGuard,
    /// Has what it uses measured.
    _measured: Option<Entered>,
}

/// Who waits for an answer of the supervisor.
enum Asked {
    Pause(Reply<()>),
    Unpause(Reply<()>),
    Done(Reply<()>),
    /// To a client that is sent the log first.
    Attach {
        client: u64,
        reply: Reply<Attached>,
    },
}

/// Hands a container to a new owner and returns how to reach it.
pub(crate) fn adopt(core: &Arc<Core>, folder: Folder, view: View, link: Option<Link>) -> Handle {
    let (sender, commands) = mpsc::channel(64);
    let (publisher, receiver) = watch::channel(Arc::new(view));
    let gate = Gate::default();
    let mut owner = Owner {
        core: Arc::clone(core),
        folder,
        view: publisher,
        commands,
        link,
        asked: HashMap::new(),
        at_end: Vec::new(),
        clients: Clients::default(),
        parting: Vec::new(),
        backoff: Backoff::default(),
        next_start: None,
        up: None,
        probe: None,
        gate: gate.clone(),
    };
    if owner.link.is_some() {
        owner.goes_on(Since::Before);
    }
    tokio::spawn(owner.run());
    Handle {
        commands: sender,
        view: receiver,
        gate,
    }
}

impl Owner {
    async fn run(mut self) {
        self.resume().await;
        while !self.view.borrow().gone {
            tokio::select! {
                command = self.commands.recv() => match command {
                    Some(command) => self.obey(command).await,
                    None => break,
                },
                message = hear(self.link.as_ref()) => self.heard(message).await,
                () = alarm(self.next_start.as_ref()) => self.start_again().await,
            }
        }
    }

    /// It runs: the engine stays, and what it uses is measured.
    fn goes_on(&mut self, since: Since) {
        let view = self.now();
        let measured = view.state.process.clone().map(|first| {
            let (stats, bundle) = (&self.core.stats, self.folder.bundle());
            stats.enter(view.id(), bundle, first, since)
        });
        self.up = Some(Up {
            _engine: self.core.idle.hold(),
            _measured: measured,
        });
    }

    /// The container as readers see it.
    fn now(&self) -> Arc<View> {
        Arc::clone(&self.view.borrow())
    }

    /// Changes what readers see. Not saved yet.
    fn change(&self, change: impl FnOnce(&mut View)) {
        self.view.send_modify(|view| change(Arc::make_mut(view)));
    }

    /// Takes a step that the callers made sure is possible.
    fn step(&self, step: Step) {
        self.change(|view| {
            if let Err(error) = view.state.step(step) {
                tracing::error!(container = %view.id(), %error, "an impossible step");
            }
        });
    }

    /// Writes the record and tells the windows.
    async fn save(&self) -> Result<()> {
        let (view, path) = (self.now(), self.folder.config());
        self.core.container_changed(&view);
        blocking(move || view.save(&path)).await
    }

    /// The same where a failure has nobody to go to: the next save writes it all again.
    async fn save_or_log(&self) {
        if let Err(error) = self.save().await {
            tracing::error!(container = %self.now().id(), %error, "the record was not written");
        }
    }

    fn event(&self, action: &str, extra: &[(&str, String)]) {
        self.core.container_event(&self.now(), action, extra);
    }

    /// What the supervisor said, or that it is gone.
    async fn heard(&mut self, message: Result<FromShim, PacketError>) {
        match message {
            Ok(FromShim::Reply { number, reply }) => self.answered(number, reply).await,
            Ok(FromShim::Event(event)) => self.happened(event).await,
            Ok(FromShim::Hello { .. }) => {}
            Err(error) => self.lost(&error).await,
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
        let result = reply.map_err(|refusal| self.refused(&refusal));
        let reply = match asked {
            Asked::Attach { client, reply } => {
                if result.is_err() {
                    self.clients.left(client);
                }
                return answer(reply, result.map(|found| begins(client, &found)));
            }
            Asked::Pause(reply) => {
                if result.is_ok() {
                    self.paused().await;
                }
                reply
            }
            Asked::Unpause(reply) => {
                if result.is_ok() {
                    self.resumed().await;
                }
                reply
            }
            Asked::Done(reply) => reply,
        };
        answer(reply, result.map(|_| ()));
    }

    /// A refusal of the supervisor as an error of the engine.
    fn refused(&self, refusal: &Refusal) -> Error {
        use gantry_shim::protocol::RefusalKind;
        match refusal.kind {
            RefusalKind::State => Error::state("container-state", refusal.message.clone()),
            _ => self.supervisor(&refusal.message),
        }
    }

    fn supervisor(&self, message: impl std::fmt::Display) -> Error {
        Error::Supervisor {
            container: self.now().id().as_str().to_owned(),
            message: message.to_string(),
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

/// Answers a request whose caller may be gone.
fn answer<T>(reply: Reply<T>, result: Result<T>) {
    // The caller hung up: nobody is left to tell.
    let _ = reply.send(result);
}

/// The next message of a supervisor; never, without one.
async fn hear(link: Option<&Link>) -> Result<FromShim, PacketError> {
    match link {
        Some(link) => link.next().await,
        None => std::future::pending().await,
    }
}

async fn alarm(next: Option<&NextStart>) {
    match next {
        Some(next) => tokio::time::sleep_until(next.at).await,
        None => std::future::pending().await,
    }
}
