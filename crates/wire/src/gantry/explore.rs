//! What an image holds beyond one directory: waste, search, comparison.

use serde::{Deserialize, Serialize};

use super::Entry;

/// Which layers a directory or a file is looked for in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The layer itself.
    #[default]
    Layer,
    /// All layers up to it, as a container would see them.
    Image,
}

/// `GET /gantry/v1/images/{id}/waste`: bytes that ship and that no container sees.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Waste {
    /// Bytes of the files of all layers.
    pub total: u64,
    /// Those that a container sees.
    pub seen: u64,
    /// By layer, the base first.
    pub layers: Vec<WastedLayer>,
    /// The paths that waste most, the worst first.
    pub files: Vec<WastedFile>,
}

/// What of a layer is replaced or deleted above it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WastedLayer {
    pub bytes: u64,
    /// The layer that hides most of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<u32>,
}

/// A path that ships more than it shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WastedFile {
    pub path: String,
    pub bytes: u64,
    /// Copies that nobody sees.
    pub copies: u32,
    /// Whether the path is gone from the image altogether.
    pub deleted: bool,
}

/// `GET /gantry/v1/images/{id}/search?text=TEXT&layer=N&limit=N`: what the first layers show whose
/// name contains the text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchResult {
    pub hits: Vec<Hit>,
    /// Hits beyond the limit.
    pub more: u64,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Without a leading slash.
    pub path: String,
    pub entry: Entry,
}

/// `GET /gantry/v1/images/{id}/compare?with=IMAGE&dir=PATH&limit=N`: what of a directory is not
/// the same in the other image.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Comparison {
    pub dir: String,
    /// The largest first.
    pub rows: Vec<Difference>,
    /// Rows beyond the limit.
    pub more: u64,
    /// Files in and below the directory.
    pub added: u64,
    pub modified: u64,
    pub deleted: u64,
}

/// A path that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// As the other image has it, or as this one has what is missing there. Its `size` is what is
    /// there now; `files` counts what differs below a directory.
    #[serde(flatten)]
    pub entry: Entry,
    /// Bytes in this image; of a directory, all below it that differs.
    pub before: u64,
}
