//! What a change of one row means for others: an image's users, and how full the disk is.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use gantry_wire::gantry::{Change, Update};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::core::Core;
use crate::{container, info};

/// Several changes in a row lead to one look at the disk.
const QUIET: Duration = Duration::from_millis(250);

/// Begins to follow the feed, for as long as the engine lives.
pub(crate) fn follow(core: &Arc<Core>) {
    tokio::spawn(image_users(Arc::downgrade(core), core.feed.subscribe()));
    tokio::spawn(disk_use(Arc::downgrade(core), core.feed.subscribe()));
}

/// Tells of an image again when a container of it comes or goes.
async fn image_users(core: Weak<Core>, mut updates: Receiver<Arc<Update>>) {
    let mut images = images_of_containers(&core);
    loop {
        let image = match updates.recv().await {
            Ok(update) => match &update.change {
                Change::Container(row) if !images.contains_key(&row.id) => {
                    images.insert(row.id.clone(), row.image_id.clone());
                    Some(row.image_id.clone())
                }
                Change::ContainerRemoved(id) => images.remove(id),
                _ => None,
            },
            Err(RecvError::Lagged(_)) => {
                images = images_of_containers(&core);
                None
            }
            Err(RecvError::Closed) => return,
        };
        let Some(core) = core.upgrade() else {
            return;
        };
        if let Some(image) = image.and_then(|id| id.parse().ok()) {
            core.images.tell(image).await;
        }
    }
}

fn images_of_containers(core: &Weak<Core>) -> HashMap<String, String> {
    let views = core.upgrade().map(|core| core.registry.views());
    let rows = views.iter().flatten().map(|view| container::row(view));
    rows.map(|row| (row.id, row.image_id)).collect()
}

/// Tells how full the disk is after what moves it.
async fn disk_use(core: Weak<Core>, mut updates: Receiver<Arc<Update>>) {
    loop {
        match updates.recv().await {
            Ok(update) if !moves_bytes(&update.change) => continue,
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
        tokio::time::sleep(QUIET).await;
        updates = updates.resubscribe();
        let Some(core) = core.upgrade() else {
            return;
        };
        match core.images.size().await {
            Ok(used) => core
                .feed
                .changed(Change::Engine(Box::new(info::engine(&core, Some(used))))),
            Err(error) => tracing::warn!(%error, "disk use is not known"),
        }
    }
}

fn moves_bytes(change: &Change) -> bool {
    match change {
        Change::ImageRemoved(_) | Change::ContainerRemoved(_) => true,
        Change::Task(task) => task.state.is_final(),
        _ => false,
    }
}
