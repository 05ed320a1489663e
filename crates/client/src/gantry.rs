//! /gantry/v1: the state and what changes it, tasks, delayed removal, layers.

use bytes::Bytes;
use futures_util::Stream;
use gantry_wire::gantry::{
    CommitRequest, Comparison, Compression, EntryPage, ExportRequest, ImportRequest, LayerStack,
    LoadRequest, ProcessRound, PullRequest, PushRequest, RemoveContainer, RemoveImage, Removed,
    SaveFormat, SaveRequest, Scope, SearchResult, Snapshot, Task, TaskStarted, Update,
    UsageHistory, UsageRound, UsageSpan, Waste,
};
use hyper::Method;
use serde::Serialize;
use tokio::io::AsyncRead;

use crate::path::Target;
use crate::transport::Content;
use crate::{Client, Lines, Result};

impl Client {
    /// Everything that is listed, at one revision.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        self.get(v1(&["snapshot"])).await
    }

    /// What changes after a revision. Without one, and when it is too old, a snapshot comes first.
    pub async fn updates(&self, from: Option<u64>) -> Result<Lines<Update>> {
        let target = v1(&["events"]).with_some("from", from);
        self.lines(Method::GET, target, Content::None).await
    }

    /// What every running container uses, once a second.
    pub async fn usage(&self) -> Result<Lines<UsageRound>> {
        self.lines(Method::GET, v1(&["stats"]), Content::None).await
    }

    /// What a container used in the last minutes or the last hour.
    pub async fn usage_history(&self, id: &str, span: UsageSpan) -> Result<UsageHistory> {
        let target = v1(&["containers", id, "stats"]);
        self.get(target.with("span", span.word())).await
    }

    /// A container's processes with what each uses, once a second while it runs.
    pub async fn processes(&self, id: &str) -> Result<Lines<ProcessRound>> {
        let target = v1(&["containers", id, "processes"]);
        self.lines(Method::GET, target, Content::None).await
    }

    /// Loads a file or an OCI layout folder.
    pub async fn load_task(&self, request: &LoadRequest) -> Result<TaskStarted> {
        self.post(v1(&["load"]), Content::json(request)).await
    }

    /// Loads what the reader gives, `size` bytes where that is known. The task survives this client
    /// once all of it was sent.
    pub async fn load_stream_task(
        &self,
        name: &str,
        size: Option<u64>,
        archive: impl AsyncRead + Send + 'static,
    ) -> Result<TaskStarted> {
        let target = v1(&["load"]).with("name", name).with_some("size", size);
        self.post(target, Content::archive(archive)).await
    }

    /// Saves images into a file or folder.
    pub async fn save_task(&self, request: &SaveRequest) -> Result<TaskStarted> {
        self.post(v1(&["save"]), Content::json(request)).await
    }

    /// Saves images as one archive that comes back as a stream.
    pub async fn save_stream(
        &self,
        images: &[String],
        format: SaveFormat,
        compression: Compression,
    ) -> Result<impl Stream<Item = Result<Bytes>> + Send + Unpin + use<>> {
        let mut target = v1(&["save"])
            .with_some("format", word(&format))
            .with_some("compression", word(&compression));
        for image in images {
            target = target.with("image", image);
        }
        self.bytes(target).await
    }

    /// Makes an image of a root file system in a file.
    pub async fn import_task(&self, request: &ImportRequest) -> Result<TaskStarted> {
        self.post(v1(&["import"]), Content::json(request)).await
    }

    /// Pulls an image.
    pub async fn pull_task(&self, request: &PullRequest) -> Result<TaskStarted> {
        self.post(v1(&["pull"]), Content::json(request)).await
    }

    /// Pushes an image.
    pub async fn push_task(&self, request: &PushRequest) -> Result<TaskStarted> {
        self.post(v1(&["push"]), Content::json(request)).await
    }

    /// Writes a container's files into a file.
    pub async fn export_task(&self, request: &ExportRequest) -> Result<TaskStarted> {
        self.post(v1(&["export"]), Content::json(request)).await
    }

    /// Makes an image from a container.
    pub async fn commit_task(&self, request: &CommitRequest) -> Result<TaskStarted> {
        self.post(v1(&["commit"]), Content::json(request)).await
    }

    /// Every task that runs or was not put away.
    pub async fn tasks(&self) -> Result<Vec<Task>> {
        self.get(v1(&["tasks"])).await
    }

    /// One task.
    pub async fn task(&self, id: &str) -> Result<Task> {
        self.get(v1(&["tasks", id])).await
    }

    /// Cancels a running task; puts a finished one away.
    pub async fn cancel_task(&self, id: &str) -> Result<()> {
        self.command(Method::DELETE, v1(&["tasks", id])).await?;
        Ok(())
    }

    /// Removes a container, with time to undo it if the request says so.
    pub async fn remove_container_later(
        &self,
        id: &str,
        request: &RemoveContainer,
    ) -> Result<Removed> {
        let target = v1(&["containers", id, "remove"]);
        self.post(target, Content::json(request)).await
    }

    /// Removes an image, with time to undo it if the request says so.
    pub async fn remove_image_later(&self, request: &RemoveImage) -> Result<Removed> {
        self.post(v1(&["images", "remove"]), Content::json(request))
            .await
    }

    /// Takes a removal back.
    pub async fn undo(&self, undo: &str) -> Result<()> {
        self.command(Method::POST, v1(&["undo", undo])).await?;
        Ok(())
    }

    /// The ids of the images that have a shell and run here, the smallest first.
    pub async fn images_with_shell(&self) -> Result<Vec<String>> {
        self.get(v1(&["images", "shells"])).await
    }

    /// An image's layers with the steps that made them.
    pub async fn image_layers(&self, name: &str) -> Result<LayerStack> {
        self.get(v1(&["images", name, "layers"])).await
    }

    /// One directory of one layer, or of all layers up to it.
    pub async fn layer_entries(
        &self,
        name: &str,
        layer: u32,
        dir: &str,
        scope: Scope,
        limit: Option<u32>,
    ) -> Result<EntryPage> {
        let layer = layer.to_string();
        let target = v1(&["images", name, "layers", &layer, "entries"])
            .with("dir", dir)
            .with_some("scope", word(&scope))
            .with_some("limit", limit);
        self.get(target).await
    }

    /// Bytes of an image that no container sees.
    pub async fn image_waste(&self, name: &str) -> Result<Waste> {
        self.get(v1(&["images", name, "waste"])).await
    }

    /// What an image, or its layers up to one, shows whose name contains a text.
    pub async fn search_image(
        &self,
        name: &str,
        text: &str,
        layer: Option<u32>,
        limit: u32,
    ) -> Result<SearchResult> {
        let target = v1(&["images", name, "search"])
            .with("text", text)
            .with_some("layer", layer)
            .with("limit", limit);
        self.get(target).await
    }

    /// What of a directory is not the same in another image.
    pub async fn compare_images(&self, name: &str, with: &str, dir: &str) -> Result<Comparison> {
        let target = v1(&["images", name, "compare"])
            .with("with", with)
            .with("dir", dir);
        self.get(target).await
    }

    /// The content of one file of an image, from one layer or as a container would see it.
    pub async fn image_file(
        &self,
        name: &str,
        path: &str,
        layer: Option<u32>,
        scope: Scope,
    ) -> Result<impl Stream<Item = Result<Bytes>> + Send + Unpin + use<>> {
        let target = v1(&["images", name, "file"])
            .with("path", path)
            .with_some("layer", layer)
            .with_some("scope", word(&scope));
        self.bytes(target).await
    }
}

/// A word of a wire type as it is spelled there.
pub(crate) fn word(value: &impl Serialize) -> Option<String> {
    Some(serde_json::to_value(value).ok()?.as_str()?.to_owned())
}

pub(crate) fn v1(segments: &[&str]) -> Target {
    let mut all = vec!["gantry", "v1"];
    all.extend_from_slice(segments);
    Target::new(&all)
}
