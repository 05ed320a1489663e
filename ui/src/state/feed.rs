//! Follows the engine: a snapshot, then what changes, and again after every loss.

use std::{cell::RefCell, rc::Rc, time::Duration};

use gantry_view::{Failure, GetHost, Link, Reconnect, Snapshot, Watch, WatchItem};
use leptos::{prelude::*, task::spawn_local};

use super::Store;
use crate::backend::{self, Ending, Subscription};

const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Opens the feed and opens it again whenever it ends, as long as the page lives.
pub(super) fn follow(store: Store) {
    open(store, Rc::new(RefCell::new(None)));
}

fn open(store: Store, slot: Rc<RefCell<Option<Subscription>>>) {
    let again = Rc::clone(&slot);
    let subscription = backend::subscribe(
        &Watch {},
        move |items| {
            for item in items {
                apply(store, item);
            }
        },
        move |ending| {
            spawn_local(async move {
                let failure = reason(ending).await;
                // Without its cookie a browser tab is never let in, however often it asks.
                let for_good = failure.code == "not-signed-in";
                store.link.set(Link::Lost(failure));
                if !for_good {
                    set_timeout(move || open(store, again), TRY_AGAIN);
                }
            });
        },
    );
    // The slot's old subscription has ended; dropping it frees its callbacks.
    slot.replace(Some(subscription));
}

/// Why the feed ended. A socket only says that it closed; a call is told why.
async fn reason(ending: Ending) -> Failure {
    match ending {
        Ending::Failed(failure) => failure,
        Ending::Finished | Ending::Lost => match backend::call(&GetHost {}).await {
            Err(failure) => failure,
            Ok(_) => Failure::new("transport", "the stream ended"),
        },
    }
}

fn apply(store: Store, item: WatchItem) {
    match item {
        WatchItem::Link(link) => store.link.set(link),
        WatchItem::Snapshot(snapshot) => take_over(store, snapshot),
        WatchItem::Container(container) => {
            store.settle(&container);
            store.containers.put(container);
        }
        WatchItem::ContainerRemoved(id) => {
            store.containers.remove(&id);
            store.verbs.forget(&id);
        }
        WatchItem::Image(image) => store.images.put(image),
        WatchItem::ImageRemoved(id) => store.images.remove(&id),
        WatchItem::Volume(volume) => store.volumes.put(volume),
        WatchItem::VolumeRemoved(name) => store.volumes.remove(&name),
        WatchItem::Network(network) => store.networks.put(network),
        WatchItem::NetworkRemoved(id) => store.networks.remove(&id),
        WatchItem::Task(task) => store.put_task(task),
        WatchItem::TaskRemoved(id) => store.tasks.remove(&id),
        WatchItem::Engine(engine) => store.engine.set(engine),
    }
}

fn take_over(store: Store, snapshot: Snapshot) {
    for container in &snapshot.containers {
        store.settle(container);
    }
    store.engine.set(snapshot.engine);
    store.containers.reset(snapshot.containers);
    store.images.reset(snapshot.images);
    store.volumes.reset(snapshot.volumes);
    store.networks.reset(snapshot.networks);
    for task in snapshot.tasks.iter().cloned() {
        store.put_task(task);
    }
    store.tasks.reset(snapshot.tasks);
    store.link.set(Link::Ready);
    store.loaded.set(true);
}

impl Store {
    /// Looks for the engine at once instead of at the next turn.
    pub fn reconnect(self) {
        self.link.set(Link::Connecting);
        spawn_local(async move {
            if let Err(failure) = backend::call(&Reconnect {}).await {
                self.link.set(Link::Lost(failure));
            }
        });
    }
}
