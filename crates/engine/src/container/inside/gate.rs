//! Who is at the files of a container that does not run, and who waits for them to leave.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use gantry_runtime::MountedRoot;
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use crate::Result;

/// The gate of one container; clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate {
    lock: Arc<RwLock<()>>,
    mounted: Arc<Mutex<Weak<MountedRoot>>>,
}

/// Held by whoever is inside.
pub(super) type Inside = OwnedRwLockReadGuard<()>;

impl Gate {
    /// Goes inside, after a start that is under way.
    pub(super) async fn enter(&self) -> Inside {
        Arc::clone(&self.lock).read_owned().await
    }

    /// Waits until nobody is inside, and lets nobody in until the answer is dropped.
    pub(crate) async fn close(&self) -> OwnedRwLockWriteGuard<()> {
        Arc::clone(&self.lock).write_owned().await
    }

    /// The root that somebody mounted and still uses, or a new one.
    pub(super) fn mounted(
        &self,
        mount: impl FnOnce() -> Result<MountedRoot>,
    ) -> Result<Arc<MountedRoot>> {
        // Nothing under the lock leaves the pointer half written.
        let mut kept = self.mounted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mounted) = kept.upgrade() {
            return Ok(mounted);
        }
        let mounted = Arc::new(mount()?);
        *kept = Arc::downgrade(&mounted);
        Ok(mounted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_start_waits_for_those_inside_and_others_for_the_start() {
        let gate = Gate::default();
        let (one, two) = (gate.enter().await, gate.enter().await);
        let mut starting = Box::pin(gate.close());
        assert!(futures_util::poll!(&mut starting).is_pending());
        let mut third = Box::pin(gate.enter());
        assert!(futures_util::poll!(&mut third).is_pending());
        drop((one, two));
        let closed = starting.await;
        assert!(futures_util::poll!(&mut third).is_pending());
        drop(closed);
        third.await;
    }
}
