//! An image's layers, for the layer view.

use std::collections::HashMap;

use gantry_oci::DiffId;
use gantry_store::{Image, Store};
use gantry_wire::gantry::{Layer, LayerStack, StackItem};

use super::Images;
use crate::Result;

impl Images {
    /// The steps that made an image, base first, each with the layer it made.
    pub async fn layers(&self, name: &str) -> Result<LayerStack> {
        let image = self.resolve(name).await?;
        self.blocking(move |store| stack(store, &image)).await
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
