//! Files of a container or a volume, as a window shows and changes them.

use serde::{Deserialize, Serialize};

/// Whose files are meant, by id or name: `/gantry/v1/containers/{id}/files` and
/// `/gantry/v1/volumes/{name}/files` are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilesOf {
    Container(String),
    Volume(String),
}

/// `GET /gantry/v1/containers/{id}/changes`: how much a container changed in its image's files.
/// Folders on the way to a change do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangeSums {
    pub added: u64,
    pub modified: u64,
    pub deleted: u64,
    /// Bytes of the files that were added or modified.
    pub bytes: u64,
}

/// `POST …/files/rename`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RenameFile {
    pub from: String,
    /// Where nothing may be yet.
    pub to: String,
}
