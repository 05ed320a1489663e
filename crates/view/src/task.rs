//! Work that takes time and goes on without the window: import, export, commit, backup, restore,
//! pull, push.

use serde::{Deserialize, Serialize};

use crate::{Failure, call::call};

/// One piece of work of the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub id: String,
    pub kind: TaskKind,
    /// The file's name, or what is being made.
    pub title: String,
    /// The whole path where there is one.
    pub path: String,
    pub state: TaskState,
    pub done_bytes: u64,
    /// 0 while unknown.
    pub total_bytes: u64,
    pub layers: Vec<TaskLayer>,
    pub started_at: i64,
    pub finished_at: Option<i64>,
    /// Images that were imported, exported or made.
    pub images: Vec<TaskImage>,
    pub failure: Option<Failure>,
}

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskKind {
    Import,
    Export,
    Commit,
    /// A volume into a tar.
    Backup,
    /// A volume from a tar.
    Restore,
    /// An image from a registry.
    Pull,
    /// An image to a registry.
    Push,
}

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskState {
    Running,
    Done,
    Failed,
    Cancelled,
}

/// One layer on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskLayer {
    /// Empty while not known.
    pub digest: String,
    pub size: u64,
    pub done: u64,
    pub state: TaskLayerState,
}

impl TaskLayer {
    /// Whether nothing had to be fetched or sent.
    pub fn is_here(&self) -> bool {
        self.state == TaskLayerState::AlreadyHere
    }
}

/// What happens to the layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskLayerState {
    Waiting,
    Downloading,
    Uploading,
    Hashing,
    Unpacking,
    Writing,
    Verified,
    AlreadyHere,
}

/// An image that a task dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskImage {
    pub id: String,
    /// Empty when the image has no name.
    pub reference: String,
    pub size: u64,
    pub runnable: bool,
    pub platform: String,
}

/// Imports image files that lie on this computer. One task per path.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportImages {
    pub paths: Vec<String>,
}
call!(ImportImages, "import_images", Vec<String>);

/// Imports the image that comes with Gantry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportWelcome {}
call!(ImportWelcome, "import_welcome", String);

/// Writes images to one file or folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportImages {
    /// Names or ids.
    pub images: Vec<String>,
    pub format: ExportFormat,
    pub compression: Compression,
    pub path: String,
    /// Also write `<path>.sha256`.
    pub checksum: bool,
    /// In place of what is there already; refused as `file-exists` otherwise.
    pub overwrite: bool,
}
call!(ExportImages, "export_images", String);

/// The shape of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    DockerArchive,
    OciArchive,
    OciFolder,
}

/// How an exported file is compressed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    None,
    Zstd,
    Gzip,
}

/// What an export will hold, before it starts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EstimateExport {
    pub images: Vec<String>,
    /// Where it would be written; `None` leaves `free_bytes` empty.
    pub path: Option<String>,
}
call!(EstimateExport, "estimate_export", ExportEstimate);

/// The sizes of an export in bytes, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportEstimate {
    /// The images one by one, added up.
    pub sum_bytes: u64,
    /// Layers that occur more than once.
    pub shared_bytes: u64,
    /// What the file holds before outer compression.
    pub archive_bytes: u64,
    /// Free on the disk of the target.
    pub free_bytes: Option<u64>,
}

/// Makes an image from a container's changes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CommitContainer {
    pub id: String,
    /// `repository:tag`; empty makes an image without a name.
    pub reference: String,
    pub author: String,
    pub comment: String,
    pub pause: bool,
    /// Dockerfile instructions: `CMD ["sh"]`, `ENV A=b` …
    pub changes: Vec<String>,
    /// Which changed files it gets, without leading slash, with all below them; empty is all.
    pub paths: Vec<String>,
}
call!(CommitContainer, "commit_container", String);

/// What a commit would hold: the container's changes against its image.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ContainerChanges {
    pub id: String,
}
call!(ContainerChanges, "container_changes", Changes);

/// Changed paths, at most a few thousand, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    pub paths: Vec<(crate::EntryChange, String)>,
    pub total: u64,
}

/// Stops a running task and cleans up after it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CancelTask {
    pub id: String,
}
call!(CancelTask, "cancel_task", ());

/// Takes an ended task off the list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DismissTask {
    pub id: String,
}
call!(DismissTask, "dismiss_task", ());
