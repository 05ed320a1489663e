//! The handle: every operation of the engine by its name.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use gantry_store::Store;
use gantry_wire as wire;
use gantry_wire::gantry;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::UnixListener;
use tokio_util::io::ReaderStream;

use crate::container::{Attachment, Containers, LogStream, Registry, Waiting, capabilities};
use crate::core::{Core, blocking};
use crate::feed::Feed;
use crate::host::{ClientGuard, Host, Idle, shutdown_signal};
use crate::image::Images;
use crate::request::{
    AttachOptions, CommitOptions, CommitPause, ContainerQuery, EventQuery, ImageQuery,
    ImportOptions, LogQuery, LogSearch, LogWindow, Outcome, RemoveOptions, StopOptions,
    WaitCondition,
};
use crate::seccomp::Profile;
use crate::task::{Tasks, Undo};
use crate::{Error, Filters, Result, container, follow, info, prune, shim};

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
        let root = host.paths().root.clone();
        let (store, shim) = blocking(move || Ok((Store::open(&root)?, shim::sealed()?))).await?;
        let feed = Feed::new();
        let (tasks, undo) = (Tasks::new(feed.clone()), Undo::default());
        let registry = Arc::new(Registry::default());
        let images = Images::new(
            store.clone(),
            feed.clone(),
            tasks.clone(),
            undo.clone(),
            Arc::clone(&registry) as Arc<_>,
            &host.paths().root,
        );
        let core = Arc::new(Core {
            host,
            store,
            images,
            registry,
            feed,
            tasks,
            undo,
            idle: Idle::new(),
            shim,
            profile: Profile::docker_default(),
            capabilities: capabilities::own(),
        });
        container::recover(&core).await?;
        core.images.finish_removals().await;
        sweep_layers(&core);
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

    pub async fn disk_usage(&self) -> Result<wire::DiskUsage> {
        let query = ContainerQuery {
            all: true,
            size: true,
            ..ContainerQuery::default()
        };
        let shared = ImageQuery {
            shared_size: true,
            ..ImageQuery::default()
        };
        let store = self.core.store.clone();
        let layers = blocking(move || Ok(store.disk_usage()?.layers));
        Ok(wire::DiskUsage {
            layers_size: layers.await? as i64,
            images: self.core.images.list(shared).await?,
            containers: self.containers.list(&query).await?,
            ..wire::DiskUsage::default()
        })
    }
}

/// Removes layers that neither an image nor a container needs, beside everything else.
fn sweep_layers(core: &Arc<Core>) {
    use crate::image::ImageUse;
    let core = Arc::clone(core);
    tokio::task::spawn_blocking(move || {
        let kept = core.registry.layers_in_use();
        if let Err(error) = core.store.sweep_layers(&kept) {
            tracing::warn!(%error, "layers that nobody needs were not removed");
        }
    });
}

/// Containers.
impl Engine {
    pub async fn create_container(
        &self,
        name: Option<&str>,
        platform: Option<&str>,
        body: wire::ContainerCreate,
    ) -> Result<wire::ContainerCreated> {
        self.containers.create(name, platform, body).await
    }

    pub async fn start(&self, id: &str) -> Result<Outcome> {
        self.containers.start(id).await
    }

    pub async fn stop(&self, id: &str, options: StopOptions) -> Result<Outcome> {
        self.containers.stop(id, options).await
    }

    pub async fn restart(&self, id: &str, options: StopOptions) -> Result<()> {
        self.containers.restart(id, options).await
    }

    /// Sends a signal, SIGKILL by default; returns after SIGKILL when the container has ended.
    pub async fn kill(&self, id: &str, signal: Option<&str>) -> Result<()> {
        self.containers.kill(id, signal).await
    }

    pub async fn pause(&self, id: &str) -> Result<()> {
        self.containers.pause(id).await
    }

    pub async fn unpause(&self, id: &str) -> Result<()> {
        self.containers.unpause(id).await
    }

    pub async fn rename(&self, id: &str, name: &str) -> Result<()> {
        self.containers.rename(id, name).await
    }

    /// Registers a wait; an unknown container is an error at once, the end comes from the value.
    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn wait(&self, id: &str, condition: WaitCondition) -> Result<Waiting> {
        self.containers.wait(id, condition)
    }

    pub async fn remove(&self, id: &str, options: RemoveOptions) -> Result<()> {
        self.containers.remove(id, options).await
    }

    pub async fn list_containers(
        &self,
        query: &ContainerQuery,
    ) -> Result<Vec<wire::ContainerSummary>> {
        self.containers.list(query).await
    }

    pub async fn inspect_container(&self, id: &str, size: bool) -> Result<wire::ContainerInspect> {
        self.containers.inspect(id, size).await
    }

    pub async fn logs(&self, id: &str, query: LogQuery) -> Result<LogStream> {
        self.containers.logs(id, query).await
    }

    /// Gives a client its place; send the response head, then [`Attachment::connect`].
    pub async fn attach(&self, id: &str, options: AttachOptions) -> Result<Attachment> {
        self.containers.attach(id, options).await
    }

    pub async fn resize(&self, id: &str, rows: u16, columns: u16) -> Result<()> {
        self.containers.resize(id, rows, columns).await
    }

    pub async fn changes(&self, id: &str) -> Result<Vec<wire::Change>> {
        self.containers.changes(id).await
    }

    pub async fn commit(&self, options: CommitOptions) -> Result<wire::IdResponse> {
        let id = self.containers.commit(options).await?;
        Ok(wire::IdResponse { id: id.to_string() })
    }

    /// A container's files as one tar, as they are read.
    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn export_container(&self, id: &str) -> Result<BoxStream<std::io::Result<Bytes>>> {
        self.containers.export(id)
    }

    pub async fn prune_containers(&self, filters: &Filters) -> Result<wire::ContainersPruned> {
        prune::containers(&self.core, &self.containers, filters).await
    }
}

/// Images.
impl Engine {
    /// Loads an archive as it arrives; dropping the stream cancels.
    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn load_images(
        &self,
        archive: impl AsyncRead + Send + Unpin + 'static,
    ) -> Result<BoxStream<wire::Progress>> {
        Ok(self.core.images.load(archive))
    }

    /// Makes an image of a root file system as it arrives; dropping the stream cancels.
    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn import_image(
        &self,
        archive: impl AsyncRead + Send + Unpin + 'static,
        options: ImportOptions,
    ) -> Result<BoxStream<wire::Progress>> {
        self.core.images.import(archive, options)
    }

    /// One tar with all of them, as it is written.
    pub async fn save_images(&self, names: &[String]) -> Result<BoxStream<std::io::Result<Bytes>>> {
        self.export_images(
            names,
            gantry::SaveFormat::default(),
            gantry::Compression::default(),
        )
        .await
    }

    /// The same in a format of choice.
    pub async fn export_images(
        &self,
        names: &[String],
        format: gantry::SaveFormat,
        compression: gantry::Compression,
    ) -> Result<BoxStream<std::io::Result<Bytes>>> {
        self.core.images.save(names, format, compression).await
    }

    pub async fn list_images(&self, query: &ImageQuery) -> Result<Vec<wire::ImageSummary>> {
        self.core.images.list(query.clone()).await
    }

    pub async fn inspect_image(&self, name: &str) -> Result<wire::ImageInspect> {
        self.core.images.inspect(name).await
    }

    pub async fn image_history(&self, name: &str) -> Result<Vec<wire::HistoryItem>> {
        self.core.images.history(name).await
    }

    /// Gives an image the name `repo:tag`.
    pub async fn tag_image(&self, name: &str, reference: &str) -> Result<()> {
        self.core.images.tag(name, reference).await
    }

    pub async fn remove_image(
        &self,
        name: &str,
        force: bool,
    ) -> Result<Vec<wire::ImageDeleteItem>> {
        self.core.images.remove(name, force).await
    }

    pub async fn prune_images(&self, filters: &Filters) -> Result<wire::ImagesPruned> {
        self.core.images.prune(filters.clone()).await
    }

    pub async fn image_layers(&self, name: &str) -> Result<gantry::LayerStack> {
        self.core.images.layers(name).await
    }

    /// One folder of one layer, counted from 0 at the base, or of all layers up to it; the largest
    /// `limit` entries, 1000 unless told.
    pub async fn layer_entries(
        &self,
        name: &str,
        layer: u32,
        directory: &str,
        scope: gantry::Scope,
        limit: Option<usize>,
    ) -> Result<gantry::EntryPage> {
        let images = &self.core.images;
        images
            .layer_entries(name, layer, directory, scope, limit)
            .await
    }

    /// Bytes of an image that no container sees.
    pub async fn image_waste(&self, name: &str) -> Result<gantry::Waste> {
        self.core.images.waste(name).await
    }

    /// What an image, or its layers up to one, shows whose name contains a text.
    pub async fn search_image(
        &self,
        name: &str,
        text: String,
        layer: Option<u32>,
        limit: Option<usize>,
    ) -> Result<gantry::SearchResult> {
        let images = &self.core.images;
        images.search_image(name, text, layer, limit).await
    }

    /// What of a directory is not the same in another image.
    pub async fn compare_images(
        &self,
        name: &str,
        with: &str,
        directory: &str,
        limit: Option<usize>,
    ) -> Result<gantry::Comparison> {
        let images = &self.core.images;
        images.compare(name, with, directory, limit).await
    }

    /// The content of one file of an image, from one layer or as a container would see it.
    pub async fn image_file(
        &self,
        name: &str,
        path: &str,
        layer: Option<u32>,
        scope: gantry::Scope,
    ) -> Result<BoxStream<std::io::Result<Bytes>>> {
        let images = &self.core.images;
        let found = images.image_file(name, path, layer, scope).await?;
        // Exactly what it held when it was opened.
        let file = tokio::fs::File::from_std(found.file).take(found.size);
        Ok(Box::pin(ReaderStream::with_capacity(file, 1 << 16)))
    }
}

/// Events, tasks and what only /gantry/v1 has.
impl Engine {
    pub fn events(&self, query: EventQuery) -> Result<BoxStream<Arc<wire::EventMessage>>> {
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

    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn load_task(&self, request: gantry::LoadRequest) -> Result<gantry::TaskStarted> {
        self.core.images.load_task(request)
    }

    /// Loads what a client sends, `size` bytes where that is known; the task survives the client once the whole body was read.
    pub async fn load_stream_task(
        &self,
        archive: impl AsyncRead + Send + Unpin + 'static,
        subject: String,
        size: Option<u64>,
    ) -> Result<gantry::TaskStarted> {
        let images = &self.core.images;
        images.load_stream_task(archive, subject, size).await
    }

    pub async fn save_task(&self, request: gantry::SaveRequest) -> Result<gantry::TaskStarted> {
        self.core.images.save_task(request).await
    }

    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn import_task(&self, request: gantry::ImportRequest) -> Result<gantry::TaskStarted> {
        self.core.images.import_task(request)
    }

    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn export_task(&self, request: gantry::ExportRequest) -> Result<gantry::TaskStarted> {
        self.containers.export_task(request)
    }

    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn commit_task(&self, request: gantry::CommitRequest) -> Result<gantry::TaskStarted> {
        let options = CommitOptions {
            container: request.container,
            reference: request.reference,
            author: request.author,
            comment: request.comment,
            changes: request.changes,
            config: None,
            pause: match request.pause {
                Some(false) => CommitPause::KeepRunning,
                _ => CommitPause::Pause,
            },
        };
        self.containers.commit_task(options)
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

    pub async fn remove_container_later(
        &self,
        id: &str,
        request: gantry::RemoveContainer,
    ) -> Result<gantry::Removed> {
        self.containers.remove_later(id, request).await
    }

    pub async fn remove_image_later(
        &self,
        request: gantry::RemoveImage,
    ) -> Result<gantry::Removed> {
        self.core.images.remove_later(request).await
    }

    /// Takes a removal back.
    pub async fn undo(&self, token: &str) -> Result<()> {
        self.core.undo.undo(token).await
    }

    /// What a container's log holds.
    pub async fn log_extent(&self, id: &str) -> Result<gantry::LogExtent> {
        self.containers.log_extent(id).await
    }

    /// Rows of a container's log with their numbers.
    pub async fn log_window(
        &self,
        id: &str,
        window: LogWindow,
    ) -> Result<BoxStream<Result<gantry::LogBatch>>> {
        self.containers.log_window(id, window).await
    }

    /// How a container's log grows, with at most `rows` of its last rows each time. What comes
    /// faster than that is counted and can be read.
    pub async fn log_news(
        &self,
        id: &str,
        rows: u64,
    ) -> Result<BoxStream<Result<gantry::LogNews>>> {
        self.containers.log_news(id, rows).await
    }

    /// Searches a whole log, as far as the answer is read.
    pub async fn log_search(
        &self,
        id: &str,
        search: LogSearch,
    ) -> Result<BoxStream<Result<gantry::LogFound>>> {
        self.containers.log_search(id, search).await
    }
}
