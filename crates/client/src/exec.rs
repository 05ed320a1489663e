//! Further processes in a running container.

use gantry_wire::{ExecConfig, ExecInspect, ExecStart, IdResponse, gantry};
use hyper::Method;

use crate::gantry::v1;
use crate::path::Target;
use crate::transport::Content;
use crate::{Attached, Client, Result};

impl Client {
    /// Prepares a process in a running container and returns its id.
    pub async fn create_exec(&self, container: &str, config: &ExecConfig) -> Result<String> {
        let target = Target::new(&["containers", container, "exec"]);
        let created: IdResponse = self.post(target, Content::json(config)).await?;
        Ok(created.id)
    }

    /// Starts it with its streams connected. Why it does not start is told in its output.
    pub async fn start_exec(&self, id: &str, start: &ExecStart) -> Result<Attached> {
        self.upgrade(exec(id, "start"), Content::json(start)).await
    }

    /// Starts it for nobody.
    pub async fn start_exec_detached(&self, id: &str) -> Result<()> {
        let start = ExecStart {
            detach: true,
            ..ExecStart::default()
        };
        let content = Content::json(&start);
        self.send(Method::POST, exec(id, "start"), content).await?;
        Ok(())
    }

    /// The shell that a running container has.
    pub async fn container_shell(&self, container: &str) -> Result<gantry::Shell> {
        self.get(v1(&["containers", container, "shell"])).await
    }

    /// Whether it runs, and how it ended.
    pub async fn inspect_exec(&self, id: &str) -> Result<ExecInspect> {
        self.get(exec(id, "json")).await
    }

    /// Sets the size of its terminal.
    pub async fn resize_exec(&self, id: &str, rows: u16, columns: u16) -> Result<()> {
        let target = exec(id, "resize").with("h", rows).with("w", columns);
        self.command(Method::POST, target).await?;
        Ok(())
    }
}

fn exec(id: &str, verb: &str) -> Target {
    Target::new(&["exec", id, verb])
}
