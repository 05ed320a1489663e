//! `docker load`, and loading as a task.

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use gantry_store::{LayerState, Loaded, Progress, ProgressEvent};
use gantry_wire as wire;
use gantry_wire::gantry::{LoadRequest, TaskKind, TaskResult, TaskStarted};
use tokio::io::AsyncRead;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::io::SyncIoBridge;

use super::Images;
use super::source::Source;
use crate::task::{CancelOnDrop, TaskHandle};
use crate::{BoxStream, Error, Result};

/// Lines that may wait for a slow reader before progress is dropped.
const BACKLOG: usize = 64;

impl Images {
    /// Loads an archive as it arrives and tells of it as Docker does; dropping the stream cancels.
    pub fn load(
        &self,
        archive: impl AsyncRead + Send + Unpin + 'static,
    ) -> BoxStream<wire::Progress> {
        let (lines, told) = mpsc::channel(BACKLOG);
        let task = Arc::new(self.tasks.start(TaskKind::Load, "-"));
        let archive = Box::new(archive);
        let (this, guard) = (self.clone(), CancelOnDrop(Arc::clone(&task)));
        tokio::spawn(async move {
            let told = Told {
                task: Arc::clone(&task),
                lines: lines.clone(),
            };
            let last = match this.load_from(Source::Stream(archive), &task, told).await {
                Ok(loaded) => loaded.iter().flat_map(sentences).collect(),
                Err(error) => vec![wire::Progress::failed(error.to_string())],
            };
            for line in last {
                if lines.send(line).await.is_err() {
                    return;
                }
            }
        });
        let lines = ReceiverStream::new(told);
        // The guard lives as long as somebody reads.
        Box::pin(stream::unfold(
            (lines, guard),
            |(mut lines, guard)| async move {
                let line = lines.next().await?;
                Some((line, (lines, guard)))
            },
        ))
    }

    /// Loads a file or folder of this computer as a task that outlives its client.
    pub fn load_task(&self, request: LoadRequest) -> Result<TaskStarted> {
        let path = PathBuf::from(&request.path);
        if !path.is_absolute() {
            return Err(Error::Invalid(format!(
                "{} is not an absolute path",
                request.path
            )));
        }
        let task = Arc::new(self.tasks.start(TaskKind::Load, request.path));
        Ok(self.in_background(Source::Path(path), task))
    }

    /// Loads what a client sends, as a task; returns when it has been read and loaded.
    pub async fn load_stream_task(
        &self,
        archive: impl AsyncRead + Send + Unpin + 'static,
        subject: String,
        size: Option<u64>,
    ) -> Result<TaskStarted> {
        let task = Arc::new(self.tasks.start(TaskKind::Load, subject));
        if let Some(size) = size {
            task.expect(size);
        }
        let archive = Box::new(archive);
        let started = TaskStarted {
            task: task.id().to_owned(),
        };
        self.load_from(Source::Stream(archive), &task, Told::quiet(&task))
            .await?;
        Ok(started)
    }

    fn in_background(&self, source: Source, task: Arc<TaskHandle>) -> TaskStarted {
        let started = TaskStarted {
            task: task.id().to_owned(),
        };
        let this = self.clone();
        tokio::spawn(async move {
            // The task itself carries the failure.
            let _ = this.load_from(source, &task, Told::quiet(&task)).await;
        });
        started
    }

    /// The work itself; ends the task.
    async fn load_from(
        &self,
        source: Source,
        task: &Arc<TaskHandle>,
        told: Told,
    ) -> Result<Vec<Loaded>> {
        let cancel = task.cancel_flag().clone();
        let worked = self.blocking(move |store| {
            let mut source = source;
            let loaded = match &mut source {
                Source::Path(path) => store.load_path(path, &told, &cancel),
                Source::Stream(archive) => store.load(SyncIoBridge::new(archive), &told, &cancel),
            };
            Ok((loaded, source))
        });
        let (loaded, rest) = match worked.await {
            Ok((loaded, source)) => (
                loaded.map_err(|error| cancelled(error.into())),
                Some(source),
            ),
            Err(error) => (Err(error), None),
        };
        if let (Err(_), Some(rest)) = (&loaded, rest) {
            rest.drain().await;
        }
        match &loaded {
            Ok(images) => {
                self.announce_load(images).await;
                task.finish(result(images));
            }
            Err(error) => task.fail(error),
        }
        loaded
    }

    async fn announce_load(&self, loaded: &[Loaded]) {
        for image in loaded {
            self.event_of("load", image.id).await;
            self.tell(image.id).await;
            for (_, loser) in &image.replaced {
                self.tell(*loser).await;
            }
        }
    }
}

/// A store's own cancellation is the task's.
pub(super) fn cancelled(error: Error) -> Error {
    match error {
        Error::Store(gantry_store::Error::Cancelled) => Error::Cancelled,
        other => other,
    }
}

/// What Docker's client prints when an image is in.
fn sentences(image: &Loaded) -> Vec<wire::Progress> {
    if image.names.is_empty() {
        return vec![wire::Progress::text(format!(
            "Loaded image ID: {}\n",
            image.id
        ))];
    }
    let renamed = image.replaced.iter().map(|(name, old)| {
        format!(
            "The image {} already exists, renaming the old one with ID {old} to empty string\n",
            name.familiar()
        )
    });
    let loaded = image
        .names
        .iter()
        .map(|name| format!("Loaded image: {}\n", name.familiar()));
    renamed.chain(loaded).map(wire::Progress::text).collect()
}

fn result(images: &[Loaded]) -> TaskResult {
    let mut result = TaskResult::default();
    for image in images {
        let id = image.id.to_string();
        let names = image.names.iter().map(gantry_oci::Reference::familiar);
        let before = result.images.len();
        result.images.extend(names);
        if result.images.len() == before {
            result.images.push(id.clone());
        }
        result.ids.resize(result.images.len(), id);
        let layers = image
            .layers
            .iter()
            .map(|layer| layer.blob_size)
            .sum::<u64>();
        result.bytes = Some(result.bytes.unwrap_or(0) + layers);
    }
    result
}

/// Reports to the task, and to a Docker client where there is one.
struct Told {
    task: Arc<TaskHandle>,
    lines: mpsc::Sender<wire::Progress>,
}

impl Told {
    /// For loads that only the task tells of.
    fn quiet(task: &Arc<TaskHandle>) -> Self {
        Self {
            task: Arc::clone(task),
            lines: mpsc::channel(1).0,
        }
    }
}

impl Progress for Told {
    fn report(&self, event: ProgressEvent) {
        if let ProgressEvent::Layer(layer) = &event
            && layer.state != LayerState::Hashing
            && !self.lines.is_closed()
        {
            let id = layer
                .diff_id
                .map_or_else(|| layer.name.clone(), |id| id.short());
            let status = match layer.state {
                LayerState::AlreadyHere => "Layer already exists",
                LayerState::Verified => "Load complete",
                _ => "Loading layer",
            };
            // A reader that is slow misses steps of the progress, never the end.
            let _ = self.lines.try_send(wire::Progress {
                status: status.to_owned(),
                id: id.chars().take(12).collect(),
                progress_detail: Some(wire::ProgressDetail {
                    current: layer.bytes,
                    total: layer.total.unwrap_or(0),
                    ..wire::ProgressDetail::default()
                }),
                ..wire::Progress::default()
            });
        }
        self.task.as_ref().report(event);
    }
}
