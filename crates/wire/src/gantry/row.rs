//! Rows of the lists: containers and images with what a window shows of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Attachment, Ending, LostPort};
use crate::{ContainerState, MountPoint, NEVER, Port, Timestamp};

/// A container.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Container {
    pub id: String,
    /// Without a leading slash.
    pub name: String,
    /// The image as it was named, and its id.
    pub image: String,
    pub image_id: String,
    /// Program and arguments, as one would type them.
    pub command: String,
    pub created: Timestamp,
    pub state: ContainerState,
    /// Set once it ran and stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The signal that ended it, such as `SIGKILL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
    pub oom_killed: bool,
    /// `starting`, `healthy` or `unhealthy`; only while it runs and has a check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
    /// Why it stopped, or did not start; absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    /// Its supervisor was killed, so the exit code is not known.
    pub lost: bool,
    /// Why the last start failed, in one sentence.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    pub tty: bool,
    pub open_stdin: bool,
    pub auto_remove: bool,
    pub network_mode: String,
    /// By name; the one that leads out first.
    pub networks: Vec<Attachment>,
    pub ports: Vec<Port>,
    /// Those that should be published and are not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost_ports: Vec<LostPort>,
    /// Bind mounts, volumes and tmpfs.
    pub mounts: Vec<MountPoint>,
    pub labels: BTreeMap<String, String>,
    /// Bytes; absent when unlimited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_limit: Option<u64>,
    /// Billionths of a CPU; absent when unlimited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nano_cpus: Option<u64>,
    /// What its creation warned about.
    pub warnings: Vec<String>,
}

impl Default for Container {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            image: String::new(),
            image_id: String::new(),
            command: String::new(),
            created: NEVER,
            state: ContainerState::Created,
            exit_code: None,
            signal: None,
            oom_killed: false,
            health: None,
            ending: None,
            lost: false,
            error: String::new(),
            started_at: None,
            finished_at: None,
            tty: false,
            open_stdin: false,
            auto_remove: false,
            network_mode: String::new(),
            networks: Vec::new(),
            ports: Vec::new(),
            lost_ports: Vec::new(),
            mounts: Vec::new(),
            labels: BTreeMap::new(),
            memory_limit: None,
            nano_cpus: None,
            warnings: Vec::new(),
        }
    }
}

/// An image.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Image {
    pub id: String,
    /// `name:tag`; none when it is dangling.
    pub tags: Vec<String>,
    /// `name@sha256:…`.
    pub digests: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// When it came to this host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added: Option<Timestamp>,
    /// Unpacked bytes of all layers.
    pub size: u64,
    /// Bytes of the stored blobs of all layers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub download_size: Option<u64>,
    /// Bytes that no other image has.
    pub unique_size: u64,
    pub layers: u32,
    pub os: String,
    pub architecture: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub variant: String,
    /// Whether this computer can run it.
    pub runnable: bool,
    /// Entrypoint and command of a container made from it, as one would type them.
    pub command: String,
    /// Such as `80/tcp`.
    pub exposed_ports: Vec<String>,
    pub env: Vec<String>,
    pub working_dir: String,
    pub user: String,
    pub volumes: Vec<String>,
    pub labels: BTreeMap<String, String>,
    /// Ids of the containers made from it.
    pub used_by: Vec<String>,
}
