//! What callers ask of the store.

use std::collections::BTreeSet;
use std::path::PathBuf;

use gantry_oci::{Compression, DiffId, ImageConfig, ImageId, Reference};

/// Which images to save, by what the user typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Saved with this name. A repository without a tag means all its tags, as with Docker.
    Name(Reference),
    /// Saved without a name.
    Id(ImageId),
}

/// What a saved archive looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SaveFormat {
    /// Docker 25's layout: manifest.json and an OCI layout in one tar, which every tool reads.
    #[default]
    DockerArchive,
    /// The OCI layout alone.
    OciArchive,
}

/// A wish to save.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SaveRequest {
    pub images: Vec<Target>,
    pub format: SaveFormat,
    /// Of the whole file; the layers inside are copied as they are stored.
    pub compression: Compression,
}

/// The upper directory of a container's overlay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpperDir(pub PathBuf);

/// One line of `docker diff`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Absolute inside the container. Not always UTF-8.
    pub path: Vec<u8>,
    pub kind: ChangeKind,
    /// Bytes of the file now; 0 for what was deleted and for what is no regular file.
    pub size: u64,
    /// Bytes of what the image has there.
    pub before: u64,
    /// It is, or was, a folder.
    pub folder: bool,
}

/// How a path differs from the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// `C`, Docker's kind 0.
    Modified,
    /// `A`, Docker's kind 1.
    Added,
    /// `D`, Docker's kind 2.
    Deleted,
}

/// A wish to make an image of a container's changes.
#[derive(Debug, Clone)]
pub struct CommitRequest {
    /// The image the container was made from; `None` for a container without one.
    pub parent: Option<ImageId>,
    pub upper: UpperDir,
    /// Which of the changes the image gets: those at these absolute paths and below them, in the
    /// folders that lead there. Empty means all.
    pub paths: Vec<String>,
    /// The new image's config: `config` and the platform are taken from it; layers, history and
    /// creation time are written by the store.
    pub config: ImageConfig,
    pub author: String,
    pub comment: String,
    /// The command of the container, for the history.
    pub created_by: String,
    /// Names for the new image; each must have a tag.
    pub names: Vec<Reference>,
    /// Of the new layer. gzip by default: every reader knows it.
    pub compression: Compression,
}

/// A wish to make an image of a root file system.
#[derive(Debug, Clone, Default)]
pub struct ImportRequest {
    /// The new image's config: layers, history and creation time are written by the store.
    pub config: ImageConfig,
    /// For the history.
    pub comment: String,
    /// Names for the new image; each must have a tag.
    pub names: Vec<Reference>,
}

/// How to remove an image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemoveOptions {
    /// Remove all names of an image that was given by id.
    pub force: bool,
    /// Keep untagged parents.
    pub keep_parents: bool,
    /// What stays when its image goes.
    pub keep: InUse,
}

/// What containers stand on. An image among it that is removed has no name any more and is not
/// listed, but all of it stays until [`Store::release`](crate::Store::release) is called without it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InUse {
    pub images: BTreeSet<ImageId>,
    /// Their layers, which stay even where nothing is known of the image any more.
    pub layers: BTreeSet<DiffId>,
    /// There are containers of which nobody knows what they stand on: everything counts.
    pub everything: bool,
}

impl InUse {
    pub(crate) fn has_image(&self, id: &ImageId) -> bool {
        self.everything || self.images.contains(id)
    }

    pub(crate) fn has_layer(&self, layer: &DiffId) -> bool {
        self.everything || self.layers.contains(layer)
    }
}

/// What a removal would do, so that the engine can refuse it while a container uses the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovePlan {
    pub image: ImageId,
    /// Names that would go.
    pub untagged: Vec<Reference>,
    /// Whether the image itself would go, and not only a name.
    pub deletes: bool,
    /// Whether the target was an id (or a prefix of one) and not a name.
    pub by_id: bool,
}

/// One line that `docker rmi` prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    /// A familiar name.
    Untagged(String),
    /// `sha256:…` of the image, or of a layer's chain.
    Deleted(String),
}
