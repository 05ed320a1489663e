//! What containers use: one sampler for all of them.
//!
//! Owners enter their container when it runs. While one does, everything is read in one pass: every
//! ten seconds for the history, once a second while somebody watches; with no container there is no
//! timer. The kernel's counters come from the container's control groups, and where those do not
//! count (a user without delegation, cgroup v1 without a limit) from the sum over its processes,
//! marked as such. Descriptors stay open from one pass to the next.

mod group;
mod history;
mod kept;
mod listing;
mod meter;
mod network;
mod processes;
mod reading;
mod round;
mod sampler;
mod show;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gantry_runtime::ProcessIdentity;
use gantry_wire::Timestamp;
use gantry_wire::gantry::{UsageHistory, UsageSpan};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use self::history::Histories;
use self::round::Round;
use crate::container::ContainerId;

pub(crate) use self::listing::{command, listed};
pub(crate) use self::meter::members;
pub(crate) use self::show::{Reader, live};

/// The figures of all containers; clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Stats {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// Bytes of the computer's memory.
    memory_total: u64,
    cpus: u32,
    running: Mutex<BTreeMap<ContainerId, Arc<Running>>>,
    histories: Mutex<Histories>,
    watchers: AtomicUsize,
    /// Containers or watchers came or went.
    changed: Notify,
    rounds: watch::Sender<Arc<Round>>,
}

/// One run of a container.
#[derive(Debug)]
struct Running {
    bundle: PathBuf,
    first: ProcessIdentity,
    /// When all its counters were zero; `None` where it ran before anybody looked.
    start: Option<Instant>,
}

/// A container counts as running until this is dropped.
#[derive(Debug)]
pub(crate) struct Entered {
    shared: Arc<Shared>,
    id: ContainerId,
    running: Arc<Running>,
}

/// The rounds, once a second for as long as this lives.
#[derive(Debug)]
struct Rounds {
    shared: Arc<Shared>,
    rounds: watch::Receiver<Arc<Round>>,
}

/// Since when a container runs, as far as its counters go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// It was started just now.
    Now,
    /// It was found running.
    Before,
}

impl Stats {
    /// Begins to sample, for as long as the engine lives.
    pub(crate) fn start(memory_total: u64, cpus: u32) -> Self {
        let shared = Arc::new(Shared {
            memory_total,
            cpus,
            running: Mutex::default(),
            histories: Mutex::default(),
            watchers: AtomicUsize::new(0),
            changed: Notify::new(),
            rounds: watch::Sender::new(Arc::new(Round::new(memory_total, cpus))),
        });
        tokio::spawn(sampler::run(Arc::clone(&shared)));
        Self { shared }
    }

    /// A container runs, by the bundle it was started from.
    pub(crate) fn enter(
        &self,
        id: &ContainerId,
        bundle: PathBuf,
        first: ProcessIdentity,
        since: Since,
    ) -> Entered {
        let running = Arc::new(Running {
            bundle,
            first,
            start: (since == Since::Now).then(Instant::now),
        });
        self.shared
            .running()
            .insert(id.clone(), Arc::clone(&running));
        self.shared.changed.notify_one();
        Entered {
            shared: Arc::clone(&self.shared),
            id: id.clone(),
            running,
        }
    }

    fn watch(&self) -> Rounds {
        let rounds = self.shared.rounds.subscribe();
        self.shared.watchers.fetch_add(1, Ordering::SeqCst);
        self.shared.changed.notify_one();
        Rounds {
            shared: Arc::clone(&self.shared),
            rounds,
        }
    }

    /// The last minutes or the last hour of a container.
    pub(crate) fn history(&self, id: &ContainerId, span: UsageSpan) -> UsageHistory {
        self.shared.histories().of(id, Timestamp::now(), span)
    }

    /// The container is gone.
    pub(crate) fn forget(&self, id: &ContainerId) {
        self.shared.histories().forget(id);
    }
}

impl Rounds {
    /// The next round. There is none while no container runs.
    async fn next(&mut self) -> Arc<Round> {
        // The sender lives in `shared`, so waiting cannot fail.
        let _ = self.rounds.changed().await;
        Arc::clone(&self.rounds.borrow_and_update())
    }
}

impl Drop for Rounds {
    fn drop(&mut self) {
        self.shared.watchers.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut running = self.shared.running();
        if running
            .get(&self.id)
            .is_some_and(|now| Arc::ptr_eq(now, &self.running))
        {
            running.remove(&self.id);
        }
        drop(running);
        // Its files are closed at once: one of them holds its network namespace.
        self.shared.changed.notify_one();
    }
}

impl Shared {
    fn running(&self) -> MutexGuard<'_, BTreeMap<ContainerId, Arc<Running>>> {
        // No code that could panic halfway through a change runs under the lock.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn histories(&self) -> MutexGuard<'_, Histories> {
        self.histories
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
