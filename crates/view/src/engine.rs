//! The engine as the window shows it.

use serde::{Deserialize, Serialize};

use crate::call::call;

/// What the sidebar, the status bar and the about box tell of the engine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    pub version: String,
    pub api_version: String,
    pub rootless: bool,
    /// Standing conditions, e.g. that ids are not mapped.
    pub warnings: Vec<crate::Failure>,
    /// `amd64`, `arm64` …
    pub architecture: String,
    pub cpus: u32,
    pub memory_bytes: u64,
    pub kernel: String,
    /// `v1`, `v2` or empty.
    pub cgroup: String,
    /// The data root.
    pub root: String,
    pub socket: String,
    /// Bytes that images and containers take.
    pub used_bytes: u64,
    /// Bytes free on the disk of the data root.
    pub free_bytes: u64,
}

/// Whether the window has an engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// Being started or looked for.
    Connecting,
    Ready,
    /// Gone; the desktop tries again by itself.
    Lost(crate::Failure),
}

/// Looks for the engine again at once, starting it when it is not there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reconnect {}
call!(Reconnect, "reconnect", ());
