//! What volumes take and who mounts them.

use std::collections::HashMap;

use gantry_view::{Container, Mount, MountKind, VolumeUse, VolumeUses};
use leptos::{prelude::*, task::spawn_local};

use super::order::Sort;
use crate::{
    backend,
    state::{Latest, Store},
};

/// A container and its mount of a volume.
pub type User = (Container, Mount);

/// Added up by the engine when the page opens, whenever volumes come or go, and when their files
/// were changed from here.
#[derive(Clone, Copy)]
pub struct Usage {
    sizes: RwSignal<HashMap<String, VolumeUse>>,
    /// Whether they were added up once, or cannot be.
    counted: RwSignal<bool>,
    users: Memo<HashMap<String, Vec<User>>>,
    /// Counts up when the files of a volume were changed from here.
    changes: RwSignal<u32>,
}

impl Usage {
    pub fn follow(store: Store) -> Self {
        let sizes = RwSignal::new(HashMap::new());
        let names = Memo::new(move |_| {
            let volumes = store.volumes.filtered(|_| true).into_iter();
            volumes.map(|volume| volume.name).collect::<Vec<_>>()
        });
        let changes = RwSignal::new(0);
        let counted = RwSignal::new(false);
        // Large volumes take their time: of two answers only that to the last question counts.
        let latest = Latest::new();
        Effect::new(move |_| {
            changes.track();
            // Read, not only tracked: a memo that nobody reads never follows what it is made of.
            names.with(Vec::len);
            let turn = latest.ask();
            spawn_local(async move {
                let answer = backend::call(&VolumeUses {}).await;
                if !latest.is(turn) {
                    return;
                }
                // Without an answer the sizes stay what they were, or unknown.
                if let Ok(found) = answer {
                    let found = found.into_iter();
                    let found = found.map(|one| (one.name.clone(), one)).collect();
                    sizes.set(found);
                }
                counted.set(true);
            });
        });
        let users = Memo::new(move |_| {
            let mut users: HashMap<String, Vec<User>> = HashMap::new();
            store.containers.for_each(|container| {
                let volumes = container.mounts.iter();
                for mount in volumes.filter(|mount| mount.kind == MountKind::Volume) {
                    let of = users.entry(mount.source.clone()).or_default();
                    of.push((container.clone(), mount.clone()));
                }
            });
            users
        });
        Self {
            sizes,
            counted,
            users,
            changes,
        }
    }

    /// Has them added up anew.
    pub fn add_up(self) {
        let _ = self.changes.try_update(|changes| *changes += 1);
    }

    /// What a volume takes, once it was added up.
    pub fn of(self, name: &str) -> Option<VolumeUse> {
        self.sizes.with(|sizes| sizes.get(name).cloned())
    }

    /// The same, also where the page that added it up is gone.
    pub fn try_of(self, name: &str) -> Option<VolumeUse> {
        self.sizes.try_with(|sizes| sizes.get(name).cloned())?
    }

    /// Whether what is not known by now will not be.
    pub fn is_counted(self) -> bool {
        self.counted.get()
    }

    /// The containers that mount a volume.
    pub fn users(self, name: &str) -> Vec<User> {
        self.users
            .with(|users| users.get(name).cloned().unwrap_or_default())
    }

    /// Their names.
    pub fn user_names(self, name: &str) -> String {
        let users = self.users(name);
        let mut names: Vec<_> = users.iter().map(|(user, _)| user.name.as_str()).collect();
        names.dedup();
        names.join(", ")
    }

    /// The names of those that may write to it now.
    pub fn writers(self, name: &str) -> String {
        let users = self.users(name).into_iter();
        let running = users.filter(|(user, mount)| user.state.is_up() && mount.writable);
        let mut names: Vec<String> = running.map(|(user, _)| user.name).collect();
        names.dedup();
        names.join(", ")
    }

    /// All volumes in an order.
    pub fn order(self, store: Store, sort: Sort) -> Vec<String> {
        let mut names = Vec::new();
        store
            .volumes
            .for_each(|volume| names.push(volume.name.clone()));
        self.sizes.with(|sizes| {
            names.sort_by(|a: &String, b: &String| {
                sort.compare((a.as_str(), sizes.get(a)), (b.as_str(), sizes.get(b)))
            });
        });
        names
    }

    /// Bytes of all volumes, and of those that no container mounts.
    pub fn sums(self, store: Store) -> (u64, u64) {
        let mut sums = (0, 0);
        store.volumes.for_each(|volume| {
            let bytes = self.of(&volume.name).map_or(0, |found| found.bytes);
            sums.0 += bytes;
            if self.users(&volume.name).is_empty() {
                sums.1 += bytes;
            }
        });
        sums
    }
}
