//! Volumes and what can be done with one.

use serde::{Deserialize, Serialize};

use crate::call::call;

/// One row of the list. Which containers mount it, their rows say ([`crate::Container::mounts`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    pub name: String,
    pub created_at: i64,
    /// Nobody gave it a name.
    pub anonymous: bool,
    /// The folder of its files on this computer.
    pub folder: String,
    /// The folder of this computer that it stands for.
    pub device: Option<String>,
    /// The Compose project, when the labels name one.
    pub project: Option<String>,
}

/// A mount of a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    pub kind: MountKind,
    /// The volume's name, or the folder of this computer; empty for memory.
    pub source: String,
    /// The place in the container.
    pub target: String,
    pub writable: bool,
}

/// Where the files of a mount lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MountKind {
    Volume,
    /// A folder or file of this computer.
    Bind,
    /// In memory.
    Tmpfs,
}

/// Makes an empty volume; the reply is its name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreateVolume {
    /// Empty takes a random one.
    pub name: String,
}
call!(CreateVolume, "create_volume", String);

/// Removes a volume that no container has.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemoveVolume {
    pub name: String,
}
call!(RemoveVolume, "remove_volume", ());

/// What each volume takes, which costs a walk over their files.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VolumeUses {}
call!(VolumeUses, "volume_uses", Vec<VolumeUse>);

/// What one volume takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeUse {
    pub name: String,
    pub bytes: u64,
    pub files: u64,
    /// When the newest of its files was written; `None` while there is none.
    pub written_at: Option<i64>,
}

/// One folder of a volume.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VolumeEntries {
    pub name: String,
    /// Without a slash at the start; empty is the top.
    pub dir: String,
}
call!(VolumeEntries, "volume_entries", FilePage);

/// The entries of a folder, the largest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePage {
    pub entries: Vec<FileEntry>,
    /// Entries that are not shown.
    pub more: u64,
}

/// One entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    pub name: String,
    pub kind: FileKind,
    /// Of a folder, everything below it.
    pub size: u64,
    /// Files below a folder.
    pub files: u64,
    pub modified_at: i64,
    /// Where a link leads.
    pub target: Option<String>,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    Folder,
    File,
    Link,
    /// A device, pipe or socket.
    Special,
}

/// Writes a volume's files into a tar of this computer; the reply is the task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BackupVolume {
    pub name: String,
    pub path: String,
    /// In place of a file that is there already; refused as `file-exists` otherwise.
    pub overwrite: bool,
}
call!(BackupVolume, "backup_volume", String);

/// Makes a new volume of a tar of this computer; the reply is the task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RestoreVolume {
    pub name: String,
    pub path: String,
}
call!(RestoreVolume, "restore_volume", String);
