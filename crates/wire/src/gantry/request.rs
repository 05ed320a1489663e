//! Bodies of what /gantry/v1 is asked to do, and its answers.

use serde::{Deserialize, Serialize};

use crate::{AuthConfig, Timestamp};

/// `POST /gantry/v1/load` with a JSON body: a file, or an OCI layout folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadRequest {
    /// Absolute.
    pub path: String,
}

/// `POST /gantry/v1/save`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaveRequest {
    /// Names or ids.
    pub images: Vec<String>,
    /// Absolute; written beside it and renamed when whole.
    pub path: String,
    #[serde(default)]
    pub format: SaveFormat,
    #[serde(default)]
    pub compression: Compression,
    /// Whether an existing file may be replaced.
    #[serde(default)]
    pub overwrite: bool,
    /// Whether `<path>.sha256` is written beside it, as `sha256sum` writes it.
    #[serde(default)]
    pub checksum: bool,
}

/// What a saved archive is laid out as. Every archive carries both manifests; the format says which
/// media types its own ones have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaveFormat {
    #[default]
    DockerArchive,
    OciArchive,
    /// A folder.
    OciLayout,
}

/// Compression of the outer file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compression {
    #[default]
    None,
    Gzip,
    Zstd,
}

/// `POST /gantry/v1/import`: an image of a root file system.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImportRequest {
    /// Absolute; a tar: plain, gzip or zstd.
    pub path: String,
    /// `name:tag`; none leaves the image without a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// For the history.
    pub message: String,
    /// Dockerfile instructions such as `CMD ["ls"]`.
    pub changes: Vec<String>,
    /// `linux/arm64`; this computer's when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
}

/// `POST /gantry/v1/pull`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PullRequest {
    /// With a tag or a digest; `latest` otherwise.
    pub reference: String,
    /// `linux/arm64`; this computer's when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Who the client is to the registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<AuthConfig>,
}

/// `POST /gantry/v1/push`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PushRequest {
    pub reference: String,
    /// Every tag that is here of the repository.
    pub all_tags: bool,
    /// Who the client is to the registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<AuthConfig>,
}

/// `POST /gantry/v1/export`: a container's files as a tar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// Name or id.
    pub container: String,
    /// Absolute; written beside it and renamed when whole.
    pub path: String,
    /// Whether an existing file may be replaced.
    #[serde(default)]
    pub overwrite: bool,
}

/// `POST /gantry/v1/commit`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CommitRequest {
    /// Name or id.
    pub container: String,
    /// `name:tag`; none leaves the image without a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    pub author: String,
    pub comment: String,
    /// Dockerfile instructions such as `CMD ["ls"]`.
    pub changes: Vec<String>,
    /// Which changed files the image gets: these absolute paths and what lies below them; all of
    /// them where there is none.
    pub paths: Vec<String>,
    /// Whether the container stands still meanwhile; true unless said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause: Option<bool>,
}

/// The answer of what became a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskStarted {
    pub task: String,
}

/// `POST /gantry/v1/containers/{id}/remove`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RemoveContainer {
    /// Kill it first if it runs.
    pub force: bool,
    /// Remove its anonymous volumes.
    pub volumes: bool,
    /// How long [`Removed::undo`] stays possible, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo_ms: Option<u64>,
}

/// `POST /gantry/v1/images/remove`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RemoveImage {
    /// Name or id.
    pub image: String,
    /// Remove every name of it.
    pub force: bool,
    /// How long [`Removed::undo`] stays possible, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo_ms: Option<u64>,
}

/// The answer to both. The name is free at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Removed {
    /// For `POST /gantry/v1/undo/{undo}`; absent when the removal was immediate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo: Option<String>,
    /// What Docker's client prints of an image's removal: `Untagged: …`, `Deleted: …`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
    /// When the undo ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// The body of `POST /gantry/v1/containers/{id}/ports`: published ports that come and go while the
/// container runs. The change outlasts restarts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangePorts {
    /// Published no longer: by port of the container, such as `80/tcp`, and host's port.
    pub remove: Vec<PortChange>,
    /// Published from now on; a host's port of zero asks for a free one.
    pub add: Vec<PortChange>,
}

/// One published port.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PortChange {
    /// Such as `80/tcp`.
    pub port: String,
    /// The host's address; empty means all of them.
    pub host_ip: String,
    pub host_port: u16,
}
