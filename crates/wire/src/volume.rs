//! Volumes, and the build cache's place in the disk usage.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{NEVER, Timestamp, go};

/// A named volume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Volume {
    pub created_at: Timestamp,
    pub driver: String,
    #[serde(with = "go::nullable")]
    pub labels: BTreeMap<String, String>,
    pub mountpoint: String,
    pub name: String,
    #[serde(with = "go::nullable")]
    pub options: BTreeMap<String, String>,
    pub scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_data: Option<VolumeUsage>,
}

impl Default for Volume {
    fn default() -> Self {
        Self {
            created_at: NEVER,
            driver: "local".to_owned(),
            labels: BTreeMap::new(),
            mountpoint: String::new(),
            name: String::new(),
            options: BTreeMap::new(),
            scope: "local".to_owned(),
            usage_data: None,
        }
    }
}

/// What a volume takes; -1 when not measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VolumeUsage {
    pub size: i64,
    pub ref_count: i64,
}

/// The answer to `GET /volumes`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct VolumeList {
    #[serde(deserialize_with = "go::null")]
    pub volumes: Vec<Volume>,
    #[serde(with = "go::nullable")]
    pub warnings: Vec<String>,
}

/// The body of `POST /volumes/create`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct VolumeCreate {
    #[serde(deserialize_with = "go::null")]
    pub name: String,
    #[serde(deserialize_with = "go::null")]
    pub driver: String,
    #[serde(deserialize_with = "go::null")]
    pub driver_opts: BTreeMap<String, String>,
    #[serde(deserialize_with = "go::null")]
    pub labels: BTreeMap<String, String>,
}

/// The answer to `POST /volumes/prune`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct VolumesPruned {
    #[serde(with = "go::nullable")]
    pub volumes_deleted: Vec<String>,
    pub space_reclaimed: u64,
}

/// A record of the build cache.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct BuildCacheRecord {
    #[serde(rename = "ID")]
    pub id: String,
    pub r#type: String,
    pub description: String,
    pub in_use: bool,
    pub shared: bool,
    pub size: i64,
    pub usage_count: i64,
}
