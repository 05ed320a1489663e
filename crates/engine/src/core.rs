//! What every part of one engine shares.

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;

use gantry_registry::Registries;
use gantry_store::Store;
use gantry_wire::gantry::Change;

use crate::container::{Definition, Execs, Registry, View, Watcher, capabilities, row};
use crate::feed::Feed;
use crate::host::{Host, Idle};
use crate::image::Images;
use crate::network::Networks;
use crate::plain::Plain;
use crate::seccomp::Profile;
use crate::stats::Stats;
use crate::task::{Tasks, Undo};
use crate::volume::Volumes;
use crate::{Error, Result};

/// The parts of one engine.
pub(crate) struct Core {
    pub(crate) host: Host,
    pub(crate) store: Store,
    pub(crate) images: Images,
    pub(crate) registries: Registries,
    pub(crate) plain: Plain,
    pub(crate) registry: Arc<Registry>,
    pub(crate) execs: Execs,
    pub(crate) logs: Watcher,
    pub(crate) volumes: Volumes,
    pub(crate) feed: Feed,
    pub(crate) tasks: Tasks,
    pub(crate) undo: Undo,
    pub(crate) idle: Idle,
    pub(crate) networks: Networks,
    pub(crate) stats: Stats,
    /// The supervisor's program, sealed in memory.
    pub(crate) shim: OwnedFd,
    /// The system call policy of containers that name no other.
    pub(crate) profile: Profile,
    /// What the engine may do, and so the most that a container may.
    pub(crate) capabilities: capabilities::Set,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core")
            .field("paths", self.host.paths())
            .finish_non_exhaustive()
    }
}

impl Core {
    /// Tells windows that a container's row is new or different.
    pub(crate) fn container_changed(&self, view: &View) {
        if view.hidden || view.gone {
            self.feed
                .changed(Change::ContainerRemoved(view.id().as_str().to_owned()));
        } else {
            self.feed.changed(Change::Container(Box::new(row(view))));
        }
    }

    /// The folders of a container's layers, topmost first. They stay even where the image was
    /// removed by force.
    pub(crate) fn lower_dirs(&self, definition: &Definition) -> Result<Vec<PathBuf>> {
        Ok(self.store.layer_dirs(&definition.layers)?)
    }

    /// Tells Docker's clients that something happened to a container.
    pub(crate) fn container_event(&self, view: &View, action: &str, extra: &[(&str, String)]) {
        let config = &view.definition.config;
        let mut attributes = config.labels.clone();
        attributes.insert("image".to_owned(), config.image.clone());
        attributes.insert("name".to_owned(), view.name.as_str().to_owned());
        for (key, value) in extra {
            attributes.insert((*key).to_owned(), value.clone());
        }
        self.feed
            .container_event(action, view.id().as_str(), attributes);
    }
}

/// Carries something through, also when whoever waits for it leaves in the middle.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    tokio::spawn(work).await.map_err(|_| Error::ShuttingDown)?
}

/// Runs blocking work beside the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) if error.is_cancelled() => Err(Error::ShuttingDown),
        Err(error) => Err(Error::Internal(format!("a worker ended early: {error}"))),
    }
}

/// The same with the engine's parts at hand.
pub(crate) async fn with_core<T: Send + 'static>(
    core: &Arc<Core>,
    work: impl FnOnce(&Core) -> Result<T> + Send + 'static,
) -> Result<T> {
    let core = Arc::clone(core);
    blocking(move || work(&core)).await
}
