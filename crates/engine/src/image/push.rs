//! `docker push`, and pushing as a task.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt;
use gantry_oci::Reference;
use gantry_registry::{Credentials, PushRequest, PushState, PushWatcher};
use gantry_store::{Pushable, PushableLayer};
use gantry_wire as wire;
use gantry_wire::gantry::{TaskKind, TaskPart, TaskResult, TaskStarted};
use tokio::sync::watch;

use super::lines::Lines;
use super::load::cancelled;
use super::{Images, tag};
use crate::request::PushOptions;
use crate::task::{CancelOnDrop, TaskHandle};
use crate::{BoxStream, Error, Result};

impl Images {
    /// Pushes for a Docker client; dropping the stream cancels.
    pub fn push(&self, options: PushOptions) -> Result<BoxStream<wire::Progress>> {
        let names = self.names_to_push(&options)?;
        let task = Arc::new(self.tasks.start(TaskKind::Push, subject(&options)));
        let guard = CancelOnDrop(Arc::clone(&task));
        let (lines, work) = self.push_in_background(names, options.credentials, task);
        let lines = lines.follow(work);
        // The guard lives as long as somebody reads.
        Ok(Box::pin(lines.map(move |line| {
            let _ = &guard;
            line
        })))
    }

    /// Pushes as a task that outlives its client.
    pub fn push_task(&self, options: PushOptions) -> Result<TaskStarted> {
        let names = self.names_to_push(&options)?;
        let task = Arc::new(self.tasks.start(TaskKind::Push, subject(&options)));
        let started = TaskStarted {
            task: task.id().to_owned(),
        };
        self.push_in_background(names, options.credentials, task);
        Ok(started)
    }

    /// The names that are pushed: one, or all that the images here have in a repository.
    fn names_to_push(&self, options: &PushOptions) -> Result<Vec<Reference>> {
        let name: Reference = options
            .reference
            .parse()
            .map_err(|error: gantry_oci::ReferenceError| Error::Invalid(error.to_string()))?;
        if name.digest().is_some() {
            return Err(Error::Invalid("cannot push a digest reference".to_owned()));
        }
        if !options.all_tags {
            return Ok(vec![name.or_latest()]);
        }
        let mut names = self.store.names();
        names.retain(|other| other.same_repository(&name));
        if names.is_empty() {
            return Err(Error::NoSuchTag(name.familiar_repository()));
        }
        Ok(names)
    }

    fn push_in_background(
        &self,
        names: Vec<Reference>,
        credentials: Option<Credentials>,
        task: Arc<TaskHandle>,
    ) -> (Lines, watch::Receiver<()>) {
        let lines = Lines::new();
        let (alive, work) = watch::channel(());
        let (this, told) = (self.clone(), lines.clone());
        tokio::spawn(async move {
            match this.push_all(&names, credentials, &task, &told).await {
                Ok(result) => task.finish(result),
                Err(error) => {
                    task.fail(&error);
                    told.tell(wire::Progress::failed(error.to_string()));
                }
            }
            drop(alive);
        });
        (lines, work)
    }

    /// The work itself.
    async fn push_all(
        &self,
        names: &[Reference],
        credentials: Option<Credentials>,
        task: &Arc<TaskHandle>,
        lines: &Lines,
    ) -> Result<TaskResult> {
        let Some(first) = names.first() else {
            return Err(Error::NoSuchTag(String::new()));
        };
        say(
            lines,
            "",
            format!("The push refers to repository [{}]", first.repository()),
        );
        let mut result = TaskResult::default();
        for name in names {
            let request = PushRequest {
                name: name.clone(),
                credentials: credentials.clone(),
            };
            let image = self.pushable(name, task).await?;
            let digest = self.push_one(request, &image, task, lines).await?;
            let tag = name.tag().unwrap_or_default();
            let size = image.manifest.len();
            say(lines, "", format!("{tag}: digest: {digest} size: {size}"));
            lines.tell(wire::Progress {
                progress_detail: Some(wire::ProgressDetail::default()),
                aux: Some(serde_json::json!({ "Tag": tag, "Digest": digest, "Size": size })),
                ..wire::Progress::default()
            });
            let repository = name.familiar_repository();
            self.event("push", image.id, &name.familiar(), &repository)
                .await;
            result.images.push(name.familiar());
            result.ids.push(image.id.to_string());
        }
        Ok(result)
    }

    async fn pushable(&self, name: &Reference, task: &TaskHandle) -> Result<Arc<Pushable>> {
        let (name, cancel) = (name.clone(), task.cancel_flag().clone());
        self.blocking(move |store| {
            let id = store.resolve(&name.to_string());
            let id = id.map_err(|_| Error::NoSuchTag(name.familiar_repository()))?;
            let image = store.pushable(&id, &cancel).map_err(Error::from);
            Ok(Arc::new(image.map_err(cancelled)?))
        })
        .await
    }

    async fn push_one(
        &self,
        request: PushRequest,
        image: &Arc<Pushable>,
        task: &Arc<TaskHandle>,
        lines: &Lines,
    ) -> Result<gantry_oci::Digest> {
        let watcher: Arc<dyn PushWatcher> = Arc::new(Told {
            task: Arc::clone(task),
            lines: lines.clone(),
            parts: Mutex::default(),
        });
        let name = request.name.clone();
        let cancel = task.cancel_flag();
        let pushed = self
            .registries
            .push(request, image, &self.store, &watcher, cancel);
        let digest = pushed.await?;
        let (id, pinned) = (image.id, name.with_digest(digest));
        self.blocking(move |store| Ok(store.note_digest(&id, &pinned)?))
            .await?;
        self.tell(image.id).await;
        Ok(digest)
    }
}

fn subject(options: &PushOptions) -> String {
    tag::parse(&options.reference).map_or_else(
        |_| options.reference.clone(),
        |name| {
            if options.all_tags {
                name.familiar_repository()
            } else {
                name.familiar()
            }
        },
    )
}

fn say(lines: &Lines, id: &str, status: String) {
    lines.tell(wire::Progress {
        id: id.to_owned(),
        status,
        ..wire::Progress::default()
    });
}

/// Reports a push to its task and to those who read along.
struct Told {
    task: Arc<TaskHandle>,
    lines: Lines,
    /// By digest of the blob.
    parts: Mutex<BTreeMap<String, TaskPart>>,
}

impl PushWatcher for Told {
    fn layer(&self, layer: &PushableLayer, state: PushState) {
        let total = layer.blob.size;
        let (status, step, done) = match &state {
            PushState::Waiting => ("Preparing".to_owned(), "waiting", 0),
            PushState::Pushing(bytes) => ("Pushing".to_owned(), "uploading", *bytes),
            PushState::Pushed => ("Pushed".to_owned(), "verified", total),
            PushState::Exists => ("Layer already exists".to_owned(), "present", total),
            PushState::Mounted(from) => (format!("Mounted from {from}"), "present", total),
        };
        let moves = matches!(state, PushState::Pushing(_));
        self.lines.tell(wire::Progress {
            status,
            id: layer.diff_id.short(),
            progress_detail: Some(if moves {
                wire::ProgressDetail {
                    current: done,
                    total,
                    ..wire::ProgressDetail::default()
                }
            } else {
                wire::ProgressDetail::default()
            }),
            ..wire::Progress::default()
        });
        let id = layer.blob.digest.to_string();
        let part = TaskPart {
            id: id.clone(),
            done,
            total: Some(total),
            step: step.to_owned(),
            present: step == "present",
        };
        let parts = {
            let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
            parts.insert(id, part);
            parts.values().cloned().collect()
        };
        self.task.show(parts, "uploading");
    }
}
