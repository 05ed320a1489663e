//! A connection to an engine.

use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use gantry_packet::complain;
use gantry_shim::protocol::{self, FromShim, PacketError, ToShim};

use super::poll::{Interest, Registration};

/// More unread messages than this, and the engine is taken for dead; it can connect again.
const MAX_WAITING: usize = 1024;

#[derive(Debug)]
pub struct Connection {
    pub number: u32,
    pub registration: Registration,
    socket: OwnedFd,
    waiting: VecDeque<FromShim>,
    /// The other side reads no more. What it sent before it left is still to be read.
    deaf: bool,
    closed: bool,
}

impl Connection {
    pub fn new(number: u32, socket: OwnedFd) -> Self {
        let registration = Registration::default();
        Self {
            number,
            registration,
            socket,
            waiting: VecDeque::new(),
            deaf: false,
            closed: false,
        }
    }

    /// The next message, or `None` if there is none now (or ever: see [`Connection::is_closed`]).
    pub fn receive(&mut self) -> Option<(ToShim, Vec<OwnedFd>)> {
        loop {
            match protocol::recv(&self.socket) {
                Ok(message) => return Some(message),
                Err(PacketError::WouldBlock) => return None,
                // A message of a later version, say: the next one may be known.
                Err(PacketError::Malformed(error)) => complain("a message", error),
                Err(_) => {
                    self.closed = true;
                    return None;
                }
            }
        }
    }

    pub fn send(&mut self, message: FromShim) {
        if self.deaf {
            return;
        }
        self.waiting.push_back(message);
        self.flush();
        self.closed |= self.waiting.len() > MAX_WAITING;
    }

    pub fn flush(&mut self) {
        while let Some(message) = self.waiting.front() {
            match protocol::send(&self.socket, message, &[]) {
                Ok(()) => drop(self.waiting.pop_front()),
                Err(PacketError::WouldBlock) => return,
                Err(_) => {
                    self.waiting.clear();
                    self.deaf = true;
                    return;
                }
            }
        }
    }

    /// Nothing comes or goes any more; the engine can connect again.
    pub fn close(&mut self) {
        self.closed = true;
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }

    pub fn is_flushed(&self) -> bool {
        self.waiting.is_empty() || self.closed
    }

    pub fn interest(&self) -> Interest {
        Interest {
            read: true,
            write: !self.waiting.is_empty(),
            hang_up: true,
        }
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
