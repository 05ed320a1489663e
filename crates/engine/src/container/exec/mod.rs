//! Further processes in running containers (`docker exec`).
//!
//! Each has a supervisor of its own, as the container's first process has, and a folder within the
//! container's: so it goes on when its client or the engine leaves, a later engine finds it again,
//! and it ends with the container at the latest. `start` makes it run and listens to its supervisor,
//! `bundle` says what it is, `recover` finds it again.

mod bundle;
mod recover;
mod shell;
mod start;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use gantry_runtime::TerminalSize;
use gantry_wire::{ContainerState, ExecConfig, ExecInspect, ExecProcess, ExecStart};
use tokio::sync::{mpsc, oneshot};

use super::folder::Folder;
use super::id::ContainerId;
use super::record::View;
use super::{Containers, detach};
use crate::core::Core;
use crate::{Error, Result};

pub(super) use recover::recover;
pub use start::Execution;

/// How long an exit code can be asked for.
const KEPT: Duration = Duration::from_mins(5);

/// All that were created, until they are forgotten.
#[derive(Debug, Default)]
pub(crate) struct Execs(Mutex<HashMap<String, Arc<Exec>>>);

/// One process, from its creation on.
#[derive(Debug)]
struct Exec {
    id: String,
    container: ContainerId,
    config: ExecConfig,
    stage: Mutex<Stage>,
}

#[derive(Debug)]
enum Stage {
    Created,
    /// Its client was told, or is about to be.
    Starting,
    Running {
        pid: i32,
        asks: mpsc::Sender<Ask>,
    },
    Ended {
        code: i32,
        at: Instant,
    },
}

/// What the task behind a running one can be asked.
#[derive(Debug)]
enum Ask {
    Resize(TerminalSize),
    /// Answered when everything that happened before was heard.
    Settle(oneshot::Sender<()>),
}

impl Execs {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Arc<Exec>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, id: &str) -> Result<Arc<Exec>> {
        let found = self.all().get(id).cloned();
        found.ok_or_else(|| Error::NoSuchExec(id.to_owned()))
    }

    /// Remembers one, and forgets those that ended long ago.
    fn insert(&self, exec: Arc<Exec>) {
        let mut all = self.all();
        all.retain(|_, exec| !exec.is_outdated());
        all.insert(exec.id.clone(), exec);
    }

    /// The container is gone.
    pub(super) fn forget(&self, container: &ContainerId) {
        self.all().retain(|_, exec| exec.container != *container);
    }

    /// The ids of a container's, without those that have ended.
    pub(super) fn of(&self, container: &ContainerId) -> Vec<String> {
        let all = self.all();
        let lives = |exec: &&Arc<Exec>| !matches!(*exec.stage(), Stage::Ended { .. });
        let own = all.values().filter(|exec| exec.container == *container);
        let mut ids: Vec<_> = own.filter(lives).map(|exec| exec.id.clone()).collect();
        ids.sort_unstable();
        ids
    }
}

impl Exec {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_outdated(&self) -> bool {
        matches!(*self.stage(), Stage::Ended { at, .. } if at.elapsed() > KEPT)
    }

    fn folder(&self, container: &Folder) -> PathBuf {
        container.execs().join(&self.id)
    }

    /// Takes the only start that there is.
    fn claim(&self) -> Result<()> {
        let mut stage = self.stage();
        let refusal = match *stage {
            Stage::Created => {
                *stage = Stage::Starting;
                return Ok(());
            }
            Stage::Starting | Stage::Running { .. } => "is already running",
            Stage::Ended { .. } => "has already run",
        };
        Err(Error::state(
            "exec-started",
            format!("exec command {} {refusal}", self.id),
        ))
    }

    /// Asks the task behind it; `false` where there is none.
    async fn ask(&self, ask: Ask) -> bool {
        let asks = match &*self.stage() {
            Stage::Running { asks, .. } => asks.clone(),
            _ => return false,
        };
        asks.send(ask).await.is_ok()
    }

    fn inspect(&self) -> ExecInspect {
        let config = &self.config;
        let (entrypoint, arguments) = match config.cmd.split_first() {
            Some((first, rest)) => (first.clone(), rest.to_vec()),
            None => (String::new(), Vec::new()),
        };
        let (running, exit_code, pid) = match *self.stage() {
            Stage::Created | Stage::Starting => (false, None, 0),
            Stage::Running { pid, .. } => (true, None, pid),
            Stage::Ended { code, .. } => (false, Some(code), 0),
        };
        ExecInspect {
            id: self.id.clone(),
            running,
            exit_code,
            process_config: ExecProcess {
                tty: config.tty,
                entrypoint,
                arguments,
                privileged: config.privileged,
                user: config.user.clone(),
            },
            open_stdin: config.attach_stdin,
            open_stderr: config.attach_stderr,
            open_stdout: config.attach_stdout,
            can_remove: exit_code.is_some(),
            container_id: self.container.as_str().to_owned(),
            detach_keys: config.detach_keys.clone(),
            pid,
        }
    }

    /// `exec_create: sh -c true`, as Docker words it.
    fn event(&self, core: &Core, view: &View, action: &str) {
        let command = match self.config.cmd.split_first() {
            Some((first, rest)) => format!("{action}: {first} {}", rest.join(" ")),
            None => format!("{action}: "),
        };
        core.container_event(view, &command, &[("execID", self.id.clone())]);
    }
}

impl Containers {
    /// Prepares a process; nothing runs before its start.
    pub(crate) fn create_exec(&self, container: &str, config: ExecConfig) -> Result<String> {
        let view = self.find(container)?.now();
        may_exec(&view)?;
        if config.cmd.first().is_none_or(String::is_empty) {
            return Err(Error::Invalid("No exec command specified".to_owned()));
        }
        detach::parse(keys(&config))?;
        let exec = Arc::new(Exec {
            id: hex::encode(rand::random::<[u8; 32]>()),
            container: view.id().clone(),
            config,
            stage: Mutex::new(Stage::Created),
        });
        exec.event(&self.core, &view, "exec_create");
        let id = exec.id.clone();
        self.core.execs.insert(exec);
        Ok(id)
    }

    /// Gives the caller the start; send the response head, then [`Execution::connect`].
    pub(crate) fn start_exec(&self, id: &str, start: ExecStart) -> Result<Execution> {
        let exec = self.core.execs.find(id)?;
        let handle = self.find(exec.container.as_str())?;
        may_exec(&handle.now())?;
        exec.claim()?;
        Ok(Execution::new(Arc::clone(&self.core), exec, handle, start))
    }

    /// How it is; what its client saw before has happened in the answer too.
    pub(crate) async fn inspect_exec(&self, id: &str) -> Result<ExecInspect> {
        let exec = self.core.execs.find(id)?;
        let (settled, heard) = oneshot::channel();
        if exec.ask(Ask::Settle(settled)).await {
            // Dropped unanswered it has ended, which is an answer.
            let _ = heard.await;
        }
        Ok(exec.inspect())
    }

    pub(crate) async fn resize_exec(&self, id: &str, rows: u16, columns: u16) -> Result<()> {
        let exec = self.core.execs.find(id)?;
        if exec.ask(Ask::Resize(TerminalSize { rows, columns })).await {
            return Ok(());
        }
        Err(Error::state(
            "exec-not-running",
            format!("exec process {id} is not running"),
        ))
    }
}

fn keys(config: &ExecConfig) -> Option<&str> {
    Some(config.detach_keys.as_str()).filter(|keys| !keys.is_empty())
}

/// Docker's refusals.
fn may_exec(view: &View) -> Result<()> {
    let id = view.id();
    let (code, message) = match view.state.status {
        ContainerState::Running => return Ok(()),
        ContainerState::Paused => (
            "container-paused",
            format!(
                "Container {} is paused, unpause the container before exec",
                view.name
            ),
        ),
        ContainerState::Restarting => (
            "container-restarting",
            format!("Container {id} is restarting, wait until the container is running"),
        ),
        _ => return Err(not_running(view)),
    };
    Err(Error::state(code, message))
}

fn not_running(view: &View) -> Error {
    Error::state(
        "container-not-running",
        format!("container {} is not running", view.id()),
    )
}
