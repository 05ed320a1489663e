//! `images.json`: the truth about which images are here and what they are called.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gantry_file::Durability;
use gantry_oci::{Descriptor, DiffId, Digest, ImageId, Reference};
use serde::{Deserialize, Serialize};

use crate::layout::Layout;
use crate::settle::Unsettled;
use crate::{Error, LayerBlob, Result};

const VERSION: u32 = 1;

/// The content of `images.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Catalogue {
    version: u32,
    pub images: BTreeMap<ImageId, ImageRecord>,
    /// Tagged names.
    pub names: BTreeMap<Reference, ImageId>,
    /// Names by digest, as pulls write them.
    pub digests: BTreeMap<Reference, ImageId>,
    /// Removed images that containers still stand on. Nothing leads to them but their id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kept: BTreeMap<ImageId, ImageRecord>,
    /// Images that are on their way to the disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsettled: Option<Unsettled>,
}

/// One image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ImageRecord {
    pub manifest: BlobRecord,
    pub config_size: u64,
    /// Lowest first.
    pub layers: Vec<LayerRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ImageId>,
    /// Nanoseconds since the epoch.
    pub tagged_at: u64,
}

/// A blob and what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct BlobRecord {
    pub media_type: String,
    pub digest: Digest,
    pub size: u64,
}

impl BlobRecord {
    /// The blob as manifests name it.
    pub fn descriptor(&self) -> Descriptor {
        Descriptor::new(&self.media_type, self.digest, self.size)
    }

    /// The record as callers see it.
    pub fn public(&self) -> LayerBlob {
        LayerBlob {
            digest: self.digest,
            size: self.size,
            media_type: self.media_type.clone(),
        }
    }
}

/// One layer of an image: what it is, and the stored bytes it came as.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LayerRecord {
    pub diff_id: DiffId,
    pub blob: BlobRecord,
    /// The same compressed for a registry, where it came uncompressed and was pushed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packed: Option<BlobRecord>,
}

impl LayerRecord {
    pub fn new(diff_id: DiffId, blob: BlobRecord) -> Self {
        Self {
            diff_id,
            blob,
            packed: None,
        }
    }

    /// Whether it is stored uncompressed.
    pub fn is_plain(&self) -> bool {
        self.blob.digest == self.diff_id.digest()
    }

    /// The layer as the blob of that digest, where it is stored as that.
    pub fn as_blob(&self, digest: &Digest) -> Option<Self> {
        let mut blobs = [Some(&self.blob), self.packed.as_ref()]
            .into_iter()
            .flatten();
        let blob = blobs.find(|blob| blob.digest == *digest)?;
        Some(Self::new(self.diff_id, blob.clone()))
    }
}

impl Default for Catalogue {
    fn default() -> Self {
        Self {
            version: VERSION,
            images: BTreeMap::new(),
            names: BTreeMap::new(),
            digests: BTreeMap::new(),
            kept: BTreeMap::new(),
            unsettled: None,
        }
    }
}

impl Catalogue {
    /// Reads the file; a store without one is empty.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(Error::io("reading", path, error)),
        };
        let damaged = |why: String| Error::Damaged {
            what: path.display().to_string(),
            why,
        };
        let catalogue: Self =
            serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        if catalogue.version != VERSION {
            return Err(damaged(format!(
                "version {} is not known",
                catalogue.version
            )));
        }
        Ok(catalogue)
    }

    /// Replaces the file; it is on the disk when this returns.
    pub fn write(&self, layout: &Layout) -> Result<()> {
        let path = &layout.catalogue();
        let failed = |source: std::io::Error| Error::io("writing", path, source);
        let bytes = serde_json::to_vec_pretty(self).map_err(|error| failed(error.into()))?;
        let replaced = gantry_file::replace(path, &bytes, Durability::Durable);
        replaced.map(drop).map_err(failed)
    }

    /// Every image, removed ones that are kept among them.
    pub fn all(&self) -> impl Iterator<Item = (&ImageId, &ImageRecord)> {
        self.images.iter().chain(&self.kept)
    }

    /// The compressed form of a layer that came uncompressed.
    pub fn packed(&self, diff_id: &DiffId) -> Option<&BlobRecord> {
        let mut layers = self.all().flat_map(|(_, image)| &image.layers);
        layers.find_map(|layer| layer.packed.as_ref().filter(|_| layer.diff_id == *diff_id))
    }

    /// All blobs that images need.
    pub fn blobs(&self) -> BTreeSet<Digest> {
        self.all().flat_map(|(id, image)| image.blobs(id)).collect()
    }

    /// All layers that images need.
    pub fn layers(&self) -> BTreeSet<DiffId> {
        self.all()
            .flat_map(|(_, image)| image.layers.iter().map(|layer| layer.diff_id))
            .collect()
    }

    /// The tagged names of an image, sorted.
    pub fn names_of(&self, id: ImageId) -> Vec<Reference> {
        let of_image = self.names.iter().filter(|(_, image)| **image == id);
        of_image.map(|(name, _)| name.clone()).collect()
    }

    /// The names by digest of an image, sorted.
    pub fn digests_of(&self, id: ImageId) -> Vec<Reference> {
        let of_image = self.digests.iter().filter(|(_, image)| **image == id);
        of_image.map(|(name, _)| name.clone()).collect()
    }
}

impl ImageRecord {
    /// The blobs of the image.
    pub fn blobs(&self, id: &ImageId) -> impl Iterator<Item = Digest> {
        [id.digest(), self.manifest.digest]
            .into_iter()
            .chain(self.layers.iter().flat_map(|layer| {
                let packed = layer.packed.iter().map(|blob| blob.digest);
                packed.chain([layer.blob.digest])
            }))
    }

    /// The diff ids, lowest first.
    pub fn diff_ids(&self) -> Vec<DiffId> {
        self.layers.iter().map(|layer| layer.diff_id).collect()
    }
}

/// Now, as the catalogue writes it.
pub(crate) fn now() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
        })
}
