//! The state of the engine at one revision, and what changes it.

use serde::{Deserialize, Serialize};

use super::{Container, Failure, Image, Network, Task, Volume};

/// Everything a window lists, consistent at `revision`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Snapshot {
    pub revision: u64,
    pub containers: Vec<Container>,
    pub images: Vec<Image>,
    pub volumes: Vec<Volume>,
    pub networks: Vec<Network>,
    pub tasks: Vec<Task>,
    pub engine: Engine,
}

/// The engine itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Engine {
    pub version: String,
    pub api_version: String,
    pub pid: u32,
    /// The data root.
    pub root: String,
    pub socket: String,
    pub rootless: bool,
    pub kernel: String,
    /// As the kernel names it in Docker's words: `amd64`, `arm64`.
    pub architecture: String,
    pub cpus: u32,
    pub memory_bytes: u64,
    /// `v1`, `v2` or `none`.
    pub cgroup: String,
    /// Bytes that images and containers take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_bytes: Option<u64>,
    /// Bytes free on the disk of the data root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_bytes: Option<u64>,
    /// What a user should know: one per condition, each with its remedy.
    pub warnings: Vec<Failure>,
}

/// One line of `GET /gantry/v1/events`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// The state after this change. Progress of a task does not advance it.
    pub revision: u64,
    pub change: Change,
}

/// What changed, with the whole new row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "kebab-case")]
pub enum Change {
    /// The first line of a stream, and again when a reader fell too far behind: forget everything
    /// and take this.
    Snapshot(Box<Snapshot>),
    Container(Box<Container>),
    /// By id.
    ContainerRemoved(String),
    Image(Box<Image>),
    /// By id.
    ImageRemoved(String),
    Volume(Box<Volume>),
    /// By name.
    VolumeRemoved(String),
    Network(Box<Network>),
    /// By id.
    NetworkRemoved(String),
    Task(Box<Task>),
    /// By id: a finished task that was put away.
    TaskRemoved(String),
    Engine(Box<Engine>),
}
