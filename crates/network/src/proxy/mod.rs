//! Connections that are carried between the host and the containers.
//!
//! Those to published ports come in on sockets of the host's namespace; the threads that accept
//! stand in the engine's namespace, so that what they open leads to the containers. Those to the
//! world come in on a socket of the engine's namespace, and are joined to what [`crate::outgoing`]
//! has opened from the host's. TCP is carried by a few threads, each
//! with its own epoll(7), which all listen on every port; UDP by one more.

mod end;
mod flow;
mod pump;
mod registry;
mod tcp;
mod udp;
mod waiting;

use std::io;
use std::net::SocketAddr;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::thread;

use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::net::getsockname;
use rustix::net::sockopt::set_tcp_nodelay;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

pub use flow::stream;
use registry::Registry;
pub use registry::{Lead, Ticket};
pub use waiting::Waiting;

use crate::datagram;
use crate::types::Protocol;

/// More threads than this only take turns.
const MOST_THREADS: usize = 4;

/// The carriers. They live as long as the process.
#[derive(Debug)]
pub struct Proxy {
    listeners: Arc<Registry>,
    streams: Vec<Arc<OwnedFd>>,
    datagrams: Arc<OwnedFd>,
}

impl Proxy {
    /// Starts the threads, which open their connections in `namespace`.
    pub fn start(namespace: BorrowedFd<'_>) -> io::Result<Self> {
        let listeners = Arc::new(Registry::default());
        let threads =
            thread::available_parallelism().map_or(1, |count| count.get().min(MOST_THREADS));
        let mut streams = Vec::new();
        for number in 0..threads {
            let poll = Arc::new(epoll::create(epoll::CreateFlags::CLOEXEC)?);
            let (there, listeners) = (Arc::clone(&poll), Arc::clone(&listeners));
            inside(namespace, &format!("tcp-{number}"), move || {
                tcp::Carrier::new(there, listeners).run();
            })?;
            streams.push(poll);
        }
        let datagrams = Arc::new(epoll::create(epoll::CreateFlags::CLOEXEC)?);
        let (there, registry) = (Arc::clone(&datagrams), Arc::clone(&listeners));
        inside(namespace, "udp", move || {
            udp::Carrier::new(there, registry).run();
        })?;
        Ok(Self {
            listeners,
            streams,
            datagrams,
        })
    }

    /// Carries what comes in on a socket that is bound, and listens if it is TCP.
    pub fn add(&self, protocol: Protocol, socket: OwnedFd, lead: Lead) -> io::Result<Ticket> {
        let listener = self.listeners.insert(socket, lead);
        let data = EventData::new_u64(listener.token());
        match protocol {
            Protocol::Tcp => {
                // What comes in small pieces goes on in small pieces: accepted sockets inherit it.
                set_tcp_nodelay(listener.socket(), true)?;
                for poll in &self.streams {
                    // One connection wakes one thread.
                    let flags = EventFlags::IN | EventFlags::EXCLUSIVE;
                    epoll::add(&**poll, listener.socket(), data, flags)?;
                }
            }
            Protocol::Udp => {
                if let Some(own) = getsockname(listener.socket())?
                    .try_into()
                    .ok()
                    .map(|own: SocketAddr| own.ip())
                {
                    datagram::ask_addresses(listener.socket(), own)?;
                }
                epoll::add(&*self.datagrams, listener.socket(), data, EventFlags::IN)?;
            }
        }
        Ok(listener.ticket(&self.listeners))
    }
}

/// A thread that stands in another namespace for good.
fn inside(
    namespace: BorrowedFd<'_>,
    name: &str,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let namespace = namespace.try_clone_to_owned()?;
    let (tell, told) = std::sync::mpsc::channel();
    thread::Builder::new()
        .name(name.to_owned())
        .stack_size(256 * 1024)
        .spawn(move || {
            let kind = Some(LinkNameSpaceType::Network);
            let entered = move_into_link_name_space(std::os::fd::AsFd::as_fd(&namespace), kind);
            drop(namespace);
            let failed = entered.is_err();
            // Whoever started the thread waits for this.
            let _ = tell.send(entered);
            if !failed {
                work();
            }
        })?;
    match told.recv() {
        Ok(entered) => Ok(entered?),
        Err(_) => Err(io::Error::other("a thread ended early")),
    }
}
