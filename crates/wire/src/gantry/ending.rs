//! Why a container stopped.

use serde::{Deserialize, Serialize};

/// How a container ended, or why it did not start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ending {
    pub cause: EndingCause,
    /// For people, in English: what happened, in one sentence.
    pub sentence: String,
    pub exit_code: i32,
    /// The signal that ended it, such as `SIGKILL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
    /// Bytes; the limit that it had, where it ran out of memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_limit: Option<u64>,
    /// How often its health check had failed in a row, where it was unhealthy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_checks: Option<u32>,
    /// What it wrote last, where it failed: to the error stream, if it wrote there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
}

/// What ended a container.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndingCause {
    /// It was done.
    #[default]
    Finished,
    /// It gave up by itself, with an exit code other than 0.
    Failed,
    /// A signal of its own making, such as SIGSEGV.
    Crashed,
    /// A signal that came neither from it nor through this engine.
    KilledByOthers,
    /// Somebody asked this engine to stop it, and it ended in time.
    Stopped,
    /// The same, and it had to be killed when the time was over.
    StoppedByForce,
    /// Somebody asked this engine to kill it.
    Killed,
    OutOfMemory,
    /// Its supervisor was killed, and it went down with it.
    SupervisorLost,
    NotStarted,
}
