//! One carried TCP connection: two sockets and a pump for each direction.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::epoll::EventFlags;
use rustix::io::Errno;
use rustix::net::sockopt::{set_socket_keepalive, set_socket_linger, set_tcp_nodelay};
use rustix::net::{AddressFamily, SocketFlags, SocketType, connect, ipproto, socket_with};

use super::end::End;
use super::pump::{Pump, Stop};

/// Who is at the end of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
}

#[derive(Debug)]
pub struct Flow {
    client: End,
    server: End,
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
        set_tcp_nodelay(&server, true)?;
        let connected = match connect(&server, &target) {
            Ok(()) => true,
            Err(Errno::INPROGRESS) => false,
            Err(errno) => {
                refuse(&client);
                return Err(errno.into());
            }
        };
        Ok(Self::new(client, server, connected))
    }

    /// Joins a client to a connection that was made for it.
    pub fn join(client: OwnedFd, server: OwnedFd) -> io::Result<Self> {
        set_tcp_nodelay(&server, true)?;
        // Only this side can notice that the other has vanished.
        set_socket_keepalive(&server, true)?;
        Ok(Self::new(client, server, true))
    }

    fn new(client: OwnedFd, server: OwnedFd, connected: bool) -> Self {
        Self {
            client: End::new(client),
            server: End::new(server),
            connected,
            inward: Pump::default(),
            outward: Pump::default(),
            queued: false,
        }
    }

    pub fn socket(&self, side: Side) -> BorrowedFd<'_> {
        match side {
            Side::Client => self.client.as_fd(),
            Side::Server => self.server.as_fd(),
        }
    }

    /// Moves what can be moved after an event on one side.
    pub fn on(&mut self, side: Side, events: EventFlags, scratch: &mut [u8]) -> Next {
        match side {
            Side::Client => self.client.note(events),
            Side::Server => self.server.note(events),
        }
        if !self.connected {
            if side == Side::Client {
                return Next::Wait;
            }
            if events.intersects(EventFlags::ERR | EventFlags::HUP) {
                refuse(&self.client);
                return Next::Close;
            }
            self.connected = true;
        }
        self.run(scratch)
    }

    /// Moves what can be moved.
    pub fn run(&mut self, scratch: &mut [u8]) -> Next {
        let moved = [
            self.inward.run(&mut self.client, &mut self.server, scratch),
            self.outward
                .run(&mut self.server, &mut self.client, scratch),
        ];
        let mut next = Next::Wait;
        for stop in moved {
            match stop {
                Ok(Stop::Yielded) => next = Next::Again,
                Ok(Stop::Waiting | Stop::Ended) => {}
                Err(_) => {
                    // One side broke off: so does the other.
                    refuse(&self.client);
                    refuse(&self.server);
                    return Next::Close;
                }
            }
        }
        if self.inward.has_ended() && self.outward.has_ended() {
            return Next::Close;
        }
        // While one direction goes on, the end of the other is passed on by itself.
        self.inward.pass_end(&self.server);
        self.outward.pass_end(&self.client);
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
    let protocol = Some(ipproto::TCP);
    Ok(socket_with(family, SocketType::STREAM, flags, protocol)?)
}

/// Closing will be a reset.
pub fn refuse(socket: impl AsFd) {
    // A socket that is gone needs no reset.
    let _ = set_socket_linger(socket, Some(Duration::ZERO));
}
