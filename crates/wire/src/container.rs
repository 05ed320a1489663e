//! Containers: create, list, wait, changes, update, prune.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    ContainerConfig, EndpointSettings, HostConfig, MountPoint, NetworkingConfig, Resources,
    RestartPolicy, go,
};

/// The body of `POST /containers/create`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ContainerCreate {
    #[serde(deserialize_with = "go::null")]
    pub host_config: HostConfig,
    #[serde(deserialize_with = "go::null")]
    pub networking_config: NetworkingConfig,
    /// Takes every other key, so it comes last.
    #[serde(flatten)]
    pub config: ContainerConfig,
}

/// The answer to a create.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ContainerCreated {
    pub id: String,
    #[serde(deserialize_with = "go::null")]
    pub warnings: Vec<String>,
}

/// Docker's container states.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum ContainerState {
    #[default]
    Created,
    Running,
    Paused,
    Restarting,
    Removing,
    Exited,
    Dead,
}

impl ContainerState {
    /// Every state, in Docker's order.
    pub const ALL: [Self; 7] = [
        Self::Created,
        Self::Running,
        Self::Paused,
        Self::Restarting,
        Self::Removing,
        Self::Exited,
        Self::Dead,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Removing => "removing",
            Self::Exited => "exited",
            Self::Dead => "dead",
        }
    }
}

impl fmt::Display for ContainerState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// One row of `GET /containers/json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ContainerSummary {
    pub id: String,
    /// With a leading slash.
    #[serde(deserialize_with = "go::null")]
    pub names: Vec<String>,
    /// The image as the client named it, or its id when that name has moved on.
    pub image: String,
    #[serde(rename = "ImageID")]
    pub image_id: String,
    pub command: String,
    /// Seconds since 1970.
    pub created: i64,
    #[serde(deserialize_with = "go::null")]
    pub ports: Vec<Port>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_rw: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_root_fs: Option<i64>,
    #[serde(deserialize_with = "go::null")]
    pub labels: BTreeMap<String, String>,
    pub state: ContainerState,
    /// For people: `Up 3 minutes`, `Exited (0) 2 hours ago`.
    pub status: String,
    pub host_config: SummaryHostConfig,
    pub network_settings: SummaryNetworkSettings,
    #[serde(deserialize_with = "go::null")]
    pub mounts: Vec<MountPoint>,
}

/// The host part of a row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct SummaryHostConfig {
    pub network_mode: String,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub annotations: BTreeMap<String, String>,
}

/// The networks of a row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct SummaryNetworkSettings {
    #[serde(deserialize_with = "go::null")]
    pub networks: BTreeMap<String, EndpointSettings>,
}

/// A port of a row: exposed, and published where it has a public side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Port {
    #[serde(rename = "IP", skip_serializing_if = "go::is_zero")]
    pub ip: String,
    pub private_port: u16,
    #[serde(skip_serializing_if = "go::is_zero")]
    pub public_port: u16,
    pub r#type: String,
}

/// What happened to a path: on the wire 0, 1 and 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum ChangeKind {
    Modified,
    Added,
    Deleted,
}

impl From<ChangeKind> for u8 {
    fn from(kind: ChangeKind) -> Self {
        match kind {
            ChangeKind::Modified => 0,
            ChangeKind::Added => 1,
            ChangeKind::Deleted => 2,
        }
    }
}

impl TryFrom<u8> for ChangeKind {
    type Error = String;

    fn try_from(value: u8) -> Result<Self, Self::Error> {
        match value {
            0 => Ok(Self::Modified),
            1 => Ok(Self::Added),
            2 => Ok(Self::Deleted),
            other => Err(format!("unknown kind of change: {other}")),
        }
    }
}

/// One line of `GET /containers/{id}/changes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Change {
    pub path: String,
    pub kind: ChangeKind,
}

/// The answer of a wait, sent when the container has stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct WaitResponse {
    pub status_code: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<WaitError>,
}

/// Why a wait could not tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct WaitError {
    pub message: String,
}

/// The answer of `GET /containers/{id}/top`: titles and rows of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ContainerTop {
    #[serde(deserialize_with = "go::null")]
    pub titles: Vec<String>,
    #[serde(deserialize_with = "go::null")]
    pub processes: Vec<Vec<String>>,
}

/// The body of `POST /containers/{id}/update`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ContainerUpdate {
    #[serde(flatten)]
    pub resources: Resources,
    #[serde(deserialize_with = "go::null")]
    pub restart_policy: RestartPolicy,
}

/// The answer to an update.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ContainerUpdated {
    #[serde(with = "go::nullable")]
    pub warnings: Vec<String>,
}

/// The answer to `POST /containers/prune`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ContainersPruned {
    #[serde(with = "go::nullable")]
    pub containers_deleted: Vec<String>,
    pub space_reclaimed: u64,
}

/// The answer of a commit and of an exec create.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct IdResponse {
    pub id: String,
}
