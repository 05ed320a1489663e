//! An image from a container's changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gantry_oci::{ImageConfig, ImageId, Reference, RunConfig};
use gantry_store::{CancelFlag, CommitRequest, Progress, UpperDir};
use gantry_wire::ContainerConfig;
use gantry_wire::gantry::{TaskKind, TaskResult, TaskStarted};
use serde_json::Value;

use super::Containers;
use super::change;
use super::record::View;
use crate::core::{to_the_end, with_core};
use crate::image::tag;
use crate::request::{CommitOptions, CommitPause};
use crate::task::{CancelOnDrop, TaskHandle};
use crate::{Error, Result};

/// What the work is called: the image that it makes, or the container where that has no name.
fn subject(options: &CommitOptions) -> String {
    let named = options.reference.as_ref().filter(|name| !name.is_empty());
    named.unwrap_or(&options.container).clone()
}

/// What Docker's clients are told of a commit.
struct Told {
    comment: String,
    name: Option<Reference>,
}

impl Containers {
    /// Makes the image while the client waits; a client that leaves cancels it.
    pub(crate) async fn commit(&self, options: CommitOptions) -> Result<ImageId> {
        let task = Arc::new(self.core.tasks.start(TaskKind::Commit, subject(&options)));
        let waits = CancelOnDrop(Arc::clone(&task));
        let this = self.clone();
        // Of its own: whoever leaves, the container is resumed.
        let made = to_the_end(async move { this.commit_as(options, &task).await }).await;
        drop(waits);
        made
    }

    /// Makes the image as a task that outlives its client.
    pub(crate) fn commit_task(&self, options: CommitOptions) -> Result<TaskStarted> {
        self.view(&options.container)?;
        let task = Arc::new(self.core.tasks.start(TaskKind::Commit, subject(&options)));
        let started = TaskStarted {
            task: task.id().to_owned(),
        };
        let this = self.clone();
        tokio::spawn(async move {
            // How it went is in the task.
            let _ = this.commit_as(options, &task).await;
        });
        Ok(started)
    }

    /// Makes the image as the given task, and ends the task.
    async fn commit_as(&self, options: CommitOptions, task: &Arc<TaskHandle>) -> Result<ImageId> {
        let name = options.reference.clone();
        match self.try_commit(options, task).await {
            Ok(id) => {
                task.finish(TaskResult {
                    images: vec![name.unwrap_or_else(|| id.to_string())],
                    ids: vec![id.to_string()],
                    ..TaskResult::default()
                });
                Ok(id)
            }
            Err(error) => {
                task.fail(&error);
                Err(error)
            }
        }
    }

    async fn try_commit(&self, options: CommitOptions, task: &Arc<TaskHandle>) -> Result<ImageId> {
        let view = self.view(&options.container)?;
        let names = match options.reference.as_deref().filter(|name| !name.is_empty()) {
            Some(name) => vec![tag::parse(name)?.or_latest()],
            None => Vec::new(),
        };
        let mut config = run_config(options.config.as_deref().unwrap_or(&view.definition.config));
        for text in &options.changes {
            change::apply(&mut config, text)?;
        }
        let pause = options.pause == CommitPause::Pause
            && view.state.status == gantry_wire::ContainerState::Running;
        if pause {
            self.hold(view.id().as_str()).await?;
        }
        let told = Told {
            comment: options.comment.clone(),
            name: names.first().cloned(),
        };
        let upper = UpperDir(self.folder(&view).upper());
        let made = with_core(&self.core, {
            let (view, task) = (Arc::clone(&view), Arc::clone(task));
            move |core| {
                // The image may have been removed by force: what containers stand on stays.
                let image = &view.definition.image_id;
                let parent: ImageId = image
                    .parse()
                    .map_err(|_| Error::NoSuchImage(image.clone()))?;
                let mut whole = ImageConfig::clone(&*core.store.config(&parent)?);
                whole.config = config;
                let request = CommitRequest {
                    parent: Some(parent),
                    upper,
                    paths: options.paths,
                    config: whole,
                    author: options.author,
                    comment: options.comment,
                    created_by: view.definition.config.cmd.join(" "),
                    names,
                    compression: core.host.config.commit.compression.into(),
                };
                let progress: &dyn Progress = &*task;
                let cancel: &CancelFlag = task.cancel_flag();
                Ok(core.store.commit(&request, progress, cancel)?)
            }
        })
        .await;
        if pause && let Err(error) = self.release(view.id().as_str()).await {
            // It ended meanwhile; anything else its owner says to everybody.
            tracing::debug!(%error, "resuming after a commit");
        }
        let id: ImageId = made?;
        self.core.images.event_of("create", id).await;
        if let Some(name) = &told.name {
            self.core.images.tagged(id, name).await;
        }
        let attributes = [
            ("comment", told.comment),
            ("imageID", id.to_string()),
            (
                "imageRef",
                told.name.map_or_else(String::new, |name| name.familiar()),
            ),
        ];
        self.core.container_event(&view, "commit", &attributes);
        self.core.images.tell(id).await;
        Ok(id)
    }
}

/// The part of a container's configuration that an image has too.
fn run_config(config: &ContainerConfig) -> RunConfig {
    let some = |list: &Vec<String>| (!list.is_empty()).then(|| list.clone());
    let set = |keys: &BTreeSet<String>| {
        let set: BTreeMap<_, _> = keys
            .iter()
            .map(|key| (key.clone(), Value::Object(serde_json::Map::new())))
            .collect();
        (!set.is_empty()).then_some(set)
    };
    RunConfig {
        user: config.user.clone(),
        exposed_ports: set(&config.exposed_ports),
        env: some(&config.env),
        entrypoint: some(&config.entrypoint),
        cmd: some(&config.cmd),
        volumes: set(&config.volumes),
        working_dir: config.working_dir.clone(),
        labels: (!config.labels.is_empty()).then(|| config.labels.clone()),
        stop_signal: (!config.stop_signal.is_empty()).then(|| config.stop_signal.clone()),
        healthcheck: config
            .healthcheck
            .as_ref()
            .and_then(|health| serde_json::to_value(health).ok()),
        shell: some(&config.shell),
        on_build: some(&config.on_build),
        ..RunConfig::default()
    }
}

impl Containers {
    /// A container by what the user typed, as it is now.
    pub(super) fn view(&self, text: &str) -> Result<Arc<View>> {
        Ok(self.core.registry.find(text)?.now())
    }
}
