//! What the store tells about images.

use std::sync::Arc;

use gantry_oci::{ChainId, DiffId, Digest, ImageConfig, ImageId, Platform, Reference};

/// An image of this store.
#[derive(Debug, Clone)]
pub struct Image {
    /// The digest of the config document.
    pub id: ImageId,
    /// `repository:tag` names, sorted.
    pub names: Vec<Reference>,
    /// `repository@digest` names: Docker's RepoDigests.
    pub digests: Vec<Reference>,
    /// The digest of the manifest that is stored for this image.
    pub manifest: Digest,
    pub config: Arc<ImageConfig>,
    /// Lowest first.
    pub layers: Vec<DiffId>,
    /// The stored bytes of each of `layers`.
    pub blobs: Vec<LayerBlob>,
    /// Bytes of all files of all layers: Docker's Size.
    pub size: u64,
    /// Bytes of the stored layer blobs.
    pub stored_size: u64,
    /// The image this one was committed or built from, when it was here.
    pub parent: Option<ImageId>,
    /// When the image came or its names changed last; nanoseconds since the epoch.
    pub tagged_at: u64,
    pub platform: Platform,
    pub fit: PlatformFit,
}

/// The stored bytes of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerBlob {
    pub digest: Digest,
    pub size: u64,
    /// Says how the layer is compressed.
    pub media_type: String,
}

/// Whether an image's programs start on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlatformFit {
    Native,
    /// Made for another operating system or processor.
    Foreign,
}

/// One image that a load brought.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub id: ImageId,
    /// The names the archive gave it; empty for an archive without names.
    pub names: Vec<Reference>,
    /// Names that pointed to another image until now, with that image.
    pub replaced: Vec<(Reference, ImageId)>,
    /// Whether the image was not here before.
    pub new: bool,
    pub platform: Platform,
    pub fit: PlatformFit,
    /// Lowest first.
    pub layers: Vec<LoadedLayer>,
}

/// One layer of a loaded image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedLayer {
    pub diff_id: DiffId,
    /// The digest of the stored bytes.
    pub blob: Digest,
    /// Bytes as stored.
    pub blob_size: u64,
    /// `Verified` when it was unpacked now, else `AlreadyHere`.
    pub state: LayerState,
    /// Entries that this process could not create: devices and foreign ids in a user namespace.
    pub withheld: u64,
}

/// How far a layer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayerState {
    /// Its turn to be fetched has not come.
    Waiting,
    /// It comes from a registry, and is hashed and unpacked on the way.
    Downloading,
    /// All of it came and has the right digest; it is unpacked to its end.
    Downloaded,
    /// Its bytes are read and hashed; it may be here already.
    Hashing,
    /// It is read, hashed and unpacked at the same time.
    Unpacking,
    /// Digests and sizes were right and the layer is complete.
    Verified,
    /// Nothing had to be done.
    AlreadyHere,
}

/// One line of `docker history`, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The image that ended with this step, when it is here.
    pub id: Option<ImageId>,
    /// RFC 3339.
    pub created: Option<String>,
    pub created_by: String,
    pub comment: String,
    pub author: String,
    /// The step changed only the config.
    pub empty_layer: bool,
    /// The step's layer; `None` for an empty one.
    pub diff_id: Option<DiffId>,
    pub chain_id: Option<ChainId>,
    /// Bytes of the layer's files.
    pub size: u64,
    /// Names of `id`.
    pub names: Vec<Reference>,
}

/// What the store holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiskUsage {
    pub images: Vec<ImageUsage>,
    /// Bytes of all files of all unpacked layers: Docker's LayersSize.
    pub layers: u64,
    /// Bytes of all stored blobs.
    pub blobs: u64,
    /// Bytes of downloads that did not come to their end, or not yet.
    pub partial: u64,
    /// Bytes of all of it.
    pub total: u64,
}

/// What one image holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageUsage {
    pub id: ImageId,
    /// Bytes of all files of its layers.
    pub size: u64,
    /// Of these, in layers that other images use too.
    pub shared: u64,
    /// Of these, in layers that no other image uses.
    pub unique: u64,
}

/// How an image's platform fits a machine.
pub(crate) fn fit(image: &Platform, host: &Platform) -> PlatformFit {
    if image.runs_on(host) {
        PlatformFit::Native
    } else {
        PlatformFit::Foreign
    }
}
