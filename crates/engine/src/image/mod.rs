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

use gantry_oci::{ImageId, Reference};
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
                return Err(missing(&text));
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

    /// Tells Docker's clients that something happened to an image that is here.
    async fn event(&self, action: &str, image: ImageId, actor: &str, name: &str) {
        let config = self.blocking(move |store| Ok(store.config(&image)?)).await;
        // One that is gone again has no labels to tell.
        let labels = config.ok().and_then(|found| found.config.labels.clone());
        self.feed
            .image_event(action, actor, name, labels.unwrap_or_default());
    }

    /// Tells of something that no name of the image is about.
    pub(crate) async fn event_of(&self, action: &str, image: ImageId) {
        let id = image.to_string();
        self.event(action, image, &id, &id).await;
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
        gantry_store::Error::NoSuchImage(_) => missing(text),
        other => other.into(),
    })
}

/// What is not there, by the name that was looked for: with `latest` where no tag was named.
fn missing(text: &str) -> Error {
    let name = text.parse::<Reference>().ok();
    let name = name.map(|name| name.or_latest().familiar());
    Error::NoSuchImage(name.unwrap_or_else(|| text.to_owned()))
}
