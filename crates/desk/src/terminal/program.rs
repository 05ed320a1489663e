//! What runs in a session: how each kind begins, and how it is told that it ended.

use std::{pin::Pin, time::Duration};

use gantry_client::{AttachOptions, Attached, Client, Error};
use gantry_view::{Failure, OpenTerminal, TerminalProgram};
use gantry_wire::{
    ContainerConfig, ContainerCreate, ExecConfig, ExecStart, HostConfig, WaitCondition,
    WaitResponse,
};

use super::Whose;
use crate::failure::failure;

/// What the window can draw.
const TERM: &str = "TERM=xterm-256color";

/// Without any language set, shells take letters apart.
const LANGUAGE: &str = "LANG=C.UTF-8";

/// Docker's keys (ctrl-p first) belong to the shell here; an attachment always has some.
const HARDLY_TYPED: &str = "ctrl-^,ctrl-_,ctrl-^,ctrl-_,ctrl-^,ctrl-_";

/// A log up to here is shown again when one comes to a container's own terminal.
const SHOWN_AGAIN: u64 = 256 * 1024;

/// How long the code of a container that has just ended may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A program with its terminal connected.
pub(super) struct Started {
    pub(super) attached: Attached,
    pub(super) command: String,
    pub(super) whose: Whose,
    pub(super) end: End,
    pub(super) leaving: Leaving,
}

/// Where the exit code is to be had.
pub(super) enum End {
    Exec(String),
    Container(Waiting),
}

type Waiting = Pin<Box<dyn Future<Output = Result<WaitResponse, Error>> + Send>>;

impl End {
    /// Asked once the output has ended; `None` where the program goes on, or nobody knows.
    pub(super) async fn code(self, client: &Client) -> Option<i64> {
        match self {
            Self::Exec(id) => client
                .inspect_exec(&id)
                .await
                .ok()?
                .exit_code
                .map(i64::from),
            Self::Container(waiting) => {
                let ended = tokio::time::timeout(PATIENCE, waiting).await;
                Some(ended.ok()?.ok()?.status_code)
            }
        }
    }
}

/// What is left to do when the session ends.
pub(super) enum Leaving {
    Nothing,
    /// The container is there for this session alone.
    Kill(Client, String),
}

impl Drop for Leaving {
    fn drop(&mut self) {
        if let Self::Kill(client, id) = self {
            let (client, id) = (client.clone(), std::mem::take(id));
            // One that has ended already is removed by itself.
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                runtime.spawn(async move { client.kill(&id, None).await });
            }
        }
    }
}

pub(super) async fn start(client: &Client, request: &OpenTerminal) -> Result<Started, Failure> {
    let id = &request.container;
    let size = (request.rows, request.columns);
    match &request.program {
        TerminalProgram::Shell => shell(client, id, size).await,
        TerminalProgram::Main => main_process(client, id, size).await,
        TerminalProgram::Toolbox { image } => toolbox(client, id, image, size).await,
    }
}

async fn shell(client: &Client, id: &str, size: (u16, u16)) -> Result<Started, Failure> {
    let found = client.container_shell(id).await.map_err(failure)?;
    let path = found.path.ok_or_else(|| {
        let raw = format!("no shell was found in container {id}");
        Failure::new("no-shell", raw)
    })?;
    let inspect = client.inspect_container(id, false).await.map_err(failure)?;
    let config = ExecConfig {
        tty: true,
        attach_stdin: true,
        attach_stdout: true,
        attach_stderr: true,
        env: environment(&inspect.config.env),
        cmd: vec![path.clone()],
        hang_up: true,
        ..ExecConfig::default()
    };
    let exec = client.create_exec(id, &config).await.map_err(failure)?;
    let start = ExecStart {
        detach: false,
        tty: true,
        console_size: Some([size.0, size.1]),
    };
    let attached = client.start_exec(&exec, &start).await.map_err(failure)?;
    Ok(Started {
        attached,
        command: path,
        whose: Whose::Exec(exec.clone()),
        end: End::Exec(exec),
        leaving: Leaving::Nothing,
    })
}

/// What a shell finds beside the container's own variables.
fn environment(own: &[String]) -> Vec<String> {
    let names = own.iter().filter_map(|variable| variable.split('=').next());
    let has_language = names
        .into_iter()
        .any(|name| matches!(name, "LANG" | "LC_ALL" | "LC_CTYPE"));
    let language = (!has_language).then_some(LANGUAGE);
    let all = std::iter::once(TERM).chain(language);
    all.map(str::to_owned).collect()
}

async fn main_process(client: &Client, id: &str, size: (u16, u16)) -> Result<Started, Failure> {
    let inspect = client.inspect_container(id, false).await.map_err(failure)?;
    let log = client.log_extent(id).await.map_err(failure)?;
    let waiting = client.wait(id, WaitCondition::NotRunning).await;
    let waiting = waiting.map_err(failure)?;
    let attached = attach(client, id, log.bytes <= SHOWN_AGAIN).await?;
    // What draws the whole screen draws it again.
    client.resize(id, size.0, size.1).await.map_err(failure)?;
    Ok(Started {
        attached,
        command: inspect.path,
        whose: Whose::Container(id.to_owned()),
        end: End::Container(Box::pin(waiting)),
        leaving: Leaving::Nothing,
    })
}

async fn attach(client: &Client, id: &str, logs: bool) -> Result<Attached, Failure> {
    let options = AttachOptions {
        stdin: true,
        stdout: true,
        stderr: true,
        logs,
        detach_keys: Some(HARDLY_TYPED.to_owned()),
    };
    client.attach(id, &options).await.map_err(failure)
}

/// A container of its own that shares the other's processes, network and, where that one lets it,
/// its shared memory.
async fn toolbox(
    client: &Client,
    id: &str,
    image: &str,
    size: (u16, u16),
) -> Result<Started, Failure> {
    let other = client.inspect_container(id, false).await.map_err(failure)?;
    let body = toolbox_body(&other.id, &other.host_config.ipc_mode, image);
    let created = client.create_container(None, None, &body).await;
    let id = created.map_err(failure)?.id;
    let leaving = Leaving::Kill(client.clone(), id.clone());
    let attached = attach(client, &id, false).await?;
    let waiting = client.wait(&id, WaitCondition::NextExit).await;
    let waiting = waiting.map_err(failure)?;
    if let Err(error) = client.start(&id).await {
        // One that never ran is not removed by itself; the failure says more than its removal.
        let _ = client.remove_container(&id, true, true).await;
        return Err(failure(error));
    }
    client.resize(&id, size.0, size.1).await.map_err(failure)?;
    Ok(Started {
        attached,
        command: image.to_owned(),
        whose: Whose::Container(id),
        end: End::Container(Box::pin(waiting)),
        leaving,
    })
}

fn toolbox_body(container: &str, ipc_mode: &str, image: &str) -> ContainerCreate {
    let joined = format!("container:{container}");
    let ipc_mode = match ipc_mode {
        "shareable" => joined.clone(),
        _ => String::new(),
    };
    ContainerCreate {
        config: ContainerConfig {
            image: image.to_owned(),
            entrypoint: vec!["sh".to_owned()],
            env: vec![TERM.to_owned(), LANGUAGE.to_owned()],
            tty: true,
            open_stdin: true,
            stdin_once: true,
            attach_stdin: true,
            attach_stdout: true,
            attach_stderr: true,
            ..ContainerConfig::default()
        },
        host_config: HostConfig {
            network_mode: joined.clone(),
            pid_mode: joined,
            ipc_mode,
            auto_remove: true,
            ..HostConfig::default()
        },
        ..ContainerCreate::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_of_the_containers_own_stays() {
        assert_eq!(environment(&["PATH=/bin".into()]), [TERM, LANGUAGE]);
        assert_eq!(environment(&["LC_ALL=ko_KR.UTF-8".into()]), [TERM]);
    }

    #[test]
    fn a_toolbox_joins_what_may_be_joined() {
        let body = toolbox_body("ab12", "private", "busybox");
        assert_eq!(body.host_config.pid_mode, "container:ab12");
        assert_eq!(body.host_config.network_mode, "container:ab12");
        assert_eq!(body.host_config.ipc_mode, "");
        let body = toolbox_body("ab12", "shareable", "busybox");
        assert_eq!(body.host_config.ipc_mode, "container:ab12");
    }
}
