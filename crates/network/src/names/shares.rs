//! How much one container may take of what all of them share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Something of which there is only so much.
#[derive(Debug)]
pub struct Shares {
    of_one: usize,
    of_all: usize,
    taken: Mutex<HashMap<String, usize>>,
}

/// One of it; dropping it gives it back.
#[derive(Debug)]
pub struct Share {
    shares: Arc<Shares>,
    container: String,
}

impl Shares {
    pub fn new(of_one: usize, of_all: usize) -> Arc<Self> {
        Arc::new(Self {
            of_one,
            of_all,
            taken: Mutex::default(),
        })
    }

    /// One for a container, unless it has its part or nothing is left.
    pub fn take(self: &Arc<Self>, container: &str) -> Option<Share> {
        let mut taken = self.taken();
        let own = taken.get(container).copied().unwrap_or(0);
        if own >= self.of_one || taken.values().sum::<usize>() >= self.of_all {
            return None;
        }
        taken.insert(container.to_owned(), own + 1);
        Some(Share {
            shares: Arc::clone(self),
            container: container.to_owned(),
        })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        // No code that could panic halfway through a change runs under the lock.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.shares.taken();
        if let Some(own) = taken.get_mut(&self.container) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.container);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_more_than_its_part_and_all_no_more_than_there_is() {
        let shares = Shares::new(2, 3);
        let own: Vec<_> = (0..3).filter_map(|_| shares.take("a")).collect();
        assert_eq!(own.len(), 2);
        let other = shares.take("b");
        assert!(other.is_some());
        assert!(shares.take("c").is_none());
        drop(own);
        assert!(shares.take("c").is_some());
        drop(other);
        assert!(shares.taken().is_empty());
    }
}
