//! An image's layers, and what is in them.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// `GET /gantry/v1/images/{id}/layers`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LayerStack {
    /// The image's id.
    pub image: String,
    /// Unpacked bytes of all layers.
    pub size: u64,
    /// History in the order it was made: base first. Instructions without files have no layer.
    pub items: Vec<StackItem>,
}

/// One step of an image's history.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StackItem {
    /// As the image states it: `COPY app /app`, `/bin/sh -c #(nop)  CMD ["sh"]`.
    pub instruction: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    pub author: String,
    pub comment: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<Layer>,
}

/// One layer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Layer {
    /// Its number, from 0 at the base: the `{n}` of the entries' path.
    pub index: u32,
    pub diff_id: String,
    /// The blob it came as, and that blob's bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blob_size: Option<u64>,
    /// Unpacked bytes.
    pub size: u64,
    pub files: u64,
    pub directories: u64,
    /// Paths of lower layers that it deletes.
    pub deletions: u64,
    /// Ids of other images that have it too.
    pub shared_with: Vec<String>,
}

/// `GET /gantry/v1/images/{id}/layers/{n}/entries?dir=PATH&scope=layer|image&limit=N`: one
/// directory, of the layer itself or of all layers up to it; the largest entries first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EntryPage {
    pub dir: String,
    pub entries: Vec<Entry>,
    /// Entries beyond the limit, and their bytes.
    pub more: u64,
    pub more_size: u64,
}

/// A path of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The last part of the path; bytes that are not UTF-8 are replaced.
    pub name: String,
    pub kind: EntryKind,
    pub change: EntryChange,
    /// Bytes of a file; of a directory, everything below it in the same scope; of what was deleted,
    /// what it held.
    pub size: u64,
    /// Of a file that a container modified, its bytes in the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// Files below a directory, in the same scope.
    #[serde(default)]
    pub files: u64,
    /// The layer that it comes from, counted from 0 at the base.
    #[serde(default)]
    pub layer: u32,
    /// Permission bits.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub modified: Timestamp,
    /// Where a link leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// What a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    File,
    Directory,
    Symlink,
    Hardlink,
    Device,
    Fifo,
    Socket,
}

/// What a layer does to a path of the layers below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryChange {
    Added,
    Modified,
    Deleted,
    /// A directory that the layer only passes through.
    Unchanged,
}
