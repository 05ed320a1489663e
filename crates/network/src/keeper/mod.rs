//! The keeper: one process per engine that holds its networks.
//!
//! The main thread answers the engine's requests one after the other; connections through
//! published ports are carried by the threads of [`crate::proxy`], so that no request holds them
//! up. It lives as long as anybody needs it, whatever happens to the engine, and takes everything
//! with it that it made.

mod connection;
mod forwarding;
mod outside;
mod passage;
mod place;
mod ports;
mod sandboxes;
mod wiring;

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gantry_packet::{PacketError, complain};
use gantry_runtime::ProcessIdentity;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind, listen, socket_with,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use self::connection::Connection;
pub use self::forwarding::{Guard, guards};
use self::outside::Outside;
pub use self::passage::{Obstacle, obstacles};
use self::place::Place;
use self::sandboxes::{Prepared, Sandboxes, Tools};
use self::wiring::Wiring;
use crate::names::Names;
use crate::netlink::News;
use crate::outgoing::Outgoing;
use crate::plan::{KeeperRecord, LOCK_FILE, Plan};
use crate::protocol::{Egress, FromKeeper, Refusal, Reply, Request, Status, ToKeeper, VERSION};
use crate::proxy::Proxy;
use crate::sys::wait_for_descriptors;

/// How long it stays without a container while an engine is there, and without one.
const QUIET: Duration = Duration::from_secs(10);
const ALONE: Duration = Duration::from_secs(2);

/// Keeps the networks of an engine until nobody needs them. The engine's first connection is
/// standard input; the plan lies in `directory`.
pub fn keep(directory: &Path) -> io::Result<()> {
    // An earlier one may be about to leave.
    let lock = File::create(directory.join(LOCK_FILE))?;
    flock(&lock, FlockOperation::LockExclusive)?;
    // Not with the session of whoever started the engine. Fails for a leader, who has one.
    let _ = rustix::process::setsid();
    raise_limit();
    let mut keeper = Keeper::start(directory)?;
    let first = io::stdin().as_fd().try_clone_to_owned()?;
    keeper.greet(first);
    while keeper.turn()? {}
    keeper.leave();
    drop(lock);
    Ok(())
}

/// Each connection through a published port takes two descriptors.
fn raise_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // It stays as it is otherwise.
    let _ = setrlimit(Resource::Nofile, raised);
}

/// A request that was carried out.
enum Done {
    Prepared(Prepared),
    Changed(Reply),
}

struct Keeper {
    directory: PathBuf,
    plan: Plan,
    listener: OwnedFd,
    connections: Vec<Connection>,
    place: Place,
    wiring: Wiring,
    proxy: Proxy,
    _outgoing: Option<Outgoing>,
    names: Names,
    sandboxes: Sandboxes,
    outside: Outside,
    /// Of the host's packet filters, where the bridges are there.
    news: Option<News>,
    /// Since when nobody needs it.
    quiet: Option<Instant>,
}

impl Keeper {
    fn start(directory: &Path) -> io::Result<Self> {
        let plan = Plan::read(directory)?;
        let place = Place::find(&plan)?;
        let outside = Outside::begin(&plan, directory)?;
        let proxy = Proxy::start(place.namespace())?;
        let outgoing = place.pin.as_ref().and_then(|_| {
            let started = Outgoing::start(place.namespace(), &proxy);
            let left = |error| complain("connections to the world are left to the helper", error);
            started.map_err(left).ok()
        });
        let keeper = Self {
            directory: directory.to_owned(),
            listener: listener(&plan.socket)?,
            connections: Vec::new(),
            wiring: Wiring::new(&plan, outgoing.as_ref().map(|outgoing| outgoing.doors)),
            place,
            proxy,
            _outgoing: outgoing,
            names: Names::start()?,
            sandboxes: Sandboxes::default(),
            outside,
            news: plan.pin.is_none().then(filter_news).flatten(),
            quiet: None,
            plan,
        };
        keeper.record()?;
        Ok(keeper)
    }

    /// Says on disk who this is.
    fn record(&self) -> io::Result<()> {
        let record = KeeperRecord {
            version: VERSION,
            keeper: ProcessIdentity::of(std::process::id().cast_signed())?,
            socket: self.plan.socket.clone(),
            helper: self.outside.helper().map(|helper| helper.identity.clone()),
        };
        record.write(&self.directory)
    }

    /// Waits for something and does it. False when it is time to leave.
    fn turn(&mut self) -> io::Result<bool> {
        let remaining = self.remaining();
        if remaining == Some(Duration::ZERO) {
            return Ok(false);
        }
        let timeout = remaining.and_then(|time| Timespec::try_from(time).ok());
        let ready = self.wait(timeout.as_ref())?;
        let [listener, outside, connections @ ..] = ready.as_slice() else {
            return Ok(true);
        };
        // Connections first: their places change when others come and go.
        let mut gone = Vec::new();
        for (index, ready) in connections.iter().enumerate() {
            if *ready && self.hear(index).is_err() {
                gone.push(index);
            }
        }
        for index in gone.into_iter().rev() {
            self.connections.remove(index);
        }
        if *listener {
            self.accept();
        }
        if *outside {
            self.look()?;
        }
        Ok(true)
    }

    /// Looks what has become of the way out, and of the filters on it.
    fn look(&mut self) -> io::Result<()> {
        let before = self.egress();
        if self.news.as_ref().is_some_and(News::take) {
            self.wiring.lead(&mut self.place, self.sandboxes.led());
        }
        let is_another = self.outside.look();
        let now = self.egress();
        if before != now {
            let news = FromKeeper::Egress(now);
            self.connections
                .retain(|connection| connection.tell(&news).is_ok());
        }
        if is_another {
            self.record()?;
        }
        Ok(())
    }

    /// Whether containers reach the world outside.
    fn egress(&self) -> Egress {
        let stopped = self.wiring.stopped();
        stopped.map_or_else(|| self.outside.now(), |why| Egress::None(why.to_owned()))
    }

    /// Whether the listener, the way out, and each connection have something.
    fn wait(&self, timeout: Option<&Timespec>) -> io::Result<Vec<bool>> {
        let news = self.news.as_ref().map(AsFd::as_fd);
        let outside: Vec<BorrowedFd<'_>> = self.outside.watched().chain(news).collect();
        let connections = self.connections.iter().map(AsFd::as_fd);
        let watched = [self.listener.as_fd()].into_iter().chain(connections);
        let mut polled: Vec<_> = watched
            .chain(outside.iter().copied())
            .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN))
            .collect();
        match poll(&mut polled, timeout) {
            Ok(_) => {}
            Err(Errno::INTR) => return Ok(Vec::new()),
            Err(errno) => return Err(errno.into()),
        }
        let ready: Vec<_> = polled.iter().map(|one| !one.revents().is_empty()).collect();
        let (own, outside) = ready.split_at(1 + self.connections.len());
        let mut answer = vec![own[0], outside.iter().any(|ready| *ready)];
        answer.extend(&own[1..]);
        Ok(answer)
    }

    /// How long it still waits for somebody who needs it.
    fn remaining(&mut self) -> Option<Duration> {
        if !self.sandboxes.is_empty() {
            self.quiet = None;
            return None;
        }
        let since = *self.quiet.get_or_insert_with(Instant::now);
        let patience = if self.connections.is_empty() {
            ALONE
        } else {
            QUIET
        };
        Some(patience.saturating_sub(since.elapsed()))
    }

    fn accept(&mut self) {
        match accept_with(&self.listener, SocketFlags::CLOEXEC) {
            Ok(socket) => self.greet(socket),
            Err(errno) => wait_for_descriptors(errno),
        }
    }

    fn status(&self) -> Status {
        Status {
            containers: self.sandboxes.ids(),
            egress: self.egress(),
        }
    }

    fn greet(&mut self, socket: OwnedFd) {
        // One that has gone already is none.
        if let Ok(connection) = Connection::open(socket, self.status()) {
            self.connections.push(connection);
        }
    }

    /// Answers what a connection asks.
    fn hear(&mut self, index: usize) -> Result<(), PacketError> {
        while let Some((message, descriptors)) = self.connections[index].next()? {
            if let ToKeeper::Request { number, request } = message {
                let done = self.carry_out(request, descriptors);
                self.wiring.lead(&mut self.place, self.sandboxes.led());
                let reply = done.map(|done| self.reply(done));
                self.connections[index].reply(number, reply)?;
            }
        }
        Ok(())
    }

    fn carry_out(
        &mut self,
        request: Request,
        mut descriptors: Vec<OwnedFd>,
    ) -> Result<Done, Refusal> {
        let tools = Tools {
            place: &mut self.place,
            wiring: &mut self.wiring,
            proxy: &self.proxy,
            names: &self.names,
        };
        let prepared = match request {
            Request::Prepare(sandbox) => self.sandboxes.prepare(tools, sandbox)?,
            Request::Adopt(sandbox) => {
                let namespace = descriptors.pop().ok_or_else(|| Refusal::System {
                    doing: "adopt a container".to_owned(),
                    why: "its namespace is missing".to_owned(),
                })?;
                self.sandboxes.adopt(tools, sandbox, namespace)?
            }
            other => return self.change(other).map(Done::Changed),
        };
        Ok(Done::Prepared(prepared))
    }

    /// What the engine is told of something that was done, and of the way out as it is now.
    fn reply(&mut self, done: Done) -> Reply {
        let prepared = match done {
            Done::Changed(reply) => return reply,
            Done::Prepared(prepared) => prepared,
        };
        self.outside.settle();
        Reply::Prepared {
            namespace: prepared.namespace,
            ports: prepared.ports,
            egress: self.egress(),
        }
    }

    /// Requests that do not make a container's network.
    fn change(&mut self, request: Request) -> Result<Reply, Refusal> {
        match request {
            Request::Prepare(_) | Request::Adopt(_) => {}
            Request::Status => return Ok(Reply::Status(self.status())),
            Request::Release { container } => self.sandboxes.release(&self.names, &container),
            Request::Keep { containers } => {
                self.sandboxes.keep(&self.names, &containers);
                if let Err(error) = self.wiring.sweep(&mut self.place) {
                    complain("what nobody needs was not removed", error);
                }
            }
            Request::Connect {
                container,
                endpoint,
                resolver,
            } => {
                let tools = Tools {
                    place: &mut self.place,
                    wiring: &mut self.wiring,
                    proxy: &self.proxy,
                    names: &self.names,
                };
                self.sandboxes
                    .connect(tools, &container, *endpoint, resolver)?;
            }
            Request::Disconnect { container, network } => {
                self.sandboxes
                    .disconnect(&self.names, &container, &network)?;
            }
            Request::Name { container, names } => {
                self.sandboxes.rename(&self.names, &container, names)?;
            }
            Request::LeadOut { container, network } => {
                self.sandboxes.lead_out(&container, &network)?;
            }
            Request::Publish { container, ports } => {
                let ports = self.sandboxes.publish(&self.proxy, &container, &ports)?;
                return Ok(Reply::Published { ports });
            }
            Request::Withdraw { container, ports } => {
                self.sandboxes.withdraw(&container, &ports)?;
            }
            Request::RemoveBridge { network } => self.wiring.remove(&mut self.place, &network)?,
        }
        Ok(Reply::Done)
    }

    /// Takes away everything that was made.
    fn leave(&mut self) {
        KeeperRecord::remove(&self.directory);
        let _ = std::fs::remove_file(&self.plan.socket);
        self.outside.end();
        self.wiring.clear(&mut self.place);
        if let Some(pin) = &self.place.pin
            && let Err(error) = crate::namespace::unpin(pin)
        {
            complain(format_args!("{} stays", pin.display()), error);
        }
    }
}

fn filter_news() -> Option<News> {
    let left = |error| complain("what others do to the packet filter is not seen", error);
    News::of_filters().map_err(left).ok()
}

fn listener(path: &Path) -> io::Result<OwnedFd> {
    // A stale one of a keeper that was killed.
    let _ = std::fs::remove_file(path);
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    bind(&socket, &SocketAddrUnix::new(path)?)?;
    listen(&socket, 8)?;
    Ok(socket)
}
