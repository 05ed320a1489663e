//! `docker pull`, and pulling as a task. Who wants what is being pulled already shares the work.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use futures_util::StreamExt;
use gantry_oci::{Digest, Platform, Reference};
use gantry_registry::{Credentials, PullRequest, Pulled, Watcher};
use gantry_store::{LayerProgress, LayerState, Loaded, Progress, ProgressEvent};
use gantry_wire as wire;
use gantry_wire::gantry::{TaskKind, TaskResult, TaskStarted};
use tokio::sync::{oneshot, watch};

use super::Images;
use super::lines::Lines;
use crate::request::PullOptions;
use crate::task::{CancelOnDrop, TaskHandle};
use crate::{BoxStream, Error, Result, registries};

/// What is being pulled.
#[derive(Debug, Clone, Default)]
pub(super) struct Pulls(Arc<Mutex<HashMap<Key, Weak<Running>>>>);

/// Pulls of the same for the same are one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    name: Reference,
    platform: Platform,
    credentials: Option<Credentials>,
}

/// Whether a new pull came to anything.
type Begun = oneshot::Receiver<Result<()>>;

/// One pull, for as long as somebody wants it.
#[derive(Debug)]
struct Running {
    lines: Lines,
    /// The work holds the other end.
    work: watch::Receiver<()>,
    task: String,
    wanted: CancelOnDrop,
}

impl Images {
    /// Pulls an image for a Docker client; dropping the stream is its end of it. What fails before
    /// anything was said is the result.
    pub async fn pull(&self, options: PullOptions) -> Result<BoxStream<wire::Progress>> {
        let (running, begun) = self.join(options)?;
        if let Some(begun) = begun {
            begun.await.map_err(|_| Error::ShuttingDown)??;
        }
        let lines = running.lines.follow(running.work.clone());
        // What is running lives as long as somebody reads.
        let kept = lines.map(move |line| (line, Arc::clone(&running)));
        Ok(Box::pin(kept.map(|(line, _)| line)))
    }

    /// Pulls an image as a task that outlives its client.
    pub fn pull_task(&self, options: PullOptions) -> Result<TaskStarted> {
        let (running, _) = self.join(options)?;
        let started = TaskStarted {
            task: running.task.clone(),
        };
        tokio::spawn(async move {
            let lines = running.lines.follow(running.work.clone());
            lines.for_each(|_| std::future::ready(())).await;
            drop(running);
        });
        Ok(started)
    }

    /// The pull that brings this already, or a new one, which says whether it came to anything.
    fn join(&self, options: PullOptions) -> Result<(Arc<Running>, Option<Begun>)> {
        let key = Key::of(options)?;
        let mut pulls = self.pulls.lock();
        if let Some(running) = pulls.get(&key).and_then(Weak::upgrade)
            && running.work.has_changed().is_ok()
            && !running.wanted.0.cancel_flag().is_cancelled()
        {
            return Ok((running, None));
        }
        pulls.retain(|_, running| running.strong_count() > 0);
        let task = Arc::new(self.tasks.start(TaskKind::Pull, key.name.familiar()));
        let (alive, work) = watch::channel(());
        let (begin, begun) = oneshot::channel();
        let running = Arc::new(Running {
            lines: Lines::new(),
            work,
            task: task.id().to_owned(),
            wanted: CancelOnDrop(Arc::clone(&task)),
        });
        let told = Arc::new(Told {
            task,
            lines: running.lines.clone(),
            name: key.name.clone(),
            begin: Mutex::new(Some(begin)),
        });
        pulls.insert(key.clone(), Arc::downgrade(&running));
        drop(pulls);
        let this = self.clone();
        tokio::spawn(async move {
            this.work(key, &told).await;
            drop(alive);
        });
        Ok((running, Some(begun)))
    }

    /// The work itself; ends the task.
    async fn work(&self, key: Key, told: &Arc<Told>) {
        let request = PullRequest {
            name: key.name,
            platform: key.platform,
            credentials: key.credentials,
        };
        let watcher: Arc<dyn Watcher> = Arc::clone(told) as _;
        let cancel = told.task.cancel_flag();
        let pulled = self.registries.pull(request, &self.store, watcher, cancel);
        match pulled.await {
            Ok(pulled) => {
                self.announce_pull(&told.name, &pulled).await;
                told.end(&pulled);
            }
            Err(error) => told.fail(error.into()),
        }
    }

    async fn announce_pull(&self, name: &Reference, pulled: &Pulled) {
        let repository = name.familiar_repository();
        self.event("pull", pulled.id, &name.familiar(), &repository)
            .await;
        let Some(loaded) = &pulled.loaded else { return };
        self.tell(loaded.id).await;
        for (_, loser) in &loaded.replaced {
            self.tell(*loser).await;
        }
    }
}

impl Key {
    fn of(options: PullOptions) -> Result<Self> {
        let request = registries::request(options)?;
        Ok(Self {
            name: request.name,
            platform: request.platform,
            credentials: request.credentials,
        })
    }
}

impl Pulls {
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Weak<Running>>> {
        // Insertions and removals only, so a panic elsewhere does not spoil the map.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reports a pull to its task and to those who read along.
struct Told {
    task: Arc<TaskHandle>,
    lines: Lines,
    name: Reference,
    begin: Mutex<Option<oneshot::Sender<Result<()>>>>,
}

impl Told {
    fn take_begin(&self) -> Option<oneshot::Sender<Result<()>>> {
        let begin = self.begin.lock();
        begin.unwrap_or_else(PoisonError::into_inner).take()
    }

    fn say(&self, status: String) {
        self.lines.tell(wire::Progress {
            status,
            ..wire::Progress::default()
        });
    }

    fn end(&self, pulled: &Pulled) {
        let name = self.name.familiar();
        self.say(format!("Digest: {}", pulled.digest));
        self.say(if pulled.loaded.is_some() {
            format!("Status: Downloaded newer image for {name}")
        } else {
            format!("Status: Image is up to date for {name}")
        });
        let fetched = |loaded: &Loaded| {
            let layers = loaded.layers.iter();
            let fetched = layers.filter(|layer| layer.state == LayerState::Verified);
            fetched.map(|layer| layer.blob_size).sum()
        };
        self.task.finish(TaskResult {
            images: vec![name],
            ids: vec![pulled.id.to_string()],
            bytes: Some(pulled.loaded.as_ref().map_or(0, fetched)),
            ..TaskResult::default()
        });
    }

    fn fail(&self, error: Error) {
        self.task.fail(&error);
        if let Some(begin) = self.take_begin() {
            // Who asked may have left.
            let _ = begin.send(Err(error));
        } else {
            self.lines.tell(wire::Progress::failed(error.to_string()));
        }
    }
}

impl Watcher for Told {
    fn found(&self, digest: &Digest) {
        let which = match (self.name.digest(), self.name.tag()) {
            (None, Some(tag)) => tag.to_owned(),
            _ => digest.to_string(),
        };
        self.lines.tell(wire::Progress {
            status: format!("Pulling from {}", self.name.path()),
            id: which,
            ..wire::Progress::default()
        });
        if let Some(begin) = self.take_begin() {
            let _ = begin.send(Ok(()));
        }
    }
}

impl Progress for Told {
    fn report(&self, event: ProgressEvent) {
        if let ProgressEvent::Layer(layer) = &event
            && let Some(digest) = layer.digest
        {
            for status in self.statuses(layer, &digest.short()) {
                self.lines.tell(line(digest.short(), status, layer));
            }
        }
        self.task.report(event);
    }
}

impl Told {
    /// What Docker says of a layer in that state.
    fn statuses(&self, layer: &LayerProgress, id: &str) -> &'static [&'static str] {
        match layer.state {
            LayerState::Waiting => &["Pulling fs layer"],
            LayerState::Downloading | LayerState::Hashing => &["Downloading"],
            LayerState::Downloaded => &["Verifying Checksum", "Download complete", "Extracting"],
            LayerState::Unpacking => &["Extracting"],
            LayerState::Verified => &["Pull complete"],
            // Its content was here as another blob, or came twice.
            LayerState::AlreadyHere if self.lines.told(id, "Download complete") => {
                &["Pull complete"]
            }
            LayerState::AlreadyHere => &["Already exists"],
        }
    }
}

fn line(id: String, status: &str, layer: &LayerProgress) -> wire::Progress {
    let moves = matches!(status, "Downloading" | "Extracting");
    let detail = wire::ProgressDetail {
        current: layer.bytes,
        total: layer.total.unwrap_or(0),
        ..wire::ProgressDetail::default()
    };
    wire::Progress {
        status: status.to_owned(),
        id,
        progress_detail: Some(if moves {
            detail
        } else {
            wire::ProgressDetail::default()
        }),
        ..wire::Progress::default()
    }
}
