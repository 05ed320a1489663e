//! The end of volumes. Out of the way by a rename, deleted behind it.

use std::path::{Path, PathBuf};

use gantry_wire::gantry::Change;
use gantry_wire::{MountPoint, VolumesPruned};

use super::list::real;
use super::record::ANONYMOUS;
use super::{VolumeName, Volumes};
use crate::trash::{delete_behind, move_to};
use crate::usage::bytes_below;
use crate::{Error, Filters, Result};

impl Volumes {
    /// `docker volume rm`: refused while a container has it, running or not.
    pub fn remove(&self, name: &str) -> Result<()> {
        let name = self.find(name)?;
        let in_use = |users| Error::VolumeInUse {
            name: name.to_string(),
            users,
        };
        let _leaving = self.claims.leave(&name).ok_or_else(|| in_use(Vec::new()))?;
        let users = self.containers.users_of_volume(name.as_str());
        if !users.is_empty() {
            return Err(in_use(users));
        }
        let moved = self.take_away(&name)?;
        delete_behind(vec![moved]);
        Ok(())
    }

    /// `docker volume prune`: volumes that no container has; with `all` named ones too.
    pub fn prune(&self, filters: &Filters) -> Result<VolumesPruned> {
        filters.only(&["all", "label", "label!"])?;
        let all = filters.flag("all")?.unwrap_or(false);
        if !self.containers.knows_all() {
            return Err(Error::state(
                "container-damaged",
                "there is a container whose record cannot be read, and nobody knows which volumes it has: \"gantry doctor\" names it",
            ));
        }
        let mut pruned = VolumesPruned::default();
        for volume in self.all() {
            let chosen = (all || volume.labels.contains_key(ANONYMOUS))
                && filters.matches_labels("label", &volume.labels)
                && (!filters.has("label!") || !filters.matches_labels("label!", &volume.labels));
            if !chosen || !self.containers.users_of_volume(&volume.name).is_empty() {
                continue;
            }
            let data = Path::new(&volume.mountpoint);
            // A folder of the host stays where it is.
            let bytes = if data.is_symlink() {
                0
            } else {
                bytes_below(&real(data))
            };
            // Somebody who began to use it meanwhile keeps it.
            if self.remove(&volume.name).is_ok() {
                pruned.volumes_deleted.push(volume.name);
                pruned.space_reclaimed += bytes;
            }
        }
        self.feed.pruned("volume", pruned.space_reclaimed);
        Ok(pruned)
    }

    /// Moves the volumes that nobody named and that only this container had to the trash.
    pub fn discard_anonymous(&self, container: &str, mounts: &[MountPoint]) -> Vec<PathBuf> {
        VolumeName::all_of(mounts)
            .into_iter()
            .filter(VolumeName::is_anonymous)
            .filter_map(|name| {
                let _leaving = self.claims.leave(&name)?;
                let users = self.containers.users_of_volume(name.as_str());
                let known = self.containers.knows_all();
                if !known || users.iter().any(|user| user != container) {
                    return None;
                }
                self.take_away(&name).ok()
            })
            .collect()
    }

    fn take_away(&self, name: &VolumeName) -> Result<PathBuf> {
        let moved = move_to(&self.trash, &self.folder.join(name.as_str()))?;
        self.feed.volume_event("destroy", name.as_str(), &[]);
        self.feed.changed(Change::VolumeRemoved(name.to_string()));
        Ok(moved)
    }
}
