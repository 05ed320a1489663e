//! How much space images take, and how they came to be.

use std::collections::BTreeMap;

use gantry_oci::{ChainId, DiffId, HistoryItem, ImageConfig, ImageId};

use crate::{DiskUsage, HistoryEntry, ImageUsage, Result, Store};

impl Store {
    /// What the store holds.
    pub fn disk_usage(&self) -> Result<DiskUsage> {
        let state = self.state();
        let mut users: BTreeMap<DiffId, u64> = BTreeMap::new();
        for (_, record) in state.catalogue.all() {
            let mut layers = record.diff_ids();
            layers.sort_unstable();
            layers.dedup();
            for layer in layers {
                *users.entry(layer).or_default() += 1;
            }
        }
        let size_of = |layer: &DiffId| state.layers.get(layer).map_or(0, |facts| facts.size);
        let images = state.catalogue.images.iter().map(|(id, record)| {
            let layers = record.diff_ids();
            let size: u64 = layers.iter().map(size_of).sum();
            let is_shared = |layer: &&DiffId| users.get(layer).is_some_and(|users| *users > 1);
            let shared: u64 = layers.iter().filter(is_shared).map(size_of).sum();
            ImageUsage {
                id: *id,
                size,
                shared,
                unique: size - shared,
            }
        });
        let images = images.collect();
        let layers = users.keys().map(size_of).sum();
        let mut sizes: BTreeMap<gantry_oci::Digest, u64> = BTreeMap::new();
        for (id, record) in state.catalogue.all() {
            sizes.insert(id.digest(), record.config_size);
            sizes.insert(record.manifest.digest, record.manifest.size);
            sizes.extend(
                record
                    .layers
                    .iter()
                    .map(|layer| (layer.blob.digest, layer.blob.size)),
            );
        }
        let blobs = sizes.values().sum();
        drop(state);
        let partial = self.partial_bytes()?;
        Ok(DiskUsage {
            images,
            layers,
            blobs,
            partial,
            total: layers + blobs + partial,
        })
    }

    /// Docker's history of an image, newest step first.
    pub fn history(&self, id: &ImageId) -> Result<Vec<HistoryEntry>> {
        let config = self.config(id)?;
        let mut entries = self.steps(id, &config)?;
        entries.reverse();
        // A commit's parent is the image that ended with the steps below its own.
        let total = entries.len();
        let mut image = Some(*id);
        let mut at = 0;
        while let (Some(id), Some(entry)) = (image, entries.get_mut(at)) {
            entry.id = Some(id);
            let state = self.state();
            entry.names = state.catalogue.names_of(id);
            image = state
                .catalogue
                .images
                .get(&id)
                .and_then(|record| record.parent);
            drop(state);
            let Some(parent) = image.and_then(|parent| self.config(&parent).ok()) else {
                break;
            };
            at = total.saturating_sub(parent.history.len().max(parent.rootfs.diff_ids.len()));
        }
        Ok(entries)
    }

    /// The steps of an image, first step first.
    fn steps(&self, id: &ImageId, config: &ImageConfig) -> Result<Vec<HistoryEntry>> {
        let state = self.state();
        let layers = state.image(id)?.diff_ids();
        let mut layers = layers.iter().copied().zip(ChainId::stack(&layers));
        let entry = |item: &HistoryItem, layer: Option<(DiffId, ChainId)>| HistoryEntry {
            id: None,
            created: item.created.clone(),
            created_by: item.created_by.clone(),
            comment: item.comment.clone(),
            author: item.author.clone(),
            empty_layer: layer.is_none(),
            diff_id: layer.map(|(diff_id, _)| diff_id),
            chain_id: layer.map(|(_, chain)| chain),
            size: layer
                .and_then(|(layer, _)| state.layers.get(&layer))
                .map_or(0, |facts| facts.size),
            names: Vec::new(),
        };
        let mut entries: Vec<HistoryEntry> = config
            .history
            .iter()
            .map(|item| {
                entry(
                    item,
                    if item.empty_layer {
                        None
                    } else {
                        layers.next()
                    },
                )
            })
            .collect();
        // Some tools write no history at all: the layers are there all the same.
        let unknown = HistoryItem {
            created: config.created.clone(),
            ..HistoryItem::default()
        };
        entries.extend(layers.map(|layer| entry(&unknown, Some(layer))));
        Ok(entries)
    }
}
