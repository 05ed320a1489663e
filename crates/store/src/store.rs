//! The store itself.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use gantry_oci::{DiffId, Digest, ImageId, Reference};

use crate::*;

/// The images of one data root. Clones share it; all methods block.
#[derive(Clone)]
pub struct Store {}

fn later<T>() -> Result<T> {
    Err(Error::Damaged {
        what: "store".into(),
        why: "not yet".into(),
    })
}

impl Store {
    /// Opens the store below `root`, creating it; sweeps what a crash left behind.
    pub fn open(_root: &Path) -> Result<Self> {
        later()
    }
    /// Loads all images of a tar stream (plain, gzip or zstd).
    pub fn load(
        &self,
        _input: impl Read + Send,
        _progress: &dyn Progress,
        _cancel: &CancelFlag,
    ) -> Result<Vec<Loaded>> {
        later()
    }
    /// Loads an archive file or an OCI layout folder.
    pub fn load_path(
        &self,
        _path: &Path,
        _progress: &dyn Progress,
        _cancel: &CancelFlag,
    ) -> Result<Vec<Loaded>> {
        later()
    }
    /// Writes images as one tar.
    pub fn save(
        &self,
        _request: &SaveRequest,
        _output: impl Write + Send,
        _progress: &dyn Progress,
        _cancel: &CancelFlag,
    ) -> Result<()> {
        later()
    }
    /// Writes images as an OCI layout folder.
    pub fn save_layout(
        &self,
        _images: &[Target],
        _folder: &Path,
        _progress: &dyn Progress,
        _cancel: &CancelFlag,
    ) -> Result<()> {
        later()
    }
    /// All images, newest first.
    pub fn images(&self) -> Result<Vec<Image>> {
        later()
    }
    /// One image.
    pub fn image(&self, _id: &ImageId) -> Result<Image> {
        later()
    }
    /// Finds an image by name, digest, id or id prefix.
    pub fn resolve(&self, _text: &str) -> Result<ImageId> {
        later()
    }
    /// Docker's history, newest first.
    pub fn history(&self, _id: &ImageId) -> Result<Vec<HistoryEntry>> {
        later()
    }
    /// Gives an image a name; returns the image that had it before.
    pub fn tag(&self, _id: &ImageId, _name: &Reference) -> Result<Option<ImageId>> {
        later()
    }
    /// Takes a name away; the image stays. Returns whether the name was there.
    pub fn untag(&self, _name: &Reference) -> Result<bool> {
        later()
    }
    /// What `remove` would do.
    pub fn plan_remove(&self, _target: &str, _options: RemoveOptions) -> Result<RemovePlan> {
        later()
    }
    /// Removes a name or an image, as `docker rmi` does.
    pub fn remove(&self, _target: &str, _options: RemoveOptions) -> Result<Vec<Removed>> {
        later()
    }
    /// What the store holds.
    pub fn disk_usage(&self) -> Result<DiskUsage> {
        later()
    }
    /// The layer directories for overlayfs, topmost first; short names below the store's root.
    pub fn lower_dirs(&self, _id: &ImageId) -> Result<Vec<PathBuf>> {
        later()
    }
    /// What a container changed.
    pub fn changes(&self, _upper: &UpperDir, _image: &ImageId) -> Result<Vec<Change>> {
        later()
    }
    /// Makes an image of a container's changes.
    pub fn commit(
        &self,
        _request: &CommitRequest,
        _progress: &dyn Progress,
        _cancel: &CancelFlag,
    ) -> Result<ImageId> {
        later()
    }
    /// The path of a stored blob.
    pub fn blob_path(&self, _digest: &Digest) -> PathBuf {
        PathBuf::new()
    }
    /// One layer. (Type `Layer` follows: path, facts, `index()`.)
    pub fn layer(&self, _diff_id: &DiffId) -> Result<()> {
        later()
    }
}
