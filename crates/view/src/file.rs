//! Files of a container or a volume: looked at, read, changed, carried in and out.

use serde::{Deserialize, Serialize};

use crate::call::{call, subscribe};
use crate::explore::EntryPage;

/// Lists one folder of a container, folders first and then by name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ContainerFiles {
    pub id: String,
    /// Path without leading slash; empty is the root.
    pub dir: String,
    /// Only what the container changed, with sums of what lies deeper.
    pub changed: bool,
    /// At most so many.
    pub limit: u32,
}
call!(ContainerFiles, "container_files", EntryPage);

/// Counts what a container changed against its image.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ContainerChangeSums {
    pub id: String,
}
call!(ContainerChangeSums, "container_change_sums", ChangeSums);

/// How much a container changed; folders on the way to a change do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSums {
    pub added: u64,
    pub modified: u64,
    pub deleted: u64,
    /// Bytes of what was added or modified.
    pub bytes: u64,
}

impl ChangeSums {
    pub fn total(&self) -> u64 {
        self.added + self.modified + self.deleted
    }
}

/// Reads the beginning of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadContainerFile {
    pub id: String,
    /// Without leading slash.
    pub path: String,
    pub side: FileSide,
}
call!(ReadContainerFile, "read_container_file", FileView);

/// Whose version of a file is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileSide {
    /// The container's, as it is now.
    Now,
    /// The image's.
    Image,
}

/// What a file holds, as far as a person looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileView {
    pub size: u64,
    /// Not known of the image's side.
    pub stamp: Option<FileStamp>,
    pub content: FileContent,
}

/// By what a file is known again when it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileStamp {
    pub modified_at: i64,
    /// The time to the nanosecond, which only the engine reads.
    pub exact: String,
    pub size: u64,
}

/// What a preview shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileContent {
    Text(String),
    /// As an address that an image element takes.
    Picture(String),
    /// Neither.
    Bytes,
    /// Text or a picture of more bytes than are shown.
    TooLarge,
}

/// Compares the container's version of a text with the image's, line by line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DiffContainerFile {
    pub id: String,
    pub path: String,
}
call!(DiffContainerFile, "diff_container_file", FileDiff);

/// What changed in a text, in pieces with a few lines around each; `None` where it is no text.
pub type FileDiff = Option<Vec<Vec<DiffLine>>>;

/// A line of a comparison, with its numbers from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    /// In the image; `None` for what was added.
    pub before: Option<u32>,
    /// In the container; `None` for what was removed.
    pub after: Option<u32>,
    pub text: String,
}

/// Takes back what a container did to a file: what it added goes, what it changed or deleted comes
/// from the image again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RevertContainerFile {
    pub id: String,
    /// Without leading slash.
    pub path: String,
}
call!(RevertContainerFile, "revert_container_file", ());

/// Whose files are meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FilesOf {
    /// By its id.
    Container(String),
    /// By its name.
    Volume(String),
}

/// Makes an empty folder. Paths are without leading slash here and below.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MakeFolder {
    pub of: FilesOf,
    pub path: String,
}
call!(MakeFolder, "make_folder", ());

/// Writes a text into a file, unless it was changed since it was read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WriteFile {
    pub of: FilesOf,
    pub path: String,
    pub text: String,
    /// What was read; `None` makes a new file.
    pub stamp: Option<FileStamp>,
}
call!(WriteFile, "write_file", FileStamp);

/// Gives a file or folder another path, where nothing may be yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RenameFile {
    pub of: FilesOf,
    pub from: String,
    pub to: String,
}
call!(RenameFile, "rename_file", ());

/// Removes a file, or a folder with all that is in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemoveFile {
    pub of: FilesOf,
    pub path: String,
}
call!(RemoveFile, "remove_file", ());

/// Copies files and folders of this computer into a folder. The stream ends when they are there;
/// who leaves it stops the copy, and what had come stays.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UploadFiles {
    pub of: FilesOf,
    pub dir: String,
    /// Absolute.
    pub paths: Vec<String>,
}
subscribe!(UploadFiles, "upload_files", Copied);

/// How far a copy is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    pub bytes: u64,
}

/// Copies a file, or a folder with all that is in it, into a folder of another container or volume,
/// or of the same; as [`UploadFiles`] does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CopyFile {
    pub from: FilesOf,
    pub path: String,
    pub to: FilesOf,
    pub dir: String,
}
subscribe!(CopyFile, "copy_file", Copied);

/// Writes a file, or a folder as a tar, to a path of this computer; the reply is its bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SaveFile {
    pub of: FilesOf,
    pub path: String,
    pub folder: bool,
    pub target: String,
}
call!(SaveFile, "save_file", u64);
