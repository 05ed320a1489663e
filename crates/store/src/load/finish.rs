//! The end of a load: everything is checked, then everything becomes visible.

use std::collections::HashMap;

use gantry_oci::{DiffId, ImageId, Platform};

use super::documents::{ArchiveFile, Candidate};
use super::session::Session;
use crate::adopt::{Adoption, NewImage, StagedLayer};
use crate::catalogue::{BlobRecord, LayerRecord};
use crate::image::fit;
use crate::layer::LayerFacts;
use crate::{Error, LayerState, Loaded, LoadedLayer, Result};

/// A layer of a candidate after its check.
struct CheckedLayer {
    record: LayerRecord,
    loaded: LoadedLayer,
}

impl Session<'_> {
    /// The diff id of a staged layer; waits until it is unpacked.
    fn diff_id(&mut self, number: usize) -> Result<DiffId> {
        self.settle(number).map(|facts| facts.diff_id)
    }

    /// The diff id of a layer of the archive.
    pub fn diff_id_of(&mut self, layer: &ArchiveFile) -> Result<DiffId> {
        match layer {
            ArchiveFile::Layer(number) => self.diff_id(*number),
            ArchiveFile::Present(present) => Ok(present.record.diff_id),
            _ => Err(Error::Missing {
                what: "a layer".to_owned(),
            }),
        }
    }

    /// The facts of a staged layer; waits until it is unpacked.
    fn settle(&mut self, number: usize) -> Result<LayerFacts> {
        if let Some(facts) = self.settled.get(&number) {
            return Ok(facts.clone());
        }
        let unpacked = self.outcome(number)?;
        let ticket = &mut self.tickets[number];
        ticket.compression = unpacked.compression;
        let diff_id = unpacked.diff_id.unwrap_or(DiffId(ticket.blob));
        let tar_size = unpacked.tar_size.unwrap_or(ticket.size);
        let facts = LayerFacts::new(diff_id, tar_size, unpacked.totals);
        self.settled.insert(number, facts.clone());
        Ok(facts)
    }

    /// Checks all candidates and adopts them together.
    pub(super) fn finish(&mut self, candidates: Vec<Candidate>) -> Result<Vec<Loaded>> {
        let mut adoption = Adoption::default();
        let mut loaded = Vec::new();
        for candidate in candidates {
            let id = ImageId(candidate.config.digest);
            let config = &candidate.parsed;
            let diff_ids = &config.rootfs.diff_ids;
            if diff_ids.len() != candidate.layers.len() {
                return Err(Error::Invalid {
                    what: format!("the image {}", id.short()),
                    why: format!(
                        "layers length mismatch: expected {}, got {}",
                        diff_ids.len(),
                        candidate.layers.len()
                    ),
                });
            }
            let keeps_manifest = candidate.manifest.is_some();
            let mut layers = Vec::new();
            for (file, expected) in candidate.layers.iter().zip(diff_ids) {
                layers.push(self.check(file, *expected, keeps_manifest, &mut adoption)?);
            }
            let platform = config.platform();
            loaded.push(Loaded {
                id,
                names: candidate.names.clone(),
                replaced: Vec::new(),
                new: false,
                fit: fit(&platform, &Platform::host()),
                platform,
                layers: layers.iter().map(|layer| layer.loaded.clone()).collect(),
            });
            adoption.images.push(NewImage {
                id,
                config: candidate.config.bytes,
                manifest: candidate.manifest,
                layers: layers.into_iter().map(|layer| layer.record).collect(),
                names: candidate.names,
                parent: None,
            });
        }
        self.cancel.check()?;
        let adopted = self.store.adopt(adoption, self.cancel)?;
        for (loaded, adopted) in loaded.iter_mut().zip(adopted) {
            loaded.new = adopted.new;
            loaded.replaced = adopted.replaced;
        }
        Ok(loaded)
    }

    /// Checks a layer against its diff id and puts it into the adoption.
    fn check(
        &mut self,
        file: &ArchiveFile,
        expected: DiffId,
        keeps_manifest: bool,
        adoption: &mut Adoption,
    ) -> Result<CheckedLayer> {
        let number = match file {
            ArchiveFile::Layer(number) => *number,
            ArchiveFile::Present(present) => {
                let (record, facts) = (present.record.clone(), present.facts.clone());
                verify(&record.blob.digest.to_string(), expected, facts.diff_id)?;
                adoption.known.insert(facts.diff_id, facts.clone());
                return Ok(checked(record, &facts, LayerState::AlreadyHere));
            }
            _ => {
                return Err(Error::Missing {
                    what: format!("the layer {expected}"),
                });
            }
        };
        let facts = self.settle(number)?;
        verify(&self.tickets[number].name, expected, facts.diff_id)?;
        // The same content may be here as another blob, which serves where no manifest says which.
        let present = self.present_diff(&expected);
        let ticket = &self.tickets[number];
        let blob = BlobRecord {
            media_type: ticket.compression.layer_media_type().to_owned(),
            digest: ticket.blob,
            size: ticket.size,
        };
        let state = match present {
            Some(present) => {
                adoption.known.insert(expected, present.facts);
                if !keeps_manifest {
                    self.report(
                        &ticket.name,
                        &blob.digest,
                        LayerState::AlreadyHere,
                        blob.size,
                        blob.size,
                    );
                    return Ok(checked(present.record, &facts, LayerState::AlreadyHere));
                }
                LayerState::AlreadyHere
            }
            None if adoption.layers.contains_key(&expected) => LayerState::AlreadyHere,
            None => {
                let folder = ticket.folder.clone();
                adoption.layers.insert(
                    expected,
                    StagedLayer {
                        folder,
                        facts: facts.clone(),
                    },
                );
                LayerState::Verified
            }
        };
        adoption
            .blobs
            .entry(blob.digest)
            .or_insert_with(|| ticket.stage.path().to_owned());
        self.report(&ticket.name, &blob.digest, state, blob.size, blob.size);
        Ok(checked(LayerRecord::new(expected, blob), &facts, state))
    }
}

pub(super) type Settled = HashMap<usize, LayerFacts>;

fn checked(record: LayerRecord, facts: &LayerFacts, state: LayerState) -> CheckedLayer {
    let loaded = LoadedLayer {
        diff_id: record.diff_id,
        blob: record.blob.digest,
        blob_size: record.blob.size,
        state,
        withheld: facts.withheld,
    };
    CheckedLayer { record, loaded }
}

fn verify(name: &str, expected: DiffId, got: DiffId) -> Result<()> {
    if expected == got {
        return Ok(());
    }
    Err(Error::DigestMismatch {
        what: format!("the content of the layer {name}"),
        expected: expected.digest(),
        got: got.digest(),
    })
}
