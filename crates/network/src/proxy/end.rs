//! One end of a carried connection: a socket, and what is known of it without asking.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::epoll::EventFlags;

/// Events come when something changes, so what they said stays true until a call says otherwise.
#[derive(Debug)]
pub struct End {
    socket: OwnedFd,
    /// There may be something to read.
    pub readable: bool,
    /// There may be room to write.
    pub writable: bool,
    /// The end is near, or urgent data is on its way: a short read does not mean that nothing is
    /// left.
    reads_on: bool,
}

impl End {
    /// Events that an end waits for.
    pub const EVENTS: EventFlags = EventFlags::IN
        .union(EventFlags::OUT)
        .union(EventFlags::RDHUP)
        .union(EventFlags::PRI)
        .union(EventFlags::ET);

    /// A socket of which nothing is known before its first event.
    pub fn new(socket: OwnedFd) -> Self {
        Self {
            socket,
            readable: false,
            writable: false,
            reads_on: false,
        }
    }

    /// Takes in what an event says.
    pub fn note(&mut self, events: EventFlags) {
        let last = EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR | EventFlags::PRI;
        self.reads_on |= events.intersects(last);
        self.readable |= self.reads_on || events.contains(EventFlags::IN);
        self.writable |= events.intersects(EventFlags::OUT | EventFlags::ERR);
    }

    /// Everything that was there was read, as a call returned less than it was asked for. What
    /// comes later, the end included, is told by another event.
    pub fn is_drained(&mut self) {
        self.readable = self.reads_on;
    }
}

impl AsFd for End {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
