//! What a layer holds.

use gantry_view::{EntryChange, EntryKind, Failure, LayerEntries, LayerEntry};
use gantry_wire::gantry;

use crate::{Desk, failure::failure};

pub(crate) async fn entries(
    desk: &Desk,
    request: LayerEntries,
) -> Result<Vec<LayerEntry>, Failure> {
    let client = desk.link().client().await?;
    let stack = client.image_layers(&request.image).await.map_err(failure)?;
    let layers = stack.items.into_iter().filter_map(|item| item.layer);
    let layer = layers
        .into_iter()
        .find(|layer| layer.diff_id == request.diff_id)
        .ok_or_else(|| {
            let raw = format!("{} has no layer {}", request.image, request.diff_id);
            Failure::new("layer-not-found", raw).with("layer", &request.diff_id)
        })?;
    let page = client
        .layer_entries(&request.image, layer.index, &request.dir)
        .await
        .map_err(failure)?;
    Ok(page.entries.into_iter().map(entry).collect())
}

fn entry(entry: gantry::Entry) -> LayerEntry {
    LayerEntry {
        name: entry.name,
        kind: match entry.kind {
            gantry::EntryKind::File | gantry::EntryKind::Hardlink => EntryKind::File,
            gantry::EntryKind::Directory => EntryKind::Folder,
            gantry::EntryKind::Symlink => EntryKind::Link,
            gantry::EntryKind::Device | gantry::EntryKind::Fifo | gantry::EntryKind::Socket => {
                EntryKind::Other
            }
        },
        change: match entry.change {
            gantry::EntryChange::Added => EntryChange::Added,
            gantry::EntryChange::Modified => EntryChange::Modified,
            gantry::EntryChange::Deleted => EntryChange::Deleted,
            gantry::EntryChange::Unchanged => EntryChange::Unchanged,
        },
        size: entry.size,
        files: entry.files,
        target: entry.target.unwrap_or_default(),
        mode: entry.mode,
    }
}
