//! Images: the store's operations in Docker's words, with the rules that containers add to them.

mod explore;
mod import;
pub(crate) mod inspect;
mod layers;
mod lines;
mod list;
mod load;
mod pending;
mod prune;
mod pull;
mod pull_all;
mod push;
mod remove;
mod row;
mod save;
mod source;
pub(crate) mod tag;

use std::path::Path;
use std::sync::{Arc, MutexGuard};

use gantry_oci::ImageId;
use gantry_registry::Registries;
use gantry_store::{InUse, Store};
use gantry_wire::gantry::Change;

use crate::feed::Feed;
use crate::task::{Tasks, Undo};
use crate::{Error, Result};

/// What the images' side asks of the containers' side. Answers come at once.
pub(crate) trait ImageUse: Send + Sync {
    /// The containers made from an image.
    fn users_of(&self, image: &ImageId) -> Vec<ImageUser>;
    /// Everything that a container stands on, also of images that were removed by force.
    fn in_use(&self) -> InUse;
    /// Until the guard is dropped no container begins to stand on an image.
    fn decide(&self) -> MutexGuard<'_, ()>;
}

/// A container made from an image.
#[derive(Debug, Clone)]
pub(crate) struct ImageUser {
    pub id: String,
    /// It has a process: running or paused.
    pub running: bool,
}

/// The images of one engine; clones are the same.
#[derive(Clone)]
pub(crate) struct Images {
    store: Store,
    feed: Feed,
    tasks: Tasks,
    undo: Undo,
    containers: Arc<dyn ImageUse>,
    /// Removed, but still to be had back: shown nowhere.
    hidden: row::Hidden,
    /// The same on disk, for the next engine.
    pending: pending::Pending,
    registries: Registries,
    pulls: pull::Pulls,
}

impl Images {
    pub fn new(
        store: Store,
        feed: Feed,
        tasks: Tasks,
        undo: Undo,
        containers: Arc<dyn ImageUse>,
        registries: Registries,
        root: &Path,
    ) -> Self {
        Self {
            pending: pending::Pending::read(root),
            store,
            feed,
            tasks,
            undo,
            containers,
            hidden: row::Hidden::default(),
            registries,
            pulls: pull::Pulls::default(),
        }
    }

    /// The image that a name, digest, id or id prefix means.
    pub async fn resolve(&self, text: &str) -> Result<gantry_store::Image> {
        let (text, hidden) = (text.to_owned(), self.hidden.clone());
        self.blocking(move |store| {
            let id = find(store, &text)?;
            if hidden.contains(&id) {
                return Err(Error::NoSuchImage(text));
            }
            Ok(store.image(&id)?)
        })
        .await
    }

    /// Tells that an image has a new row, or none any more.
    pub async fn tell(&self, id: ImageId) {
        let change = match self.row(&id).await {
            Ok(row) => Change::Image(Box::new(row)),
            Err(_) => Change::ImageRemoved(id.to_string()),
        };
        self.feed.changed(change);
    }

    /// Runs work on the store where blocking is allowed.
    async fn blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Store) -> Result<T> + Send + 'static,
    {
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || work(&store))
            .await
            .map_err(|error| Error::Internal(error.to_string()))?
    }
}

/// As [`Store::resolve`], with Docker's words for what is not there.
fn find(store: &Store, text: &str) -> Result<ImageId> {
    store.resolve(text).map_err(|error| match error {
        gantry_store::Error::NoSuchImage(_) => Error::NoSuchImage(text.to_owned()),
        other => other.into(),
    })
}
