//! Committing: an image of what a container changed.
//!
//! ```text
//!  upper ─ tar ─┬─ hash (diff id) ─ compress ─ hash ─► staged blob
//!               └─ unpack ───────────────────────────► staged layer + index
//! ```
//!
//! The new layer's directory is made by the same code, from the same bytes, as it would be after a
//! load elsewhere: what is here is what others get.

mod compress;
mod tar;

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use gantry_oci::{Digest, HistoryItem, ImageConfig, ImageId, Platform, RootFs, media_type};

use self::compress::Compressed;
pub(crate) use self::compress::compress;
use self::tar::{Chosen, Fork, write_upper};
use crate::adopt::{Adoption, NewImage, StagedLayer};
use crate::catalogue::{BlobRecord, LayerRecord};
use crate::layer::LayerFacts;
use crate::layout::Staging;
use crate::pins::Pin;
use crate::stream::ChunkReader;
use crate::unpack::{UnpackContext, Whiteouts, unpack};
use crate::upper::Walk;
use crate::{CancelFlag, CommitRequest, Error, Progress, Result, Store};

/// The tar of no entry: Docker adds no layer for it.
const EMPTY_TAR: [u8; 1024] = [0; 1024];

/// What a commit builds on. It stays until this is dropped.
#[derive(Default)]
struct Parent {
    /// Unless it is removed and only kept for its containers.
    id: Option<ImageId>,
    layers: Vec<LayerRecord>,
    config: Option<Arc<ImageConfig>>,
    _pins: Vec<Pin>,
}

/// A layer made of an upper directory.
struct Packed {
    compressed: Compressed,
    facts: LayerFacts,
}

impl Store {
    /// Makes an image of a container's changes and gives it its names.
    ///
    /// The upper directory is read while it may be in use: whoever wants one moment in time pauses
    /// the container.
    pub fn commit(
        &self,
        request: &CommitRequest,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<ImageId> {
        if let Some(name) = request.names.iter().find(|name| name.digest().is_some()) {
            return Err(Error::TagWithDigest(name.clone()));
        }
        let mut parent = self.parent_of(request)?;
        let mut layers = std::mem::take(&mut parent.layers);
        let staging = Staging::new(self.layout())?;
        let packed = self.pack(request, &staging, progress, cancel)?;

        let diff_id = packed.compressed.diff_id;
        let empty = diff_id.digest() == Digest::of(&EMPTY_TAR);
        let mut adoption = Adoption {
            unique: true,
            ..Adoption::default()
        };
        for layer in &layers {
            let facts = self.layer(&layer.diff_id)?.facts;
            adoption.known.insert(layer.diff_id, facts);
        }
        let _same = self.pin(diff_id.digest());
        if !empty {
            let blob = packed.compressed.blob;
            let record = BlobRecord {
                media_type: request.compression.layer_media_type().to_owned(),
                digest: blob,
                size: packed.compressed.size,
            };
            if let Some((record, facts)) = self.layer_by_diff_id(&diff_id) {
                adoption.known.insert(diff_id, facts);
                layers.push(record);
            } else {
                let folder = staging.path().join("layer");
                adoption.layers.insert(
                    diff_id,
                    StagedLayer {
                        folder,
                        facts: packed.facts,
                    },
                );
                adoption.blobs.insert(blob, staging.path().join("blob"));
                layers.push(LayerRecord::new(diff_id, record));
            }
        }
        let config = config(request, parent.config.as_deref(), &layers, empty);
        let config = serde_json::to_vec(&config).map_err(|error| Error::Invalid {
            what: media_type::OCI_CONFIG.to_owned(),
            why: error.to_string(),
        })?;
        let id = ImageId(Digest::of(&config));
        adoption.images.push(NewImage {
            id,
            config: config.into(),
            manifest: None,
            layers,
            names: request
                .names
                .iter()
                .map(|name| name.clone().or_latest())
                .collect(),
            parent: parent.id,
        });
        cancel.check()?;
        self.adopt(adoption, cancel)?;
        Ok(id)
    }

    /// The layers and the config of the parent.
    fn parent_of(&self, request: &CommitRequest) -> Result<Parent> {
        let Some(id) = request.parent else {
            return Ok(Parent::default());
        };
        let record = self.state().base(&id)?.clone();
        let digests = record
            .blobs(&id)
            .chain(record.layers.iter().map(|layer| layer.diff_id.digest()));
        let pins = digests.map(|digest| self.pin(digest)).collect();
        // A removal looks at the pins after its change: what is still here now stays.
        let state = self.state();
        state.base(&id)?;
        let listed = state.image(&id).is_ok();
        drop(state);
        Ok(Parent {
            id: listed.then_some(id),
            layers: record.layers,
            config: Some(self.config(&id)?),
            _pins: pins,
        })
    }

    /// Packs an upper directory into `blob` and `layer` of the staging folder.
    fn pack(
        &self,
        request: &CommitRequest,
        staging: &Staging,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<Packed> {
        let walk = Walk::new(&request.upper.0, self.powers())?;
        let folder = staging.path().join("layer");
        std::fs::create_dir(&folder)
            .map_err(|source| Error::io("staging a layer", &folder, source))?;
        let context = UnpackContext {
            name: "the new layer",
            powers: self.powers(),
            limits: self.limits(),
            whiteouts: Whiteouts::Hide,
            cancel,
        };
        std::thread::scope(|scope| {
            let (to_unpack, chunks) = ChunkReader::pair();
            let unpacking = scope.spawn(|| unpack(chunks, &folder, &context));
            let (to_compress, input) = sync_channel(8);
            let target = staging.path().join("blob");
            let compressing = scope.spawn(move || compress(input, &target, request.compression));
            let chosen = Chosen::new(&request.paths);
            let written = write_upper(
                &walk,
                &chosen,
                Fork::new(to_unpack, to_compress),
                progress,
                cancel,
            );
            let unpacked = unpacking.join().map_err(|_| Error::Cancelled)?;
            let compressed = compressing.join().map_err(|_| Error::Cancelled)?;
            // When one side fails the writer only sees that nobody listens.
            let (totals, compressed) = (unpacked?, compressed?);
            let tar_size = written?;
            let facts = LayerFacts::new(compressed.diff_id, tar_size, totals);
            Ok(Packed { compressed, facts })
        })
    }
}

/// The new image's config: what was asked for, on top of the parent's layers and history.
fn config(
    request: &CommitRequest,
    parent: Option<&ImageConfig>,
    layers: &[LayerRecord],
    empty: bool,
) -> ImageConfig {
    let created = jiff::Timestamp::now().to_string();
    let mut config = request.config.clone();
    config.created = Some(created.clone());
    config.author.clone_from(&request.author);
    if config.architecture.is_empty() || config.os.is_empty() {
        let host = Platform::host();
        let platform = parent.map_or(host.clone(), ImageConfig::platform);
        let platform = if platform.architecture.is_empty() {
            host
        } else {
            platform
        };
        (config.os, config.architecture) = (platform.os, platform.architecture);
        config.variant = platform.variant;
    }
    let diff_ids = layers.iter().map(|layer| layer.diff_id).collect();
    config.rootfs = RootFs {
        diff_ids,
        ..RootFs::default()
    };
    config.history = parent
        .map(|parent| parent.history.clone())
        .unwrap_or_default();
    config.history.push(HistoryItem {
        created: Some(created),
        created_by: request.created_by.clone(),
        author: request.author.clone(),
        comment: request.comment.clone(),
        empty_layer: empty,
        ..HistoryItem::default()
    });
    config
}

/// How hard new layers are compressed: fast, for a commit is waited for.
pub(crate) const GZIP_LEVEL: u32 = 1;
/// zstd's own default: still faster than gzip's fastest.
pub(crate) const ZSTD_LEVEL: i32 = 3;
