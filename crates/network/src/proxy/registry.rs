//! The listeners by number. Numbers are never used again, so that an event that was fetched before
//! its listener went away finds nobody.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::waiting::Waiting;

/// What marks the number of a listener among those of connections.
const LISTENER: u64 = 1 << 63;

#[derive(Debug, Default)]
pub struct Registry {
    listeners: RwLock<HashMap<u64, Arc<Listener>>>,
    last: AtomicU64,
}

/// A bound socket and where it leads.
#[derive(Debug)]
pub struct Listener {
    number: u64,
    socket: OwnedFd,
    pub lead: Lead,
}

/// Where a listener leads.
#[derive(Debug)]
pub enum Lead {
    /// To a port of a container.
    To(SocketAddr),
    /// To where each client wanted to go before its packets were led here.
    Wherever(Arc<Waiting>),
}

impl Listener {
    pub fn socket(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// What its events carry.
    pub fn token(&self) -> u64 {
        self.number | LISTENER
    }

    pub fn ticket(&self, registry: &Arc<Registry>) -> Ticket {
        Ticket {
            number: self.number,
            registry: Arc::clone(registry),
        }
    }
}

/// Keeps a listener; dropping it closes the socket. Connections that it accepted go on.
#[derive(Debug)]
pub struct Ticket {
    number: u64,
    registry: Arc<Registry>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        // Closing the last descriptor takes the socket out of every epoll.
        self.registry.write(|listeners| {
            listeners.remove(&self.number);
        });
    }
}

impl Registry {
    pub fn insert(&self, socket: OwnedFd, lead: Lead) -> Arc<Listener> {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let listener = Arc::new(Listener {
            number,
            socket,
            lead,
        });
        self.write(|listeners| {
            listeners.insert(number, Arc::clone(&listener));
        });
        listener
    }

    /// The listener of an event, unless the event is a connection's or the listener is gone.
    pub fn get(&self, token: u64) -> Option<Arc<Listener>> {
        let listeners = self.listeners.read();
        let listeners = listeners.unwrap_or_else(PoisonError::into_inner);
        listeners.get(&(token & !LISTENER)).cloned()
    }

    /// Whether an event is a listener's.
    pub fn is_listener(token: u64) -> bool {
        token & LISTENER != 0
    }

    fn write(&self, change: impl FnOnce(&mut HashMap<u64, Arc<Listener>>)) {
        let listeners = self.listeners.write();
        change(&mut listeners.unwrap_or_else(PoisonError::into_inner));
    }
}
