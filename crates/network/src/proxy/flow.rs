//! One carried TCP connection: two sockets and a pump for each direction.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::sockopt::{
    set_socket_keepalive, set_socket_linger, set_tcp_nodelay, socket_error,
};
use rustix::net::{AddressFamily, SocketFlags, SocketType, connect, ipproto, socket_with};

use super::pump::{Pump, Stop};

/// Who is at the end of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
}

#[derive(Debug)]
pub struct Flow {
    client: OwnedFd,
    server: OwnedFd,
    connected: bool,
    inward: Pump,
    outward: Pump,
    /// It waits for a turn without an event.
    pub queued: bool,
}

/// What is to be done with a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Wait for events.
    Wait,
    /// Go on when others had their turn.
    Again,
    /// It is over.
    Close,
}

impl Flow {
    /// Connects a client that was accepted to its target, in the namespace of this thread.
    pub fn open(client: OwnedFd, target: SocketAddr) -> io::Result<Self> {
        let server = stream(target)?;
        let connected = match connect(&server, &target) {
            Ok(()) => true,
            Err(Errno::INPROGRESS) => false,
            Err(errno) => {
                refuse(&client);
                return Err(errno.into());
            }
        };
        Self::new(client, server, connected)
    }

    /// Joins a client to a connection that was made for it.
    pub fn join(client: OwnedFd, server: OwnedFd) -> io::Result<Self> {
        // Only this side can notice that the other has vanished.
        set_socket_keepalive(&server, true)?;
        Self::new(client, server, true)
    }

    fn new(client: OwnedFd, server: OwnedFd, connected: bool) -> io::Result<Self> {
        // What comes in small pieces goes on in small pieces.
        set_tcp_nodelay(&client, true)?;
        set_tcp_nodelay(&server, true)?;
        Ok(Self {
            client,
            server,
            connected,
            inward: Pump::default(),
            outward: Pump::default(),
            queued: false,
        })
    }

    pub fn socket(&self, side: Side) -> BorrowedFd<'_> {
        match side {
            Side::Client => self.client.as_fd(),
            Side::Server => self.server.as_fd(),
        }
    }

    /// The server's side has its first event: whether it is connected.
    fn finish_connecting(&mut self) -> bool {
        self.connected = matches!(socket_error(&self.server), Ok(Ok(())));
        if !self.connected {
            refuse(&self.client);
        }
        self.connected
    }

    /// Moves what can be moved after an event on one side.
    pub fn run(&mut self, ready: Side, scratch: &mut [u8]) -> Next {
        if !self.connected && (ready == Side::Client || !self.finish_connecting()) {
            return if ready == Side::Client {
                Next::Wait
            } else {
                Next::Close
            };
        }
        let (client, server) = (self.client.as_fd(), self.server.as_fd());
        let moved = [
            self.inward.run(client, server, scratch),
            self.outward.run(server, client, scratch),
        ];
        let mut next = Next::Wait;
        for stop in moved {
            match stop {
                Ok(Stop::Yielded) => next = Next::Again,
                Ok(Stop::Waiting | Stop::Done) => {}
                Err(_) => {
                    // One side broke off: so does the other.
                    refuse(&self.client);
                    refuse(&self.server);
                    return Next::Close;
                }
            }
        }
        if self.inward.is_done() && self.outward.is_done() {
            return Next::Close;
        }
        next
    }
}

/// A socket that can be connected to a target.
pub fn stream(target: SocketAddr) -> io::Result<OwnedFd> {
    let family = match target {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    Ok(socket_with(
        family,
        SocketType::STREAM,
        flags,
        Some(ipproto::TCP),
    )?)
}

/// Closing will be a reset.
pub fn refuse(socket: &OwnedFd) {
    // A socket that is gone needs no reset.
    let _ = set_socket_linger(socket, Some(Duration::ZERO));
}
