//! The sessions that are open, by number.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use gantry_view::Failure;
use tokio::{
    net::unix::OwnedWriteHalf,
    sync::{Mutex as AsyncMutex, watch},
};

/// Whose terminal it is, by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whose {
    /// A further process of a container.
    Exec(String),
    Container(String),
}

/// One session.
pub(super) struct Session {
    pub(super) whose: Whose,
    /// What is typed goes in here, one call after the other.
    pub(super) writer: AsyncMutex<OwnedWriteHalf>,
    /// How much output is on the screen.
    pub(super) shown: watch::Sender<u64>,
}

impl Session {
    pub(super) fn new(whose: Whose, writer: OwnedWriteHalf) -> Self {
        Self {
            whose,
            writer: AsyncMutex::new(writer),
            shown: watch::Sender::new(0),
        }
    }
}

/// All of them.
#[derive(Default)]
pub(crate) struct Terminals(Arc<Mutex<Open>>);

#[derive(Default)]
struct Open {
    last: u64,
    sessions: HashMap<u64, Arc<Session>>,
}

/// A session's place among them; it is given up when this is dropped.
pub(super) struct Place {
    pub(super) number: u64,
    pub(super) session: Arc<Session>,
    open: Arc<Mutex<Open>>,
}

impl Terminals {
    pub(super) fn add(&self, session: Session) -> Place {
        let session = Arc::new(session);
        let mut open = lock(&self.0);
        open.last += 1;
        let number = open.last;
        open.sessions.insert(number, Arc::clone(&session));
        Place {
            number,
            session,
            open: Arc::clone(&self.0),
        }
    }

    pub(super) fn find(&self, number: u64) -> Result<Arc<Session>, Failure> {
        let found = lock(&self.0).sessions.get(&number).cloned();
        found.ok_or_else(|| {
            Failure::new(
                "exec-not-running",
                format!("there is no terminal session {number} any more"),
            )
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.open).sessions.remove(&self.number);
    }
}

fn lock(open: &Mutex<Open>) -> MutexGuard<'_, Open> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}
