//! Making staged content visible: rename, then the catalogue; the disk follows (`settle`).

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gantry_oci::{Descriptor, DiffId, Digest, ImageId, Manifest, Reference, media_type};

use crate::catalogue::{BlobRecord, Catalogue, ImageRecord, LayerRecord, now};
use crate::implied;
use crate::layer::LayerFacts;
use crate::layout::Layout;
use crate::settle::sync;
use crate::{CancelFlag, Error, InUse, Result, Store};

/// Verified content that one operation brings.
#[derive(Default)]
pub(crate) struct Adoption {
    /// In the order in which the archive lists them.
    pub images: Vec<NewImage>,
    /// Unpacked layers that are not here yet.
    pub layers: BTreeMap<DiffId, StagedLayer>,
    /// Layers that are here; they are pinned.
    pub known: HashMap<DiffId, LayerFacts>,
    /// Staged blobs of layers.
    pub blobs: HashMap<Digest, PathBuf>,
    /// Whether this exists nowhere else: it is on the disk before anyone is told.
    pub unique: bool,
}

/// An unpacked layer in a staging folder.
pub(crate) struct StagedLayer {
    pub folder: PathBuf,
    pub facts: LayerFacts,
}

/// An image whose content is verified.
pub(crate) struct NewImage {
    pub id: ImageId,
    pub config: Arc<[u8]>,
    /// As it came, with its media type; where there is none, one is made and kept.
    pub manifest: Option<(Arc<[u8]>, String)>,
    pub layers: Vec<LayerRecord>,
    pub names: Vec<Reference>,
    pub parent: Option<ImageId>,
}

/// What an adoption changed.
pub(crate) struct Adopted {
    pub new: bool,
    pub replaced: Vec<(Reference, ImageId)>,
}

impl Adopted {
    /// Whether everything is as it was before where this is lost again.
    fn costs_nothing(&self) -> bool {
        self.new && self.replaced.is_empty()
    }
}

impl Store {
    /// Makes images visible, all or none.
    pub(crate) fn adopt(&self, adoption: Adoption, cancel: &CancelFlag) -> Result<Vec<Adopted>> {
        // What is staged belongs to this operation alone: others need not wait for that.
        implied::inherit(self.layout(), &adoption, cancel)?;
        let _writing = self.writing();
        let adopted = self.place(&adoption);
        if adopted.is_err() {
            self.discard(&adoption);
        }
        adopted
    }

    /// Throws away what was placed before something failed, a full disk for instance.
    fn discard(&self, adoption: &Adoption) {
        let layout = self.layout();
        let (layers, keep) = {
            let state = self.state();
            let keep = InUse {
                layers: state.layers.keys().copied().collect(),
                ..InUse::default()
            };
            (state.catalogue.layers(), keep)
        };
        let mut thrown = Vec::new();
        for diff_id in adoption.layers.keys() {
            if !layers.contains(diff_id) && !keep.layers.contains(diff_id) {
                crate::links::remove(layout, diff_id);
                thrown.extend(layout.throw_away(&layout.layer(diff_id)).ok().flatten());
            }
        }
        crate::trash::remove_in_background(thrown);
        if let Err(error) = self.collect(&keep) {
            tracing::warn!(%error, "cleaning up");
        }
    }

    fn place(&self, adoption: &Adoption) -> Result<Vec<Adopted>> {
        let layout = self.layout();
        let facts = self.place_layers(adoption)?;
        let mut brought = !adoption.layers.is_empty();
        for (digest, staged) in &adoption.blobs {
            let path = layout.blob(digest);
            if !path.exists() {
                rename(staged, &path)?;
                brought = true;
            }
        }
        let before = self.state().catalogue.clone();
        let mut catalogue = before.clone();
        let mut adopted = Vec::new();
        for image in &adoption.images {
            let record = self.place_documents(image, &catalogue, &mut brought)?;
            adopted.push(enter(&mut catalogue, image, record));
        }
        // What was here is on the disk: nothing waits for what others write.
        if brought {
            match self.boot() {
                Some(boot) if !adoption.unique && adopted.iter().all(Adopted::costs_nothing) => {
                    catalogue.unsettle(boot, adoption.images.iter().map(|image| image.id));
                }
                _ => sync(layout)?,
            }
        }
        if catalogue != before {
            catalogue.write(layout)?;
        }
        self.database()
            .add(adoption.layers.values().map(|layer| &layer.facts));
        let mut state = self.state_mut();
        state.catalogue = catalogue;
        state.layers.extend(facts);
        let unsettled = state.catalogue.unsettled.is_some();
        drop(state);
        if unsettled {
            self.settle_in_background();
        }
        Ok(adopted)
    }

    /// Renames layers into place.
    fn place_layers(&self, adoption: &Adoption) -> Result<HashMap<DiffId, LayerFacts>> {
        let layout = self.layout();
        let mut facts = adoption.known.clone();
        for image in &adoption.images {
            for layer in &image.layers {
                let diff_id = layer.diff_id;
                let Some(staged) = adoption.layers.get(&diff_id) else {
                    continue;
                };
                if facts.contains_key(&diff_id) {
                    continue;
                }
                staged.facts.write(&staged.folder.join("layer.json"))?;
                let path = layout.layer(&diff_id);
                match std::fs::rename(&staged.folder, &path) {
                    Ok(()) => {}
                    // An operation that did not come to its end placed it: the same content.
                    Err(error) if is_occupied(&error) => {}
                    Err(error) => return Err(Error::io("placing a layer", &path, error)),
                }
                crate::links::ensure(layout, &diff_id)?;
                facts.insert(diff_id, staged.facts.clone());
            }
        }
        Ok(facts)
    }

    /// Stores config and manifest; `brought` becomes true where one is new.
    fn place_documents(
        &self,
        image: &NewImage,
        catalogue: &Catalogue,
        brought: &mut bool,
    ) -> Result<ImageRecord> {
        let manifest = match (&image.manifest, catalogue.images.get(&image.id)) {
            (Some((bytes, media_type)), _) => self.document(bytes, media_type, brought)?,
            // The same image came with a manifest before.
            (None, Some(record)) => record.manifest.clone(),
            (None, None) => {
                self.document(&synthesize(image)?, media_type::OCI_MANIFEST, brought)?
            }
        };
        let config = self.document(&image.config, media_type::OCI_CONFIG, brought)?;
        let layers = match catalogue.images.get(&image.id) {
            Some(record) if image.manifest.is_none() => record.layers.clone(),
            _ => image.layers.clone(),
        };
        let record = catalogue.images.get(&image.id);
        // A name that stays where it is was not given now.
        let named_before = |name: &Reference| {
            let id = catalogue.names.get(name).or(catalogue.digests.get(name));
            id == Some(&image.id)
        };
        let tagged_at = record
            .filter(|_| image.names.iter().all(named_before))
            .map_or_else(now, |record| record.tagged_at);
        Ok(ImageRecord {
            manifest,
            config_size: config.size,
            layers,
            parent: image.parent.or(record.and_then(|record| record.parent)),
            tagged_at,
        })
    }

    /// Stores a document.
    fn document(&self, bytes: &[u8], media_type: &str, brought: &mut bool) -> Result<BlobRecord> {
        let digest = Digest::of(bytes);
        let path = self.layout().blob(&digest);
        if !path.exists() {
            let staged = Layout::unique(&self.layout().trash());
            std::fs::write(&staged, bytes).map_err(|source| {
                let _ = std::fs::remove_file(&staged);
                Error::io("writing", &staged, source)
            })?;
            rename(&staged, &path)?;
            *brought = true;
        }
        Ok(BlobRecord {
            media_type: media_type.to_owned(),
            digest,
            size: bytes.len() as u64,
        })
    }
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    std::fs::rename(from, to).map_err(|source| Error::io("placing a blob", to, source))
}

fn is_occupied(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{AlreadyExists, DirectoryNotEmpty};
    matches!(error.kind(), AlreadyExists | DirectoryNotEmpty)
}

/// The OCI manifest of an image that came without one.
fn synthesize(image: &NewImage) -> Result<Vec<u8>> {
    let config = Descriptor::new(
        media_type::OCI_CONFIG,
        image.id.digest(),
        image.config.len() as u64,
    );
    let layers = image.layers.iter().map(|layer| layer.blob.descriptor());
    serde_json::to_vec(&Manifest::oci(config, layers.collect())).map_err(|error| Error::Invalid {
        what: "a manifest".to_owned(),
        why: error.to_string(),
    })
}

/// Enters an image and its names.
fn enter(catalogue: &mut Catalogue, image: &NewImage, record: ImageRecord) -> Adopted {
    catalogue.kept.remove(&image.id);
    let new = catalogue.images.insert(image.id, record).is_none();
    let mut replaced = Vec::new();
    for name in &image.names {
        let names = if name.digest().is_some() {
            &mut catalogue.digests
        } else {
            &mut catalogue.names
        };
        if let Some(before) = names.insert(name.clone(), image.id)
            && before != image.id
        {
            replaced.push((name.clone(), before));
        }
    }
    Adopted { new, replaced }
}
