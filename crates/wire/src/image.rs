//! Images: list, inspect, history, delete, prune.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{GraphDriver, HealthConfig, NEVER, Object, Timestamp, go};

/// One row of `GET /images/json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ImageSummary {
    /// Containers made from it; -1 when not counted.
    pub containers: i64,
    /// Seconds since 1970.
    pub created: i64,
    pub id: String,
    #[serde(with = "go::nullable")]
    pub labels: BTreeMap<String, String>,
    pub parent_id: String,
    #[serde(deserialize_with = "go::null")]
    pub repo_digests: Vec<String>,
    #[serde(deserialize_with = "go::null")]
    pub repo_tags: Vec<String>,
    /// Bytes shared with other images; -1 when not computed.
    pub shared_size: i64,
    /// Unpacked bytes of all layers.
    pub size: i64,
}

impl Default for ImageSummary {
    fn default() -> Self {
        Self {
            containers: -1,
            created: 0,
            id: String::new(),
            labels: BTreeMap::new(),
            parent_id: String::new(),
            repo_digests: Vec::new(),
            repo_tags: Vec::new(),
            shared_size: -1,
            size: 0,
        }
    }
}

/// `GET /images/{name}/json`: one image, whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ImageInspect {
    pub id: String,
    #[serde(deserialize_with = "go::null")]
    pub repo_tags: Vec<String>,
    #[serde(deserialize_with = "go::null")]
    pub repo_digests: Vec<String>,
    pub parent: String,
    pub comment: String,
    /// As the image states it; absent when it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    pub docker_version: String,
    pub author: String,
    pub config: ImageConfig,
    pub architecture: String,
    #[serde(skip_serializing_if = "go::is_zero")]
    pub variant: String,
    pub os: String,
    #[serde(skip_serializing_if = "go::is_zero")]
    pub os_version: String,
    /// Unpacked bytes of all layers.
    pub size: i64,
    pub graph_driver: GraphDriver,
    #[serde(rename = "RootFS")]
    pub root_fs: RootFs,
    pub metadata: ImageMetadata,
}

/// What an image says about the containers made from it; some keys are there without a value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ImageConfig {
    #[serde(deserialize_with = "go::null")]
    pub user: String,
    #[serde(with = "go::set", skip_serializing_if = "go::is_zero")]
    pub exposed_ports: BTreeSet<String>,
    #[serde(with = "go::nullable")]
    pub env: Vec<String>,
    #[serde(with = "go::nullable")]
    pub entrypoint: Vec<String>,
    #[serde(with = "go::nullable")]
    pub cmd: Vec<String>,
    #[serde(with = "go::set")]
    pub volumes: BTreeSet<String>,
    #[serde(deserialize_with = "go::null")]
    pub working_dir: String,
    #[serde(with = "go::nullable")]
    pub labels: BTreeMap<String, String>,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub stop_signal: String,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub args_escaped: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<HealthConfig>,
    #[serde(with = "go::nullable")]
    pub on_build: Vec<String>,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub shell: Vec<String>,
    /// Keys that this version does not know, kept as they came.
    #[serde(flatten)]
    pub extra: Object,
}

/// The layers of an image by the digests of their unpacked tars, base first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct RootFs {
    pub r#type: String,
    #[serde(deserialize_with = "go::null")]
    pub layers: Vec<String>,
}

impl Default for RootFs {
    fn default() -> Self {
        Self {
            r#type: "layers".to_owned(),
            layers: Vec::new(),
        }
    }
}

/// What this host knows of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ImageMetadata {
    pub last_tag_time: Timestamp,
}

impl Default for ImageMetadata {
    fn default() -> Self {
        Self {
            last_tag_time: NEVER,
        }
    }
}

/// One line of `GET /images/{name}/history`, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct HistoryItem {
    /// The image's id on the first line, `<missing>` on the others.
    pub id: String,
    /// Seconds since 1970.
    pub created: i64,
    pub created_by: String,
    #[serde(with = "go::nullable")]
    pub tags: Vec<String>,
    pub size: i64,
    pub comment: String,
}

/// One line of what a delete did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImageDeleteItem {
    Untagged(String),
    Deleted(String),
}

/// The answer to `POST /images/prune`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ImagesPruned {
    #[serde(with = "go::nullable")]
    pub images_deleted: Vec<ImageDeleteItem>,
    pub space_reclaimed: u64,
}
