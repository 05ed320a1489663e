//! stub
use crate::*;
use bytes::Bytes;
use futures_util::Stream;
use gantry_wire as wire;
use std::pin::Pin;
use std::sync::Arc;
use tokio::io::AsyncRead;

pub type BoxStream<T> = Pin<Box<dyn Stream<Item = T> + Send>>;

fn later<T>() -> Result<T> {
    Err(Error::Internal("not there yet".into()))
}

/// The engine: a cheap handle, cloned into every request.
#[derive(Debug, Clone)]
pub struct Engine {
    host: Arc<Host>,
}

/// A container that a client may be attached to.
pub struct Attachment {
    pub tty: bool,
}
impl Attachment {
    /// Hands the connection over; returns when the supervisor has it, or it waits for the start.
    pub async fn connect(self, _client: ClientSocket) -> Result<()> {
        later()
    }
}
/// A registered wait.
pub struct Waiting {}
impl Waiting {
    pub async fn outcome(self) -> Result<wire::WaitResponse> {
        later()
    }
}
/// Rows of a log, and how to write them.
pub struct LogStream {
    pub tty: bool,
    pub entries: BoxStream<Result<gantry_log::Entry>>,
}

impl Engine {
    pub async fn open(host: Host) -> Result<Self> {
        Ok(Self {
            host: Arc::new(host),
        })
    }
    /// Begins to accept connections and prints `ready`.
    pub fn listen(&self) -> Result<tokio::net::UnixListener> {
        let _ = &self.host;
        later()
    }
    /// Resolves when the engine should leave: a signal, or nobody needs it.
    pub async fn leaving(&self) {}
    /// Call last: tells tasks to end, removes the socket.
    pub async fn close(&self) {}
    /// Counts a client; idle exit waits until the guard is dropped.
    pub fn client(&self) -> ClientGuard {
        unreachable!()
    }

    pub async fn create_container(
        &self,
        _name: Option<&str>,
        _platform: Option<&str>,
        _body: wire::ContainerCreate,
    ) -> Result<wire::ContainerCreated> {
        later()
    }
    pub async fn start(&self, _id: &str) -> Result<Outcome> {
        later()
    }
    pub async fn stop(&self, _id: &str, _options: StopOptions) -> Result<Outcome> {
        later()
    }
    pub async fn restart(&self, _id: &str, _options: StopOptions) -> Result<()> {
        later()
    }
    pub async fn kill(&self, _id: &str, _signal: Option<&str>) -> Result<()> {
        later()
    }
    pub async fn pause(&self, _id: &str) -> Result<()> {
        later()
    }
    pub async fn unpause(&self, _id: &str) -> Result<()> {
        later()
    }
    pub async fn rename(&self, _id: &str, _name: &str) -> Result<()> {
        later()
    }
    /// Errors at once for an unknown container; the outcome comes from the returned value.
    pub async fn wait(&self, _id: &str, _condition: WaitCondition) -> Result<Waiting> {
        later()
    }
    pub async fn remove(&self, _id: &str, _options: RemoveOptions) -> Result<()> {
        later()
    }
    pub async fn list_containers(
        &self,
        _query: &ContainerQuery,
    ) -> Result<Vec<wire::ContainerSummary>> {
        later()
    }
    pub async fn inspect_container(
        &self,
        _id: &str,
        _size: bool,
    ) -> Result<wire::ContainerInspect> {
        later()
    }
    pub async fn logs(&self, _id: &str, _query: LogQuery) -> Result<LogStream> {
        later()
    }
    /// Checks that the container may be attached to; send the response head, then `connect`.
    pub async fn attach(&self, _id: &str, _options: AttachOptions) -> Result<Attachment> {
        later()
    }
    pub async fn resize(&self, _id: &str, _rows: u16, _columns: u16) -> Result<()> {
        later()
    }
    pub async fn changes(&self, _id: &str) -> Result<Vec<wire::Change>> {
        later()
    }
    pub async fn commit(&self, _options: CommitOptions) -> Result<wire::IdResponse> {
        later()
    }
    pub async fn prune_containers(&self, _filters: &Filters) -> Result<wire::ContainersPruned> {
        later()
    }

    /// The task ends with the stream. Wrap the body in `tokio_util::io::StreamReader`.
    pub async fn load_images(
        &self,
        _archive: impl AsyncRead + Send + Unpin + 'static,
    ) -> Result<BoxStream<wire::Progress>> {
        later()
    }
    /// A tar with all of them, as it is written.
    pub async fn save_images(
        &self,
        _names: &[String],
    ) -> Result<BoxStream<std::io::Result<Bytes>>> {
        later()
    }
    pub async fn list_images(&self, _query: &ImageQuery) -> Result<Vec<wire::ImageSummary>> {
        later()
    }
    pub async fn inspect_image(&self, _name: &str) -> Result<wire::ImageInspect> {
        later()
    }
    pub async fn image_history(&self, _name: &str) -> Result<Vec<wire::HistoryItem>> {
        later()
    }
    /// `reference` is `repo:tag`.
    pub async fn tag_image(&self, _name: &str, _reference: &str) -> Result<()> {
        later()
    }
    pub async fn remove_image(
        &self,
        _name: &str,
        _force: bool,
    ) -> Result<Vec<wire::ImageDeleteItem>> {
        later()
    }
    pub async fn prune_images(&self, _filters: &Filters) -> Result<wire::ImagesPruned> {
        later()
    }

    pub fn events(&self, _query: EventQuery) -> Result<BoxStream<Arc<wire::EventMessage>>> {
        later()
    }
    pub async fn info(&self) -> Result<wire::SystemInfo> {
        later()
    }
    pub fn version(&self) -> wire::Version {
        wire::Version::default()
    }
    pub async fn disk_usage(&self) -> Result<wire::DiskUsage> {
        later()
    }

    pub async fn snapshot(&self) -> Result<wire::gantry::Snapshot> {
        later()
    }
    /// Continues after `from`; the first item is a snapshot when `from` is absent or too old.
    pub fn updates(&self, _from: Option<u64>) -> BoxStream<Result<wire::gantry::Update>> {
        Box::pin(futures_util::stream::empty())
    }
    pub async fn load_task(
        &self,
        _request: wire::gantry::LoadRequest,
    ) -> Result<wire::gantry::TaskStarted> {
        later()
    }
    /// The task survives the client only once the whole body was read.
    pub async fn load_stream_task(
        &self,
        _archive: impl AsyncRead + Send + Unpin + 'static,
        _subject: String,
    ) -> Result<wire::gantry::TaskStarted> {
        later()
    }
    pub async fn save_task(
        &self,
        _request: wire::gantry::SaveRequest,
    ) -> Result<wire::gantry::TaskStarted> {
        later()
    }
    pub async fn commit_task(
        &self,
        _request: wire::gantry::CommitRequest,
    ) -> Result<wire::gantry::TaskStarted> {
        later()
    }
    pub fn tasks(&self) -> Vec<wire::gantry::Task> {
        Vec::new()
    }
    pub fn task(&self, _id: &str) -> Result<wire::gantry::Task> {
        later()
    }
    /// Cancels a running task, puts a finished one away.
    pub fn cancel_task(&self, _id: &str) -> Result<()> {
        later()
    }
    pub async fn remove_container_later(
        &self,
        _id: &str,
        _request: wire::gantry::RemoveContainer,
    ) -> Result<wire::gantry::Removed> {
        later()
    }
    pub async fn remove_image_later(
        &self,
        _request: wire::gantry::RemoveImage,
    ) -> Result<wire::gantry::Removed> {
        later()
    }
    pub async fn undo(&self, _token: &str) -> Result<()> {
        later()
    }
    pub async fn image_layers(&self, _name: &str) -> Result<wire::gantry::LayerStack> {
        later()
    }
    pub async fn layer_entries(
        &self,
        _name: &str,
        _layer: u32,
        _directory: &str,
    ) -> Result<wire::gantry::EntryPage> {
        later()
    }
    pub async fn log_window(
        &self,
        _id: &str,
        _window: LogWindow,
    ) -> Result<BoxStream<Result<wire::gantry::LogBatch>>> {
        later()
    }
}
