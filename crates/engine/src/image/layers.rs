//! An image's layers, for the layer view.

use std::collections::HashMap;
use std::sync::Arc;

use gantry_oci::DiffId;
use gantry_store::{Chain, Entry, EntryKind, Image, LayerIndex, Store};
use gantry_wire::gantry::{self, EntryChange, EntryPage, Layer, LayerStack, StackItem};

use super::Images;
use crate::{Error, Result};

impl Images {
    /// The steps that made an image, base first, each with the layer it made.
    pub async fn layers(&self, name: &str) -> Result<LayerStack> {
        let image = self.resolve(name).await?;
        self.blocking(move |store| stack(store, &image)).await
    }

    /// One directory of one layer; layers are counted from 0 at the base.
    pub async fn layer_entries(
        &self,
        name: &str,
        layer: u32,
        directory: &str,
    ) -> Result<EntryPage> {
        let image = self.resolve(name).await?;
        let at = layer as usize;
        if at >= image.layers.len() {
            return Err(Error::Invalid(format!("image {name} has no layer {layer}")));
        }
        let dir = directory.trim_matches('/').to_owned();
        self.blocking(move |store| {
            let index = store.layer(&image.layers[at])?.entries()?;
            let below = image.layers[..at].iter().rev();
            let below: Vec<_> = below
                .map(|id| store.layer(id)?.entries())
                .collect::<Result<_, _>>()?;
            let entries = page(&index, &Chain::new(below), dir.as_bytes())?;
            Ok(EntryPage { dir, entries })
        })
        .await
    }
}

fn stack(store: &Store, image: &Image) -> Result<LayerStack> {
    let owners = owners(store)?;
    let mut layers = Vec::new();
    for (index, (diff_id, blob)) in image.layers.iter().zip(&image.blobs).enumerate() {
        let facts = store.layer(diff_id)?.facts;
        let others = owners.get(diff_id).into_iter().flatten();
        layers.push(Layer {
            index: index as u32,
            diff_id: diff_id.to_string(),
            blob: Some(blob.digest.to_string()),
            blob_size: Some(blob.size),
            size: facts.size,
            files: facts.files,
            directories: facts.directories,
            deletions: facts.whiteouts,
            shared_with: others
                .filter(|id| **id != image.id.to_string())
                .cloned()
                .collect(),
        });
    }
    let mut layers = layers.into_iter();
    let mut items: Vec<_> = image
        .config
        .history
        .iter()
        .map(|step| StackItem {
            instruction: step.created_by.clone(),
            created: step.created.as_deref().and_then(|time| time.parse().ok()),
            author: step.author.clone(),
            comment: step.comment.clone(),
            layer: if step.empty_layer {
                None
            } else {
                layers.next()
            },
        })
        .collect();
    // Some tools write no history, or less of it than there are layers.
    items.extend(layers.map(|layer| StackItem {
        layer: Some(layer),
        ..StackItem::default()
    }));
    Ok(LayerStack {
        image: image.id.to_string(),
        size: image.size,
        items,
    })
}

/// Which images have each layer.
fn owners(store: &Store) -> Result<HashMap<DiffId, Vec<String>>> {
    let mut owners: HashMap<DiffId, Vec<String>> = HashMap::new();
    for image in store.images()? {
        for layer in &image.layers {
            owners.entry(*layer).or_default().push(image.id.to_string());
        }
    }
    Ok(owners)
}

/// What the layer has directly in a directory, folders with the sum of what it has below them.
fn page(index: &Arc<LayerIndex>, below: &Chain, dir: &[u8]) -> Result<Vec<gantry::Entry>> {
    let sums = sums(index, dir)?;
    let entries = index.children(dir)?.into_iter().map(|entry| {
        let lower = below
            .lookup(&join(dir, &entry.name))?
            .map(|(_, entry)| entry);
        let sum = sums.get(entry.name.as_slice());
        Ok(gantry::Entry {
            change: change(&entry, lower.as_ref()),
            size: if entry.is_dir() {
                sum.map_or(0, |sum| sum.size)
            } else {
                entry.size
            },
            files: if entry.is_dir() {
                sum.map_or(0, |sum| sum.files)
            } else {
                0
            },
            ..shown(&entry)
        })
    });
    entries.collect()
}

/// What a layer has below a folder.
#[derive(Debug, Default)]
struct Sum {
    size: u64,
    files: u64,
}

/// For each folder directly in `dir`, what the layer has below it.
fn sums(index: &LayerIndex, dir: &[u8]) -> Result<HashMap<Vec<u8>, Sum>> {
    let mut sums: HashMap<Vec<u8>, Sum> = HashMap::new();
    index.for_each(|folder, entry| {
        let Some(name) = child_on_the_way(dir, folder) else {
            return;
        };
        if entry.is_dir() || entry.kind == EntryKind::Whiteout {
            return;
        }
        let sum = sums.entry(name.to_vec()).or_default();
        sum.files += 1;
        if !entry.is_hardlink() {
            sum.size += entry.size;
        }
    })?;
    Ok(sums)
}

/// The folder directly in `dir` through which one gets to `folder`.
fn child_on_the_way<'a>(dir: &[u8], folder: &'a [u8]) -> Option<&'a [u8]> {
    let rest = if dir.is_empty() {
        folder
    } else {
        folder.strip_prefix(dir)?.strip_prefix(b"/")?
    };
    rest.split(|byte| *byte == b'/')
        .next()
        .filter(|name| !name.is_empty())
}

fn join(dir: &[u8], name: &[u8]) -> Vec<u8> {
    if dir.is_empty() {
        name.to_vec()
    } else {
        [dir, name].join(&b'/')
    }
}

fn change(entry: &Entry, lower: Option<&Entry>) -> EntryChange {
    match lower {
        _ if entry.kind == EntryKind::Whiteout => EntryChange::Deleted,
        None => EntryChange::Added,
        Some(lower) if entry.is_dir() && lower.is_dir() => {
            let same = (entry.mode, entry.uid, entry.gid) == (lower.mode, lower.uid, lower.gid);
            if (entry.implicit || same) && !entry.opaque {
                EntryChange::Unchanged
            } else {
                EntryChange::Modified
            }
        }
        Some(_) => EntryChange::Modified,
    }
}

fn shown(entry: &Entry) -> gantry::Entry {
    gantry::Entry {
        name: String::from_utf8_lossy(&entry.name).into_owned(),
        kind: match entry.kind {
            _ if entry.is_hardlink() => gantry::EntryKind::Hardlink,
            EntryKind::Directory => gantry::EntryKind::Directory,
            EntryKind::Symlink => gantry::EntryKind::Symlink,
            EntryKind::CharDevice | EntryKind::BlockDevice => gantry::EntryKind::Device,
            EntryKind::Fifo => gantry::EntryKind::Fifo,
            EntryKind::File | EntryKind::Whiteout => gantry::EntryKind::File,
        },
        change: EntryChange::Added,
        size: 0,
        files: 0,
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        modified: jiff::Timestamp::new(entry.mtime.seconds, entry.mtime.nanos as i32)
            .unwrap_or(gantry_wire::NEVER),
        target: (!entry.link.is_empty()).then(|| String::from_utf8_lossy(&entry.link).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_a_folder_leads_through_a_child() {
        assert_eq!(child_on_the_way(b"", b"usr/lib"), Some(&b"usr"[..]));
        assert_eq!(child_on_the_way(b"usr", b"usr/lib/x"), Some(&b"lib"[..]));
        assert_eq!(child_on_the_way(b"usr", b"usr"), None);
        assert_eq!(child_on_the_way(b"usr", b"usrlocal/lib"), None);
        assert_eq!(child_on_the_way(b"", b""), None);
    }
}
