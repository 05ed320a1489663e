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
mod line;
mod network;
mod overdue;
mod ports;
mod removal;
mod requests;
mod restart;
mod starting;
mod update;
mod volumes;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use gantry_file::Durability;
use gantry_shim::protocol::{FromShim, PacketError, Status};
use gantry_wire::gantry::ChangePorts;
use gantry_wire::{ContainerUpdate, ContainerUpdated, EndpointSettings};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use self::clients::{Clients, Parting};
use self::end::AtEnd;
use self::overdue::Due;
use self::restart::{Backoff, NextStart};
use self::starting::{Starting, closed};
use super::folder::Folder;
use super::inside::Gate;
use super::link::Link;
use super::record::View;
use super::registry::{Handle, ReservedName};
use super::search::{Found, Search, Supervision};
use super::state::Step;
use crate::Result;
use crate::core::{Core, blocking};
use crate::host::ClientGuard;
use crate::network::Published;
use crate::request::{AttachOptions, ClientSocket, Outcome, RemoveOptions};
use crate::stats::{Entered, Since};

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
    /// While it runs and its supervisor is not connected.
    search: Option<Search>,
    /// Requests that the supervisor has not answered.
    asked: HashMap<u64, Asked>,
    /// What happens when the container ends.
    at_end: Vec<AtEnd>,
    /// An end that was asked for.
    due: Option<Due>,
    clients: Clients,
    parting: Vec<Parting>,
    backoff: Backoff,
    /// When the restart policy starts it again.
    next_start: Option<NextStart>,
    /// A start that waits for who is at the files.
    starting: Option<Starting>,
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
    /// Those in `at_end`.
    End,
    /// To a client that is sent the log first.
    Attach {
        client: u64,
        reply: Reply<Attached>,
    },
}

/// Hands a container to a new owner and returns how to reach it.
pub(crate) fn adopt(
    core: &Arc<Core>,
    folder: Folder,
    view: View,
    supervision: Supervision,
) -> Handle {
    let (sender, commands) = mpsc::channel(64);
    let (publisher, receiver) = watch::channel(Arc::new(view));
    let gate = Gate::default();
    let (link, status, search) = match supervision {
        Supervision::Over => (None, None, None),
        Supervision::Heard(link, status) => (Some(link), Some(*status), None),
        Supervision::Silent(search) => (None, None, Some(search)),
    };
    let mut owner = Owner {
        core: Arc::clone(core),
        folder,
        view: publisher,
        commands,
        link,
        search,
        asked: HashMap::new(),
        at_end: Vec::new(),
        due: None,
        clients: Clients::default(),
        parting: Vec::new(),
        backoff: Backoff::default(),
        next_start: None,
        starting: None,
        up: None,
        probe: None,
        gate: gate.clone(),
    };
    if owner.link.is_some() || owner.search.is_some() {
        owner.goes_on(Since::Before);
    }
    tokio::spawn(owner.run(status));
    Handle {
        commands: sender,
        view: receiver,
        gate,
    }
}

impl Owner {
    async fn run(mut self, status: Option<Status>) {
        self.resume(status).await;
        while !self.view.borrow().gone {
            tokio::select! {
                command = self.commands.recv() => match command {
                    Some(command) => self.obey(command).await,
                    None => break,
                },
                message = hear(self.link.as_ref()) => self.heard(message).await,
                found = seek(self.search.as_mut()) => self.sought(found).await,
                () = alarm(self.next_start.as_ref().map(|next| next.at)) => {
                    self.start_again().await;
                }
                closed = closed(self.starting.as_mut()) => self.start_closed(closed).await,
                () = alarm(self.due.as_ref().and_then(Due::at)) => self.overdue().await,
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

    /// Writes what somebody asked for into the record, and tells the windows.
    async fn save(&self) -> Result<()> {
        self.save_as(Durability::Durable).await
    }

    /// The same of what happened by itself, where a failure has nobody to go to: the next save
    /// writes it all again.
    async fn save_or_log(&self) {
        let view = self.now();
        if let Err(error) = self.save_as(view.durability()).await {
            tracing::error!(container = %view.id(), %error, "the record was not written");
        }
    }

    async fn save_as(&self, durability: Durability) -> Result<()> {
        self.core.container_changed(&self.now());
        self.write(durability).await
    }

    async fn write(&self, durability: Durability) -> Result<()> {
        self.view.send_if_modified(|view| {
            Arc::make_mut(view).revision += 1;
            // Nothing that a reader would look at.
            false
        });
        let (view, folder) = (self.now(), self.folder.clone());
        blocking(move || view.save(&folder, durability)).await
    }

    fn event(&self, action: &str, extra: &[(&str, String)]) {
        self.core.container_event(&self.now(), action, extra);
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

/// What a search comes to; never, without one.
async fn seek(search: Option<&mut Search>) -> Option<Found> {
    match search {
        Some(search) => search.result().await,
        None => std::future::pending().await,
    }
}

async fn alarm(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
