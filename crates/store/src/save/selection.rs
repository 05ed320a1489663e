//! Which images and blobs a save is about.

use std::collections::BTreeMap;
use std::sync::Arc;

use gantry_oci::{Digest, ImageConfig, ImageId, Reference};

use crate::catalogue::ImageRecord;
use crate::pins::Pin;
use crate::{Error, Result, Store, Target};

/// One image of a save.
pub(super) struct Selected {
    pub id: ImageId,
    pub record: ImageRecord,
    pub config: Arc<ImageConfig>,
    /// The names that were asked for.
    pub names: Vec<Reference>,
}

/// The images of a save, in the order in which they were asked for, each once.
pub(super) struct Selection {
    pub images: Vec<Selected>,
    /// Blobs stay while they are copied, whoever removes the image.
    _pins: Vec<Pin>,
}

impl Selection {
    pub fn new(store: &Store, targets: &[Target]) -> Result<Self> {
        let mut wanted: Vec<(ImageId, Vec<Reference>)> = Vec::new();
        for target in targets {
            for (id, name) in find(store, target)? {
                let at = wanted
                    .iter()
                    .position(|(other, _)| *other == id)
                    .unwrap_or_else(|| {
                        wanted.push((id, Vec::new()));
                        wanted.len() - 1
                    });
                let names = &mut wanted[at].1;
                names.extend(name.filter(|name| !names.contains(name)));
            }
        }
        let mut pins = Vec::new();
        let mut images = Vec::new();
        for (id, names) in wanted {
            let record = store.state().image(&id)?.clone();
            pins.extend(record.blobs(&id).map(|digest| store.pin(digest)));
            // What is pinned now must still be here: a removal looks at the pins after its change.
            store.state().image(&id)?;
            images.push(Selected {
                id,
                record,
                config: store.config(&id)?,
                names,
            });
        }
        Ok(Self {
            images,
            _pins: pins,
        })
    }

    /// The blobs of all images with their sizes, each once: the small ones first.
    pub fn blobs(&self) -> impl Iterator<Item = (Digest, u64)> {
        let mut documents = BTreeMap::new();
        let mut layers = Vec::new();
        for image in &self.images {
            let record = &image.record;
            documents.insert(record.manifest.digest, record.manifest.size);
            documents.insert(image.id.digest(), record.config_size);
        }
        for layer in self.images.iter().flat_map(|image| &image.record.layers) {
            let blob = (layer.blob.digest, layer.blob.size);
            if !layers.contains(&blob) {
                layers.push(blob);
            }
        }
        documents.into_iter().chain(layers)
    }
}

/// The images that a target means, with the name to save each under.
fn find(store: &Store, target: &Target) -> Result<Vec<(ImageId, Option<Reference>)>> {
    let state = store.state();
    let names = &state.catalogue.names;
    let name = match target {
        Target::Id(id) => {
            state.image(id)?;
            return Ok(vec![(*id, None)]);
        }
        Target::Name(name) => name,
    };
    let missing = || Error::NoSuchImage(name.familiar());
    if name.tag().is_some() || name.digest().is_some() {
        let names = if name.digest().is_some() {
            &state.catalogue.digests
        } else {
            names
        };
        let id = names.get(name).ok_or_else(missing)?;
        return Ok(vec![(*id, name.digest().is_none().then(|| name.clone()))]);
    }
    let all: Vec<_> = names
        .iter()
        .filter(|(tagged, _)| tagged.same_repository(name))
        .map(|(tagged, id)| (*id, Some(tagged.clone())))
        .collect();
    if all.is_empty() {
        Err(missing())
    } else {
        Ok(all)
    }
}
