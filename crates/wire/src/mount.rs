//! Mounts: as asked for (`--mount`) and as they are (`inspect`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Object, go};

/// A mount that a create body asks for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Mount {
    /// `bind`, `volume` or `tmpfs`.
    pub r#type: String,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub source: String,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub target: String,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub read_only: bool,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub consistency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bind_options: Option<BindOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_options: Option<VolumeOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tmpfs_options: Option<TmpfsOptions>,
    #[serde(flatten)]
    pub extra: Object,
}

/// What only bind mounts have.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct BindOptions {
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub propagation: String,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub non_recursive: bool,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub create_mountpoint: bool,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub read_only_non_recursive: bool,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub read_only_force_recursive: bool,
}

/// What only volumes have.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct VolumeOptions {
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub no_copy: bool,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub labels: BTreeMap<String, String>,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub subpath: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver_config: Option<DriverConfig>,
    #[serde(flatten)]
    pub extra: Object,
}

/// Which driver makes a volume, and how.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct DriverConfig {
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub name: String,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub options: BTreeMap<String, String>,
}

/// What only tmpfs mounts have.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct TmpfsOptions {
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub size_bytes: i64,
    /// Octal in the documentation, decimal on the wire.
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub mode: u32,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub options: Vec<Vec<String>>,
}

/// A mount of a container as inspect and the list show it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct MountPoint {
    pub r#type: String,
    #[serde(skip_serializing_if = "go::is_zero")]
    pub name: String,
    pub source: String,
    pub destination: String,
    #[serde(skip_serializing_if = "go::is_zero")]
    pub driver: String,
    pub mode: String,
    #[serde(rename = "RW")]
    pub rw: bool,
    pub propagation: String,
    /// Beside what Docker has: the part of a volume that is mounted.
    #[serde(skip_serializing_if = "go::is_zero")]
    pub subpath: String,
}
