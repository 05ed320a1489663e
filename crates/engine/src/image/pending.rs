//! Image removals that were acknowledged and wait for a change of mind, as `removals.json`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use gantry_file::{Durability, replace_json};
use gantry_oci::ImageId;
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// One removal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Removal {
    pub image: ImageId,
    /// The name or id that was asked for.
    pub named: String,
    pub force: bool,
}

/// The removals that wait; clones are the same list.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    path: PathBuf,
    list: Arc<Mutex<Vec<Removal>>>,
}

impl Pending {
    /// Reads what an earlier engine left. A file that does not parse is told and left behind: the
    /// images are still there, which is the safe side.
    pub fn read(root: &Path) -> Self {
        let path = root.join("removals.json");
        if let Err(error) = gantry_file::remove_unfinished(&path) {
            tracing::warn!(path = %path.display(), %error, "half a list stays");
        }
        let list = match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).unwrap_or_else(|error| {
                tracing::error!(path = %path.display(), %error, "removals that waited are lost");
                Vec::new()
            }),
            Err(_) => Vec::new(),
        };
        Self {
            path,
            list: Arc::new(Mutex::new(list)),
        }
    }

    /// Everything that waits.
    pub fn all(&self) -> Vec<Removal> {
        self.list
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Remembers a removal; it stands on disk when this returns.
    pub fn add(&self, removal: Removal) -> Result<()> {
        self.change(|list| list.push(removal))
    }

    /// Forgets a removal: it has happened, or was taken back.
    pub fn forget(&self, removal: &Removal) {
        if let Err(error) = self.change(|list| list.retain(|known| known != removal)) {
            tracing::error!(image = %removal.image, %error, "a removal is not forgotten");
        }
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Removal>)) -> Result<()> {
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let mut new = list.clone();
        change(&mut new);
        self.write(&new)?;
        *list = new;
        Ok(())
    }

    fn write(&self, list: &[Removal]) -> Result<()> {
        // Durable either way: what was taken back must not happen after a power cut.
        if list.is_empty() {
            let removed = gantry_file::remove(&self.path, Durability::Durable);
            return removed.map_err(Error::io("remove", &self.path));
        }
        let written = replace_json(&self.path, &list, Durability::Durable);
        written.map_err(Error::io("write", &self.path))
    }
}

#[cfg(test)]
mod tests {
    use gantry_oci::Digest;

    use super::*;

    #[test]
    fn what_waits_is_known_to_the_next_engine_until_it_is_forgotten() {
        let root = tempfile::tempdir().unwrap();
        let removal = Removal {
            image: ImageId::from(Digest::of(b"image")),
            named: "web:1".to_owned(),
            force: true,
        };
        let pending = Pending::read(root.path());
        assert_eq!(pending.all(), []);
        pending.add(removal.clone()).unwrap();
        let next = Pending::read(root.path());
        assert_eq!(next.all(), std::slice::from_ref(&removal));
        next.forget(&removal);
        assert_eq!(Pending::read(root.path()).all(), []);
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_damaged_list_removes_nothing() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("removals.json"), "[{").unwrap();
        assert_eq!(Pending::read(root.path()).all(), []);
    }
}
