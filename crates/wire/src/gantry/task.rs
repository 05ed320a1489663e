//! Tasks: work of the engine that takes a while.

use serde::{Deserialize, Serialize};

use super::Failure;
use crate::{NEVER, Timestamp};

/// One task, with how far it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    pub id: String,
    pub kind: TaskKind,
    /// The file, image or container it is about.
    pub subject: String,
    pub state: TaskState,
    pub started: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished: Option<Timestamp>,
    /// Bytes done, of the whole.
    pub done: u64,
    /// Bytes to do, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// What it does now, as a code: `reading`, `unpacking`, `writing`,
    /// `downloading`, `uploading`.
    #[serde(default)]
    pub step: String,
    /// Layers, each with its own progress.
    #[serde(default)]
    pub parts: Vec<TaskPart>,
    /// What came of it, once done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<TaskResult>,
    /// Why it failed, once failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

impl Default for Task {
    fn default() -> Self {
        Self {
            id: String::new(),
            kind: TaskKind::Load,
            subject: String::new(),
            state: TaskState::Running,
            started: NEVER,
            finished: None,
            done: 0,
            total: None,
            step: String::new(),
            parts: Vec::new(),
            result: None,
            failure: None,
        }
    }
}

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskKind {
    Load,
    Save,
    /// A volume into a tar.
    Backup,
    /// A volume from a tar.
    Restore,
    Commit,
    Prune,
    Pull,
    Push,
    Build,
}

/// Where a task stands. The last three are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskState {
    Running,
    Done,
    Failed,
    Cancelled,
}

impl TaskState {
    /// Whether the task has ended, well or not.
    pub fn is_final(self) -> bool {
        self != Self::Running
    }
}

/// One layer of a task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskPart {
    /// The layer's digest, or the archive's name for it.
    pub id: String,
    pub done: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// What happens to it, as a code: `waiting`, `downloading`, `uploading`, `hashing`, `unpacking`,
    /// `verified`, `present`, `writing`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub step: String,
    /// It was here already.
    pub present: bool,
}

/// What a task made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskResult {
    /// Names of the images loaded, saved or made; the id where there is no name.
    pub images: Vec<String>,
    /// Their ids, in the same order.
    pub ids: Vec<String>,
    /// The file that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Bytes written or freed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}
