//! What is done with containers.

use bytes::Bytes;
use gantry_wire as wire;
use gantry_wire::gantry;

use super::{BoxStream, Engine};
use crate::container::{Attachment, Execution, LogStream, Waiting};
use crate::request::{
    AttachOptions, CommitOptions, CommitPause, ContainerQuery, LogQuery, LogSearch, LogWindow,
    Outcome, RemoveOptions, StatsQuery, StopOptions, WaitCondition,
};
use crate::{Filters, Result, prune, stats};

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

    /// Prepares a further process in a running container and returns its id.
    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn create_exec(
        &self,
        container: &str,
        config: wire::ExecConfig,
    ) -> Result<wire::IdResponse> {
        let id = self.containers.create_exec(container, config)?;
        Ok(wire::IdResponse { id })
    }

    /// Gives the caller the start; send the response head, then [`Execution::connect`].
    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn start_exec(&self, id: &str, start: wire::ExecStart) -> Result<Execution> {
        self.containers.start_exec(id, start)
    }

    /// The shell for who wants to look around in a running container.
    pub async fn container_shell(&self, id: &str) -> Result<gantry::Shell> {
        self.containers.shell(id).await
    }

    pub async fn inspect_exec(&self, id: &str) -> Result<wire::ExecInspect> {
        self.containers.inspect_exec(id).await
    }

    pub async fn resize_exec(&self, id: &str, rows: u16, columns: u16) -> Result<()> {
        self.containers.resize_exec(id, rows, columns).await
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
            paths: request.paths,
            pause: match request.pause {
                Some(false) => CommitPause::KeepRunning,
                _ => CommitPause::Pause,
            },
        };
        self.containers.commit_task(options)
    }

    pub async fn remove_container_later(
        &self,
        id: &str,
        request: gantry::RemoveContainer,
    ) -> Result<gantry::Removed> {
        self.containers.remove_later(id, request).await
    }

    /// A container's processes, with the columns that these arguments of `ps` choose.
    pub async fn top(&self, id: &str, arguments: Option<&str>) -> Result<wire::ContainerTop> {
        self.containers.top(id, arguments).await
    }

    /// Changes limits and restart policy.
    pub async fn update_container(
        &self,
        id: &str,
        change: wire::ContainerUpdate,
    ) -> Result<wire::ContainerUpdated> {
        self.containers.update(id, change).await
    }

    /// What a container uses. The first reading may take a second or two.
    pub fn stats(&self, id: &str, query: StatsQuery) -> Result<BoxStream<wire::ContainerStats>> {
        self.containers.stats(id, query)
    }

    /// What every running container uses, once a second.
    pub fn usage(&self) -> BoxStream<gantry::UsageRound> {
        stats::live(&self.core.stats)
    }

    /// A container's processes with what each uses, once a second while it runs.
    pub fn processes(&self, id: &str) -> Result<BoxStream<gantry::ProcessRound>> {
        self.containers.processes(id)
    }

    /// What a container used in the last minutes or the last hour.
    pub fn usage_history(&self, id: &str, span: gantry::UsageSpan) -> Result<gantry::UsageHistory> {
        self.containers.usage_history(id, span)
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
