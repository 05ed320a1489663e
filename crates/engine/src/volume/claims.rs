//! Volumes that something is about to use, or about to remove, in this moment.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::VolumeName;

/// Who holds which name; clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Claims(Arc<Mutex<BTreeMap<VolumeName, Claim>>>);

#[derive(Debug)]
enum Claim {
    /// So many containers are being created with it, and give it its first content by turns.
    Wanted(usize, Arc<Mutex<()>>),
    /// It is being removed.
    Leaving,
}

/// Volumes that stay for as long as this lives.
#[derive(Debug)]
pub(crate) struct Wanted {
    names: Vec<VolumeName>,
    claims: Claims,
}

/// A volume that nobody new may have for as long as this lives.
#[derive(Debug)]
pub(crate) struct Leaving {
    name: VolumeName,
    claims: Claims,
}

impl Claims {
    /// Keeps volumes from being removed; the name of one that is being removed otherwise.
    pub fn want(&self, names: Vec<VolumeName>) -> Result<Wanted, VolumeName> {
        let mut held = self.lock();
        let leaving = |name: &&VolumeName| matches!(held.get(*name), Some(Claim::Leaving));
        if let Some(name) = names.iter().find(leaving) {
            return Err(name.clone());
        }
        for name in &names {
            let claim = held.entry(name.clone());
            match claim.or_insert_with(|| Claim::Wanted(0, Arc::default())) {
                Claim::Wanted(count, _) => *count += 1,
                Claim::Leaving => {}
            }
        }
        Ok(Wanted {
            names,
            claims: self.clone(),
        })
    }

    /// Keeps others from a volume that is to be removed; `None` where one has it now.
    pub fn leave(&self, name: &VolumeName) -> Option<Leaving> {
        let mut held = self.lock();
        if held.contains_key(name) {
            return None;
        }
        held.insert(name.clone(), Claim::Leaving);
        Some(Leaving {
            name: name.clone(),
            claims: self.clone(),
        })
    }

    /// Does something while nobody else does it with the same wanted volume.
    pub fn by_turns<T>(&self, name: &VolumeName, work: impl FnOnce() -> T) -> T {
        let turn = match self.lock().get(name) {
            Some(Claim::Wanted(_, turn)) => Arc::clone(turn),
            _ => Arc::default(),
        };
        // It guards no data.
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        work()
    }

    /// Does something, at once, before anybody else can want a volume; `None` where somebody else
    /// does already.
    pub fn alone<T>(&self, name: &VolumeName, work: impl FnOnce() -> T) -> Option<T> {
        let held = self.lock();
        let others = matches!(held.get(name), Some(Claim::Wanted(2.., _)));
        (!others).then(work)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<VolumeName, Claim>> {
        // Each critical section leaves the map whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        let mut held = self.claims.lock();
        for name in &self.names {
            if let Some(Claim::Wanted(count, _)) = held.get_mut(name) {
                *count -= 1;
                if *count == 0 {
                    held.remove(name);
                }
            }
        }
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.claims.lock().remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_is_wanted_by_many_or_leaves() {
        let (claims, data) = (Claims::default(), VolumeName::parse("data").unwrap());
        let one = claims.want(vec![data.clone()]).unwrap();
        let two = claims.want(vec![data.clone(), data.clone()]).unwrap();
        drop(one);
        assert!(claims.leave(&data).is_none());
        drop(two);
        let leaving = claims.leave(&data).unwrap();
        assert_eq!(claims.want(vec![data.clone()]).unwrap_err(), data);
        drop(leaving);
        claims.want(vec![data]).unwrap();
    }
}
