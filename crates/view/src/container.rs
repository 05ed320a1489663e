//! Containers as the table and the detail show them, and what can be done with one.

use serde::{Deserialize, Serialize};

use crate::{Attachment, Mount, call::call};

/// What a container is doing, in Docker's vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContainerState {
    Created,
    Running,
    Paused,
    Restarting,
    Removing,
    Exited,
    Dead,
}

impl ContainerState {
    /// Whether it has a process: running, paused or restarting.
    pub fn is_up(self) -> bool {
        matches!(self, Self::Running | Self::Paused | Self::Restarting)
    }
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    pub id: String,
    pub name: String,
    /// The image as it was named when the container was made.
    pub image: String,
    pub image_id: String,
    pub state: ContainerState,
    /// Of the last run, once it ended.
    pub exit_code: Option<i64>,
    pub oom_killed: bool,
    /// What its health check says; only while it runs and has one.
    pub health: Option<Health>,
    /// Why it stopped, or did not start; only while it does not run.
    pub ending: Option<Ending>,
    /// Why the last start failed, or why the supervisor was lost; empty otherwise.
    pub error: String,
    /// The whole command line as one string.
    pub command: String,
    pub created_at: i64,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub ports: Vec<Port>,
    pub mounts: Vec<Mount>,
    /// The Compose project, when the labels name one.
    pub project: Option<String>,
    /// The network's name: `bridge`, `host`, `none` or a network of the user.
    pub network: String,
    /// Every network that it is a member of, the one that leads out first.
    pub networks: Vec<Attachment>,
    /// Has a terminal of its own (`-t`).
    pub tty: bool,
    /// Is removed when it ends (`--rm`).
    pub auto_remove: bool,
    /// Thousandths of a core that it may use; 0 is no limit.
    pub cpu_limit_millis: u64,
}

impl Container {
    /// Ended by itself with a code other than 0, by lack of memory, or never came up.
    pub fn has_problem(&self) -> bool {
        self.state == ContainerState::Dead
            || self.oom_killed
            || !self.error.is_empty()
            || (self.state == ContainerState::Exited
                && self
                    .exit_code
                    .is_some_and(|code| !matches!(code, 0 | 130 | 137 | 143)))
    }
}

/// What a container's own check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    Starting,
    Healthy,
    Unhealthy,
}

/// Why a container stopped, in facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    pub cause: EndingCause,
    pub exit_code: i64,
    /// The signal that ended it, such as `SIGKILL`.
    pub signal: Option<String>,
    /// Bytes; the limit that it had, where it ran out of memory.
    pub memory_limit: Option<u64>,
    /// How often its health check had failed in a row, where it was unhealthy.
    pub failed_checks: Option<u32>,
    /// What it wrote last, where it failed.
    pub lines: Vec<String>,
}

/// What ended a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndingCause {
    Finished,
    Failed,
    /// By a signal of its own making.
    Crashed,
    /// By a signal that came neither from it nor through the engine.
    KilledByOthers,
    Stopped,
    /// On request, and killed because it did not end in time.
    StoppedByForce,
    Killed,
    OutOfMemory,
    SupervisorLost,
    /// [`Container::error`] says why.
    NotStarted,
}

/// One exposed or published port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    /// Inside the container.
    pub container: u16,
    /// `tcp`, `udp` or `sctp`.
    pub protocol: String,
    /// On this computer; `None` when only exposed.
    pub host: Option<u16>,
    /// The address it is bound to; empty when only exposed.
    pub address: String,
    /// Why it leads nowhere although it should be published: somebody took it meanwhile. It comes
    /// back with the container's next start once it is free.
    pub lost: Option<String>,
}

/// A container with everything its pages need beyond the row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerDetail {
    pub container: Container,
    pub entrypoint: Vec<String>,
    pub cmd: Vec<String>,
    /// `NAME=value`, in order.
    pub env: Vec<String>,
    pub working_dir: String,
    pub user: String,
    pub hostname: String,
    pub labels: Vec<(String, String)>,
    /// Bytes; 0 is no limit.
    pub memory_limit: u64,
    pub restart_policy: String,
    pub stop_signal: String,
    pub platform: String,
    /// Bytes the container has written over its image; `None` when not measured yet.
    pub changed_bytes: Option<u64>,
    pub pid: Option<u32>,
    /// A command line that makes the same container, in docker style.
    pub run_command: String,
    /// `docker inspect` of it, indented JSON.
    pub inspect: String,
}

/// Reads one container in full.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InspectContainer {
    pub id: String,
}
call!(InspectContainer, "inspect_container", ContainerDetail);

/// Starts a created or ended container.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StartContainer {
    pub id: String,
}
call!(StartContainer, "start_container", ());

/// Asks it to end, and kills it after the grace period.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StopContainer {
    pub id: String,
    /// Seconds; `None` takes the container's own, usually 10.
    pub grace_seconds: Option<u32>,
}
call!(StopContainer, "stop_container", ());

/// Sends a signal, `SIGKILL` unless named.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KillContainer {
    pub id: String,
    /// As `kill -l` names it, with or without `SIG`.
    pub signal: Option<String>,
}
call!(KillContainer, "kill_container", ());

/// Freezes every process of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PauseContainer {
    pub id: String,
}
call!(PauseContainer, "pause_container", ());

/// Lets a paused one go on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResumeContainer {
    pub id: String,
}
call!(ResumeContainer, "resume_container", ());

/// Stops and starts it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RestartContainer {
    pub id: String,
    pub grace_seconds: Option<u32>,
}
call!(RestartContainer, "restart_container", ());

/// Gives it another name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RenameContainer {
    pub id: String,
    pub name: String,
}
call!(RenameContainer, "rename_container", ());

/// Removes it, at once or with time to think again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemoveContainer {
    pub id: String,
    /// Kills it first when it runs.
    pub force: bool,
    /// Remove its anonymous volumes too.
    pub volumes: bool,
    /// Wait this long before deleting, so that [`Undo`] can bring it back; 0 deletes at once.
    pub undo_ms: u32,
}
call!(RemoveContainer, "remove_container", Removed);

/// The reply to a removal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// Names the removal for [`Undo`] while it waits.
    pub undo: Option<String>,
    /// What Docker prints: `Untagged: …`, `Deleted: …`.
    pub lines: Vec<String>,
}

/// Takes a waiting removal back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Undo {
    pub undo: String,
}
call!(Undo, "undo", ());
