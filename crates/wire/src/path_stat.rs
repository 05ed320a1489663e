//! What is at a path of a container.

use serde::{Deserialize, Serialize};

use crate::{NEVER, Timestamp};

/// What `HEAD` and `GET /containers/{id}/archive` say in the header
/// `X-Docker-Container-Path-Stat`: this as JSON, in base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PathStat {
    /// The last component of the path.
    pub name: String,
    pub size: i64,
    /// As Go's `os.FileMode` has it.
    pub mode: u32,
    pub mtime: Timestamp,
    /// Where a symlink leads in the end; empty for everything else.
    pub link_target: String,
}

impl Default for PathStat {
    fn default() -> Self {
        Self {
            name: String::new(),
            size: 0,
            mode: 0,
            mtime: NEVER,
            link_target: String::new(),
        }
    }
}

impl PathStat {
    /// The header's name.
    pub const HEADER: &str = "x-docker-container-path-stat";
    /// The bit of `mode` for a folder.
    pub const FOLDER: u32 = 1 << 31;
    /// The bit of `mode` for a symlink.
    pub const SYMLINK: u32 = 1 << 27;

    pub fn is_folder(&self) -> bool {
        self.mode & Self::FOLDER != 0
    }

    pub fn is_symlink(&self) -> bool {
        self.mode & Self::SYMLINK != 0
    }
}
