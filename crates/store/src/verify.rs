//! Looking after a store from outside: is everything that `images.json` names there and whole?

use std::fs::File;
use std::io::Read;
use std::path::Path;

use gantry_oci::{DiffId, Digest, Hasher};

use crate::catalogue::Catalogue;
use crate::database::{self, Database};
use crate::index::LayerIndex;
use crate::layer::LayerFacts;
use crate::layout::Layout;
use crate::{Result, trash};

/// Something in a store that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// `images.json` cannot be read: nothing is known about any image.
    Catalogue(String),
    /// `gantry.db` cannot be read. It is made again from the layers.
    Database(String),
    /// A blob that an image needs is not there.
    MissingBlob { blob: Digest, images: Vec<String> },
    /// A blob's bytes are not those of its digest.
    WrongBlob { blob: Digest, images: Vec<String> },
    /// An unpacked layer or its index cannot be read.
    Layer {
        layer: DiffId,
        images: Vec<String>,
        why: String,
    },
}

/// What was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    pub images: usize,
    pub blobs: usize,
    /// Bytes that were hashed.
    pub bytes: u64,
    pub layers: usize,
    pub damages: Vec<Damage>,
}

/// Reads everything below `root` that images need and compares it with what it should be. Changes
/// nothing, and may run beside the engine. A root without a store is an empty store.
pub fn verify(root: &Path) -> Verified {
    let layout = Layout::at(root);
    let mut found = Verified::default();
    if let Err(error) = Database::check(&layout.database()) {
        found.damages.push(Damage::Database(error));
    }
    let catalogue = match Catalogue::read(&layout.catalogue()) {
        Ok(catalogue) => catalogue,
        Err(error) => {
            found.damages.push(Damage::Catalogue(error.to_string()));
            return found;
        }
    };
    found.images = catalogue.images.len();
    for blob in catalogue.blobs() {
        found.blobs += 1;
        let damage = match hash(&layout.blob(&blob), &mut found.bytes) {
            Some(digest) if digest == blob => continue,
            Some(_) => |blob, images| Damage::WrongBlob { blob, images },
            None => |blob, images| Damage::MissingBlob { blob, images },
        };
        let users = users(&catalogue, |id, image| image.blobs(id).any(|b| b == blob));
        found.damages.push(damage(blob, users));
    }
    for layer in catalogue.layers() {
        found.layers += 1;
        if let Err(error) = readable(&layout, &layer) {
            found.damages.push(Damage::Layer {
                layer,
                images: users(&catalogue, |_, image| image.diff_ids().contains(&layer)),
                why: error.to_string(),
            });
        }
    }
    found
}

/// Mends what can be mended without the bytes: an unreadable `gantry.db` goes and is made again, and
/// a blob that is not what it should be goes, so that loading its image again brings a good one.
/// Returns what was mended. No engine may run on this root.
pub fn repair(root: &Path, damages: &[Damage]) -> Result<Vec<Damage>> {
    let layout = Layout::at(root);
    let mut mended = Vec::new();
    for damage in damages {
        match damage {
            Damage::Database(_) => database::remove(&layout.database())?,
            Damage::WrongBlob { blob, .. } => {
                let path = layout.blob(blob);
                trash::remove_tree(&path)
                    .map_err(|error| crate::Error::io("removing", &path, error))?;
            }
            Damage::Catalogue(_) | Damage::MissingBlob { .. } | Damage::Layer { .. } => continue,
        }
        mended.push(damage.clone());
    }
    Ok(mended)
}

/// What the images are called that fit.
fn users(
    catalogue: &Catalogue,
    fits: impl Fn(&gantry_oci::ImageId, &crate::catalogue::ImageRecord) -> bool,
) -> Vec<String> {
    catalogue
        .all()
        .filter(|(id, image)| fits(id, image))
        .map(|(id, _)| match catalogue.names_of(*id).first() {
            Some(name) => name.familiar(),
            None => id.short(),
        })
        .collect()
}

/// The digest of a file; `None` where it cannot be read.
fn hash(path: &Path, total: &mut u64) -> Option<Digest> {
    let mut file = File::open(path).ok()?;
    let mut hasher = Hasher::default();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Some(hasher.finish()),
            Ok(count) => {
                hasher.update(&buffer[..count]);
                *total += count as u64;
            }
            Err(_) => return None,
        }
    }
}

fn readable(layout: &Layout, layer: &DiffId) -> Result<()> {
    LayerFacts::read(&layout.layer_facts(layer))?;
    LayerIndex::open(&layout.layer_index(layer))?;
    let files = layout.layer_diff(layer);
    std::fs::symlink_metadata(&files)
        .map_err(|error| crate::Error::io("looking at", &files, error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use gantry_pack::{Archive, fixtures};

    use super::*;
    use crate::{CancelFlag, Store};

    fn loaded() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        load(root.path());
        root
    }

    fn load(root: &Path) {
        let image = fixtures::busybox("box:1").unwrap();
        let archive = Archive::Docker.to_vec(&[image]).unwrap();
        let store = Store::open(root).unwrap();
        store
            .load(&archive[..], &(), &CancelFlag::default())
            .unwrap();
    }

    #[test]
    fn a_whole_store_is_found_whole_and_no_store_is_empty() {
        let root = loaded();
        let found = verify(root.path());
        assert_eq!(found.damages, []);
        assert_eq!(found.images, 1);
        assert!(found.layers > 0 && found.blobs == found.layers + 2 && found.bytes > 100_000);
        let nothing = tempfile::tempdir().unwrap();
        assert_eq!(verify(nothing.path()), Verified::default());
        assert_eq!(fs::read_dir(nothing.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_damaged_is_named_and_mended_where_it_can_be() {
        let root = loaded();
        let blobs = root.path().join("blobs/sha256");
        let largest = fs::read_dir(blobs)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .max_by_key(|path| path.metadata().unwrap().len())
            .unwrap();
        let mut bytes = fs::read(&largest).unwrap();
        bytes[1000] ^= 1;
        fs::write(&largest, bytes).unwrap();
        for suffix in ["-wal", "-shm"] {
            let _ = fs::remove_file(root.path().join(format!("gantry.db{suffix}")));
        }
        fs::write(root.path().join("gantry.db"), "nonsense".repeat(1000)).unwrap();
        let found = verify(root.path()).damages;
        assert!(
            matches!(&found[..], [Damage::Database(_), Damage::WrongBlob { images, .. }] if images == &["box:1"]),
            "{found:?}"
        );
        assert_eq!(repair(root.path(), &found).unwrap(), found);
        let left = verify(root.path()).damages;
        assert!(
            matches!(&left[..], [Damage::MissingBlob { .. }]),
            "{left:?}"
        );
        load(root.path());
        assert_eq!(verify(root.path()).damages, []);
    }

    #[test]
    fn an_unreadable_catalogue_and_a_lost_layer_are_named() {
        let root = loaded();
        let layer = fs::read_dir(root.path().join("layers")).unwrap().next();
        fs::remove_file(layer.unwrap().unwrap().path().join("layer.json")).unwrap();
        assert!(matches!(
            &verify(root.path()).damages[..],
            [Damage::Layer { .. }]
        ));
        fs::write(root.path().join("images.json"), "{").unwrap();
        let found = verify(root.path()).damages;
        assert!(matches!(&found[..], [Damage::Catalogue(_)]), "{found:?}");
        assert_eq!(repair(root.path(), &found).unwrap(), []);
    }
}
