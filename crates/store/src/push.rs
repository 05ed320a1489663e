//! Images on their way to a registry.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use gantry_oci::{
    Compression, Descriptor, DiffId, Digest, ImageId, Manifest, Reference, media_type,
};

use crate::catalogue::{BlobRecord, ImageRecord, LayerRecord};
use crate::commit::compress;
use crate::layout::Staging;
use crate::pins::Pin;
use crate::settle::sync;
use crate::stream::CHUNK;
use crate::{CancelFlag, Error, Result, Store};

/// Chunks of a layer that wait to be compressed.
const CHUNKS: usize = 8;

/// What an image is for a registry. All of it stays here as long as this is kept.
#[derive(Debug)]
pub struct Pushable {
    pub id: ImageId,
    pub manifest: Arc<[u8]>,
    pub media_type: String,
    /// Of the manifest.
    pub digest: Digest,
    pub config: Descriptor,
    /// Lowest first.
    pub layers: Vec<PushableLayer>,
    _pins: Vec<Pin>,
}

/// One layer as it is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct PushableLayer {
    pub diff_id: DiffId,
    pub blob: Descriptor,
}

impl Store {
    /// Makes an image ready to be pushed. Blobs are sent as they came; a layer that came uncompressed
    /// is compressed now, once, and kept beside the original.
    pub fn pushable(&self, id: &ImageId, cancel: &CancelFlag) -> Result<Pushable> {
        let mut record = self.state().image(id)?.clone();
        let digests = record
            .blobs(id)
            .chain(record.layers.iter().map(|layer| layer.diff_id.digest()));
        let mut pins: Vec<Pin> = digests.map(|digest| self.pin(digest)).collect();
        // A removal looks at the pins after its change: what is still here now stays.
        self.state().image(id)?;
        let plain = record.layers.iter().any(LayerRecord::is_plain);
        for layer in &mut record.layers {
            cancel.check()?;
            if layer.is_plain() {
                layer.blob = self.packed(layer, &mut pins, cancel)?;
            }
        }
        let manifest = if plain {
            manifest(id, &record)?.into()
        } else {
            let missing = || Error::Damaged {
                what: format!("the manifest {}", record.manifest.digest),
                why: "it is not here".to_owned(),
            };
            self.small_blob(&record.manifest.digest)
                .ok_or_else(missing)?
        };
        Ok(Pushable {
            id: *id,
            digest: Digest::of(&manifest),
            media_type: if plain {
                media_type::OCI_MANIFEST.to_owned()
            } else {
                record.manifest.media_type
            },
            manifest,
            config: Descriptor::new(media_type::OCI_CONFIG, id.digest(), record.config_size),
            layers: record
                .layers
                .iter()
                .map(|layer| PushableLayer {
                    diff_id: layer.diff_id,
                    blob: layer.blob.descriptor(),
                })
                .collect(),
            _pins: pins,
        })
    }

    /// The repositories of a registry that are known to have a blob.
    pub fn repositories_with(&self, blob: &Digest, domain: &str) -> Vec<String> {
        let state = self.state();
        let digests = state.catalogue.digests.iter();
        let mut found: Vec<String> = digests
            .filter(|(name, _)| name.domain() == domain)
            .filter(|(_, id)| {
                let image = state.catalogue.images.get(id);
                image.is_some_and(|image| image.blobs(id).any(|own| own == *blob))
            })
            .map(|(name, _)| name.path().to_owned())
            .collect();
        found.dedup();
        found
    }

    /// Notes what a registry calls an image.
    pub fn note_digest(&self, id: &ImageId, name: &Reference) -> Result<()> {
        self.change(|catalogue| {
            if !catalogue.images.contains_key(id) {
                return Err(Error::NoSuchImage(id.to_string()));
            }
            catalogue.digests.insert(name.clone(), *id);
            Ok(())
        })
    }

    /// The compressed form of a layer, from here or made now.
    fn packed(
        &self,
        layer: &LayerRecord,
        pins: &mut Vec<Pin>,
        cancel: &CancelFlag,
    ) -> Result<BlobRecord> {
        let known = self.state().catalogue.packed(&layer.diff_id).cloned();
        if let Some(known) = known {
            pins.push(self.pin(known.digest));
            if self.blob_path(&known.digest).exists() {
                return Ok(known);
            }
        }
        let staging = Staging::new(self.layout())?;
        let staged = staging.path().join("blob");
        let blob = pack(
            &self.blob_path(&layer.blob.digest),
            layer.diff_id,
            &staged,
            cancel,
        )?;
        pins.push(self.pin(blob.digest));
        self.keep_packed(layer.diff_id, &blob, &staged)?;
        Ok(blob)
    }

    fn keep_packed(&self, diff_id: DiffId, blob: &BlobRecord, staged: &Path) -> Result<()> {
        let path: PathBuf = self.blob_path(&blob.digest);
        if !path.exists() {
            std::fs::rename(staged, &path)
                .map_err(|source| Error::io("placing a blob", &path, source))?;
        }
        sync(self.layout())?;
        self.change(|catalogue| {
            let images = catalogue
                .images
                .values_mut()
                .chain(catalogue.kept.values_mut());
            for layer in images.flat_map(|image| &mut image.layers) {
                if layer.diff_id == diff_id && layer.is_plain() {
                    layer.packed = Some(blob.clone());
                }
            }
            Ok(())
        })
    }
}

/// Compresses a layer into a file.
fn pack(source: &Path, diff_id: DiffId, target: &Path, cancel: &CancelFlag) -> Result<BlobRecord> {
    let failed = |error| Error::io("reading the layer", source, error);
    let mut input = File::open(source).map_err(failed)?;
    std::thread::scope(|scope| {
        let (chunks, taken) = sync_channel(CHUNKS);
        let compressing = scope.spawn(|| compress(taken, target, Compression::Gzip));
        loop {
            cancel.check()?;
            let mut chunk = Vec::with_capacity(CHUNK);
            let mut piece = (&mut input).take(CHUNK as u64);
            // When the other side failed it says why below.
            if piece.read_to_end(&mut chunk).map_err(failed)? == 0
                || chunks.send(Arc::new(chunk)).is_err()
            {
                break;
            }
        }
        drop(chunks);
        let made = compressing.join().map_err(|_| Error::Cancelled)??;
        if made.diff_id != diff_id {
            return Err(Error::Damaged {
                what: source.display().to_string(),
                why: format!("it has become {}", made.diff_id),
            });
        }
        Ok(BlobRecord {
            media_type: media_type::OCI_LAYER_GZIP.to_owned(),
            digest: made.blob,
            size: made.size,
        })
    })
}

/// The manifest of an image whose layers were compressed.
fn manifest(id: &ImageId, record: &ImageRecord) -> Result<Vec<u8>> {
    let config = Descriptor::new(media_type::OCI_CONFIG, id.digest(), record.config_size);
    let layers = record.layers.iter().map(|layer| layer.blob.descriptor());
    serde_json::to_vec(&Manifest::oci(config, layers.collect())).map_err(|error| Error::Invalid {
        what: "a manifest".to_owned(),
        why: error.to_string(),
    })
}
