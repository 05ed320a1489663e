//! The engine's rows as the window's.

use std::collections::HashMap;

use gantry_view::{Snapshot, WatchItem};
use gantry_wire::gantry::{self, Change};

use crate::{containers, engine, images, networks, tasks, volumes};

/// Turns what the engine tells into what the window shows.
///
/// Remembers the images, because a task names only their ids.
#[derive(Default)]
pub(crate) struct Rows {
    images: HashMap<String, gantry::Image>,
}

impl Rows {
    /// The item for a change; `None` when the window does not show it.
    pub(crate) fn take(&mut self, change: Change) -> Option<WatchItem> {
        Some(match change {
            Change::Snapshot(snapshot) => WatchItem::Snapshot(self.snapshot(*snapshot)),
            Change::Container(row) => WatchItem::Container(containers::row(*row)),
            Change::ContainerRemoved(id) => WatchItem::ContainerRemoved(id),
            Change::Image(row) => {
                self.images.insert(row.id.clone(), (*row).clone());
                WatchItem::Image(images::row(*row))
            }
            Change::ImageRemoved(id) => {
                self.images.remove(&id);
                WatchItem::ImageRemoved(id)
            }
            Change::Volume(row) => WatchItem::Volume(volumes::row(*row)),
            Change::VolumeRemoved(name) => WatchItem::VolumeRemoved(name),
            Change::Network(row) => WatchItem::Network(networks::row(*row)),
            Change::NetworkRemoved(id) => WatchItem::NetworkRemoved(id),
            Change::Task(task) => WatchItem::Task(tasks::row(*task, &self.images)?),
            Change::TaskRemoved(id) => WatchItem::TaskRemoved(id),
            Change::Engine(row) => WatchItem::Engine(engine::row(*row)),
        })
    }

    fn snapshot(&mut self, snapshot: gantry::Snapshot) -> Snapshot {
        let images = snapshot.images.iter();
        self.images = images.map(|row| (row.id.clone(), row.clone())).collect();
        let tasks = snapshot.tasks.into_iter();
        Snapshot {
            revision: snapshot.revision,
            engine: engine::row(snapshot.engine),
            containers: snapshot
                .containers
                .into_iter()
                .map(containers::row)
                .collect(),
            images: snapshot.images.into_iter().map(images::row).collect(),
            volumes: snapshot.volumes.into_iter().map(volumes::row).collect(),
            networks: snapshot.networks.into_iter().map(networks::row).collect(),
            tasks: tasks
                .filter_map(|task| tasks::row(task, &self.images))
                .collect(),
        }
    }
}
