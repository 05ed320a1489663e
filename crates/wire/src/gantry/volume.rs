//! Volumes as a window shows them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::EntryKind;
use crate::{NEVER, Timestamp};

/// A volume. Which containers mount it, their rows say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Volume {
    pub name: String,
    pub created: Timestamp,
    pub labels: BTreeMap<String, String>,
    /// Nobody gave it a name.
    pub anonymous: bool,
    /// The folder of its files.
    pub mountpoint: String,
    /// The folder of this computer that it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}

impl Default for Volume {
    fn default() -> Self {
        Self {
            name: String::new(),
            created: NEVER,
            labels: BTreeMap::new(),
            anonymous: false,
            mountpoint: String::new(),
            device: None,
        }
    }
}

/// `POST /gantry/v1/volumes/backup`: a volume's files into a tar.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BackupRequest {
    pub volume: String,
    /// Absolute, on the engine's computer.
    pub path: String,
    /// Replace what is there.
    pub overwrite: bool,
}

/// `POST /gantry/v1/volumes/restore`: a new volume from a tar.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RestoreRequest {
    /// Absolute, on the engine's computer.
    pub path: String,
    pub volume: String,
}

/// One line of `GET /gantry/v1/volumes/usage`: what a volume takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeUse {
    pub name: String,
    pub bytes: u64,
    pub files: u64,
    /// When the newest of its files was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Timestamp>,
}

/// `GET /gantry/v1/volumes/{name}/entries?dir=PATH`: one folder, the largest entries first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FilePage {
    pub dir: String,
    pub entries: Vec<FileEntry>,
    /// Entries beyond the limit.
    pub more: u64,
}

/// A file, folder or other thing on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Bytes that are not UTF-8 are replaced.
    pub name: String,
    pub kind: EntryKind,
    /// Bytes of a file, or of all files below a folder.
    pub size: u64,
    /// Files below a folder.
    pub files: u64,
    pub modified: Timestamp,
    /// Permission bits.
    pub mode: u32,
    /// Where a link leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}
