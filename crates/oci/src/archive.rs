//! The documents of Docker's own archive format.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Descriptor;

/// One image in `manifest.json` of a docker-archive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DockerManifest {
    /// The path of the config document inside the archive.
    pub config: String,
    /// Familiar names; `null` for an image without one.
    #[serde(default)]
    pub repo_tags: Option<Vec<String>>,
    /// The paths of the layers inside the archive, lowest first.
    #[serde(default)]
    pub layers: Option<Vec<String>>,
    /// The parent's image id, which old Docker versions wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Diff id → the blob that holds the layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer_sources: Option<BTreeMap<String, Descriptor>>,
}

/// The file `repositories`: familiar repository → tag → the id of the topmost layer.
pub type Repositories = BTreeMap<String, BTreeMap<String, String>>;
