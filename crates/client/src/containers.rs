//! Containers: make, list, look at, change, remove.

use futures_util::StreamExt;
use gantry_wire::{
    Change, ContainerCreate, ContainerCreated, ContainerInspect, ContainerStats, ContainerSummary,
    ContainerTop, ContainerUpdate, ContainerUpdated, ContainersPruned, StopOptions, WaitCondition,
    WaitResponse,
};
use hyper::Method;

use crate::path::Target;
use crate::transport::Content;
use crate::{Client, Error, Filters, Lines, Result};

/// Which containers a list shows.
#[derive(Debug, Clone, Default)]
pub struct ListContainers {
    /// Stopped ones too.
    pub all: bool,
    /// At most this many, the newest first.
    pub limit: Option<usize>,
    /// With their sizes.
    pub size: bool,
    pub filters: Filters,
}

impl Client {
    /// Lists containers, newest first.
    pub async fn list_containers(&self, list: &ListContainers) -> Result<Vec<ContainerSummary>> {
        let target = Target::new(&["containers", "json"])
            .with_flag("all", list.all)
            .with_some("limit", list.limit)
            .with_flag("size", list.size)
            .with_filters(&list.filters);
        self.get(target).await
    }

    /// Makes a container.
    pub async fn create_container(
        &self,
        name: Option<&str>,
        platform: Option<&str>,
        body: &ContainerCreate,
    ) -> Result<ContainerCreated> {
        let target = Target::new(&["containers", "create"])
            .with_some("name", name)
            .with_some("platform", platform);
        self.post(target, Content::json(body)).await
    }

    /// Everything about one container, with its sizes if asked for.
    pub async fn inspect_container(&self, id: &str, size: bool) -> Result<ContainerInspect> {
        self.get(container(id, "json").with_flag("size", size))
            .await
    }

    /// The same as the engine wrote it, with every key.
    pub async fn inspect_container_raw(&self, id: &str, size: bool) -> Result<serde_json::Value> {
        self.get(container(id, "json").with_flag("size", size))
            .await
    }

    /// Starts a container; false when it runs already.
    pub async fn start(&self, id: &str) -> Result<bool> {
        self.transition(container(id, "start")).await
    }

    /// Stops a container; false when it does not run.
    pub async fn stop(&self, id: &str, options: &StopOptions) -> Result<bool> {
        self.transition(with_stop(container(id, "stop"), options))
            .await
    }

    /// Stops it if it runs, and starts it.
    pub async fn restart(&self, id: &str, options: &StopOptions) -> Result<()> {
        self.act(with_stop(container(id, "restart"), options)).await
    }

    /// Sends a signal, SIGKILL unless named.
    pub async fn kill(&self, id: &str, signal: Option<&str>) -> Result<()> {
        self.act(container(id, "kill").with_some("signal", signal))
            .await
    }

    /// Freezes every process of it.
    pub async fn pause(&self, id: &str) -> Result<()> {
        self.act(container(id, "pause")).await
    }

    /// Lets a paused one go on.
    pub async fn unpause(&self, id: &str) -> Result<()> {
        self.act(container(id, "unpause")).await
    }

    /// Gives it another name.
    pub async fn rename(&self, id: &str, name: &str) -> Result<()> {
        self.act(container(id, "rename").with("name", name)).await
    }

    /// Sets the size of its terminal.
    pub async fn resize(&self, id: &str, rows: u16, columns: u16) -> Result<()> {
        let target = container(id, "resize").with("h", rows).with("w", columns);
        self.act(target).await
    }

    /// Begins to wait. Once this returns the engine is watching, so a start that follows cannot
    /// slip through; the returned future brings the exit code.
    pub async fn wait(
        &self,
        id: &str,
        condition: WaitCondition,
    ) -> Result<impl Future<Output = Result<WaitResponse>> + Send + use<>> {
        let target = container(id, "wait").with("condition", condition.name());
        let mut lines: Lines<WaitResponse> =
            self.lines(Method::POST, target, Content::None).await?;
        Ok(async move {
            lines.next().await.unwrap_or_else(|| {
                Err(Error::Interrupted(
                    "the wait ended without an answer".into(),
                ))
            })
        })
    }

    /// Its processes, with the columns that these arguments of `ps` choose.
    pub async fn top(&self, id: &str, arguments: Option<&str>) -> Result<ContainerTop> {
        self.get(container(id, "top").with_some("ps_args", arguments))
            .await
    }

    /// Changes limits and restart policy.
    pub async fn update(&self, id: &str, change: &ContainerUpdate) -> Result<ContainerUpdated> {
        self.post(container(id, "update"), Content::json(change))
            .await
    }

    /// What a container uses: once with the reading before it, or each second until it is removed.
    pub async fn stats(&self, id: &str, stream: bool) -> Result<Lines<ContainerStats>> {
        let target = container(id, "stats").with("stream", stream);
        self.lines(Method::GET, target, Content::None).await
    }

    /// What the container changed in its image's files.
    pub async fn changes(&self, id: &str) -> Result<Vec<Change>> {
        self.get(container(id, "changes")).await
    }

    /// Removes a container at once.
    pub async fn remove_container(&self, id: &str, force: bool, volumes: bool) -> Result<()> {
        let target = Target::new(&["containers", id])
            .with_flag("force", force)
            .with_flag("v", volumes);
        self.command(Method::DELETE, target).await?;
        Ok(())
    }

    /// Removes every stopped container that the filters match.
    pub async fn prune_containers(&self, filters: &Filters) -> Result<ContainersPruned> {
        let target = Target::new(&["containers", "prune"]).with_filters(filters);
        self.post(target, Content::None).await
    }

    async fn transition(&self, target: Target) -> Result<bool> {
        Ok(self.command(Method::POST, target).await? != 304)
    }

    async fn act(&self, target: Target) -> Result<()> {
        self.command(Method::POST, target).await?;
        Ok(())
    }
}

pub(crate) fn container(id: &str, verb: &str) -> Target {
    Target::new(&["containers", id, verb])
}

fn with_stop(target: Target, options: &StopOptions) -> Target {
    target
        .with_some("signal", options.signal.as_deref())
        .with_some("t", options.timeout)
}
