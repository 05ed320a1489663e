//! The handle: every operation of the engine by its name.

mod containers;
mod files;
mod images;
mod networks;
mod registries;
mod volumes;

use std::pin::Pin;
use std::sync::Arc;

use futures_util::Stream;
use gantry_registry::Registries;
use gantry_store::Store;
use gantry_wire as wire;
use gantry_wire::gantry;
use tokio::net::UnixListener;

use crate::container::{Containers, Execs, Recovered, Registry, Watcher, capabilities};
use crate::core::{Core, blocking, with_core};
use crate::feed::Feed;
use crate::host::{ClientGuard, Host, Idle, shutdown_signal};
use crate::image::Images;
use crate::network::{self, Networks};
use crate::plain::Plain;
use crate::request::{ContainerQuery, DiskUsageQuery, EventQuery, ImageQuery};
use crate::seccomp::Profile;
use crate::stats::Stats;
use crate::task::{Tasks, Undo};
use crate::volume::Volumes;
use crate::{Error, Result, container, follow, info, shim};

/// A stream that can be kept and sent anywhere.
pub type BoxStream<T> = Pin<Box<dyn Stream<Item = T> + Send>>;

/// The engine: a cheap handle, cloned into every request.
#[derive(Debug, Clone)]
pub struct Engine {
    core: Arc<Core>,
    containers: Containers,
}

/// Life of the engine itself.
impl Engine {
    /// Reads what is on disk and finds running containers again.
    pub async fn open(host: Host) -> Result<Self> {
        let (root, limits) = (host.paths().root.clone(), host.config.limits.clone());
        let open = move || Ok((Store::open_with(&root, limits)?, shim::sealed()?));
        let (store, shim) = blocking(open).await?;
        host.cgroups.sweep();
        let feed = Feed::new();
        let (tasks, undo) = (Tasks::new(feed.clone()), Undo::default());
        let registry = Arc::new(Registry::default());
        let registries = Registries::new(host.config.registries.clone());
        let plain = Plain::read(&host.paths().root, registries.clone());
        let images = Images::new(
            store.clone(),
            feed.clone(),
            tasks.clone(),
            undo.clone(),
            Arc::clone(&registry) as Arc<_>,
            registries.clone(),
            &host.paths().root,
        );
        let volumes = Volumes::new(
            &host.paths().root,
            host.facts.rootless,
            Arc::clone(&registry) as Arc<_>,
            feed.clone(),
        );
        let program = "the supervisor's program".as_ref();
        let binary = shim.try_clone().map_err(Error::io("duplicate", program))?;
        let networks = Networks::open(&host, binary, feed.clone())?;
        let stats = Stats::start(host.facts.memory, host.facts.cpus);
        let core = Arc::new(Core {
            host,
            store,
            images,
            registries,
            plain,
            registry,
            execs: Execs::default(),
            logs: Watcher::default(),
            volumes,
            feed,
            tasks,
            undo,
            idle: Idle::new(),
            networks,
            stats,
            shim,
            profile: Profile::docker_default(),
            capabilities: capabilities::own(),
        });
        let recovered = {
            // What restarts by its policy waits until the networks are as they were.
            let _closed = core.networks.gate.write().await;
            let recovered = container::recover(&core).await?;
            network::restore(&core).await;
            recovered
        };
        network::watch(&core);
        with_core(&core, |core| {
            core.volumes.sweep();
            Ok(())
        })
        .await?;
        core.images.finish_removals().await;
        if recovered == Recovered::Whole {
            sweep(&core);
        }
        follow::follow(&core);
        let containers = Containers::new(Arc::clone(&core));
        Ok(Self { core, containers })
    }

    /// Begins to accept connections and prints `ready` on standard output.
    pub fn listen(&self) -> Result<UnixListener> {
        let path = &self.core.host.paths().socket;
        let failed = |error| Error::io("listen on", path)(error);
        let listener = self.core.host.listen().map_err(failed)?;
        let listener = UnixListener::from_std(listener).map_err(failed)?;
        // Whoever waits for the line may be gone; that is no reason not to serve.
        let _ = std::io::Write::write_all(&mut std::io::stdout(), b"ready\n");
        Ok(listener)
    }

    /// Resolves when the engine should leave: at a signal, or when nobody has needed it for the
    /// configured time. Containers go on.
    pub async fn leaving(&self) {
        let idle = async {
            match self.core.host.idle_exit() {
                Some(quiet) => loop {
                    self.core.idle.quiet_for(quiet).await;
                    if !self.core.tasks.any_running() {
                        return;
                    }
                },
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            signal = shutdown_signal() => match signal {
                Ok(name) => tracing::info!(name, "leaving at a signal"),
                Err(error) => tracing::error!(%error, "signals cannot be waited for"),
            },
            () = idle => tracing::info!("leaving: nobody needs the engine"),
        }
    }

    /// Ends tasks and removes the socket. Call it last.
    #[allow(
        clippy::unused_async,
        reason = "what must be awaited at the end belongs here"
    )]
    pub async fn close(&self) {
        self.core.tasks.cancel_all();
        self.core.undo.close();
        self.core.registry.clear();
        self.core.host.cgroups.remove_empty();
        self.core.host.remove_socket();
    }

    /// Counts a client: the engine stays until the guard is dropped.
    pub fn client(&self) -> ClientGuard {
        self.core.idle.hold()
    }

    pub async fn info(&self) -> Result<wire::SystemInfo> {
        let images = self.core.images.list(ImageQuery::default()).await?.len();
        Ok(info::info(&self.core, images))
    }

    pub fn version(&self) -> wire::Version {
        info::version(&self.core)
    }

    /// What holds how much. What is not asked for is not looked at.
    pub async fn disk_usage(&self, wanted: DiskUsageQuery) -> Result<wire::DiskUsage> {
        let mut usage = wire::DiskUsage::default();
        if wanted.images {
            let store = self.core.store.clone();
            let layers = blocking(move || {
                let usage = store.disk_usage()?;
                // Docker has no place for these, and a prune of images frees them.
                Ok(usage.layers + usage.partial)
            });
            usage.layers_size = layers.await? as i64;
            let query = ImageQuery {
                shared_size: true,
                ..ImageQuery::default()
            };
            usage.images = self.core.images.list(query).await?;
        }
        if wanted.containers {
            let query = ContainerQuery {
                all: true,
                size: true,
                ..ContainerQuery::default()
            };
            usage.containers = self.containers.list(&query).await?;
        }
        if wanted.volumes {
            usage.volumes = with_core(&self.core, |core| Ok(core.volumes.usage())).await?;
        }
        Ok(usage)
    }
}

/// Removes what neither an image nor a container needs, beside everything else.
fn sweep(core: &Arc<Core>) {
    use crate::image::ImageUse;
    let core = Arc::clone(core);
    tokio::task::spawn_blocking(move || {
        if let Err(error) = core.store.sweep(&core.registry.in_use()) {
            tracing::warn!(%error, "layers that nobody needs were not removed");
        }
    });
}

/// Events, tasks and what a window follows.
impl Engine {
    pub fn events(&self, query: EventQuery) -> BoxStream<Arc<wire::EventMessage>> {
        self.core.feed.events(query)
    }

    /// Everything that a window lists, with the revision that it is at least as new as.
    pub async fn snapshot(&self) -> Result<gantry::Snapshot> {
        let revision = self.core.feed.revision();
        let views = self.core.registry.views();
        let used = self.core.images.size().await?;
        Ok(gantry::Snapshot {
            revision,
            containers: views.iter().map(|view| container::row(view)).collect(),
            images: self.core.images.rows().await?,
            volumes: with_core(&self.core, |core| Ok(core.volumes.rows())).await?,
            networks: self.core.networks.rows(),
            tasks: self.core.tasks.list(),
            engine: info::engine(&self.core, Some(used)),
        })
    }

    /// Changes after a revision. A snapshot comes first when `from` is absent or too old.
    pub fn updates(&self, from: Option<u64>) -> BoxStream<Result<gantry::Update>> {
        let this = self.clone();
        self.core.feed.updates(from, move || {
            let this = this.clone();
            async move { this.snapshot().await }
        })
    }

    pub fn tasks(&self) -> Vec<gantry::Task> {
        self.core.tasks.list()
    }

    pub fn task(&self, id: &str) -> Result<gantry::Task> {
        self.core.tasks.get(id)
    }

    /// Cancels a running task, puts a finished one away.
    pub fn cancel_task(&self, id: &str) -> Result<()> {
        self.core.tasks.cancel(id)
    }

    /// Takes a removal back.
    pub async fn undo(&self, token: &str) -> Result<()> {
        self.core.undo.undo(token).await
    }
}
