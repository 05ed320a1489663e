//! What an image holds: folders, waste, search, comparison, single files.

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use gantry_client::Client;
use gantry_view::{
    CompareImages, Comparison, EntryChange, EntryKind, EntryPage, Failure, Found, Hit, ImageWaste,
    LayerEntries, LayerEntry, SaveImageFile, SearchImage, Waste, WastedFile, WastedLayer,
};
use gantry_wire::gantry::{self, Scope};

use crate::{Desk, failure::failure, file, path};

/// Hits that a window lists.
const HITS: u32 = 500;

pub(crate) async fn entries(desk: &Desk, request: LayerEntries) -> Result<EntryPage, Failure> {
    let client = desk.link().client().await?;
    let scope = scope(request.whole);
    let limit = Some(request.limit);
    let page = client
        .layer_entries(&request.image, request.layer, &request.dir, scope, limit)
        .await
        .map_err(failure)?;
    Ok(self::page(page))
}

/// A folder as a window lists it.
pub(crate) fn page(page: gantry::EntryPage) -> EntryPage {
    EntryPage {
        entries: page.entries.into_iter().map(entry).collect(),
        more: page.more,
        more_size: page.more_size,
    }
}

pub(crate) async fn waste(desk: &Desk, request: ImageWaste) -> Result<Waste, Failure> {
    let client = desk.link().client().await?;
    let waste = client.image_waste(&request.id).await.map_err(failure)?;
    Ok(Waste {
        total: waste.total,
        seen: waste.seen,
        layers: waste
            .layers
            .into_iter()
            .map(|layer| WastedLayer {
                bytes: layer.bytes,
                by: layer.by,
            })
            .collect(),
        files: waste
            .files
            .into_iter()
            .map(|file| WastedFile {
                path: file.path,
                bytes: file.bytes,
                copies: file.copies,
                deleted: file.deleted,
            })
            .collect(),
    })
}

pub(crate) async fn search(desk: &Desk, request: SearchImage) -> Result<Found, Failure> {
    let client = desk.link().client().await?;
    let found = client
        .search_image(&request.image, &request.text, request.layer, HITS)
        .await
        .map_err(failure)?;
    let hit = |hit: gantry::Hit| Hit {
        path: hit.path,
        entry: entry(hit.entry),
    };
    Ok(Found {
        hits: found.hits.into_iter().map(hit).collect(),
        more: found.more,
    })
}

pub(crate) async fn compare(desk: &Desk, request: CompareImages) -> Result<Comparison, Failure> {
    let client = desk.link().client().await?;
    let found = client
        .compare_images(&request.image, &request.with, &request.dir)
        .await
        .map_err(failure)?;
    let row = |row: gantry::Difference| LayerEntry {
        before: Some(row.before),
        ..entry(row.entry)
    };
    Ok(Comparison {
        page: EntryPage {
            entries: found.rows.into_iter().map(row).collect(),
            more: found.more,
            more_size: 0,
        },
        added: found.added,
        modified: found.modified,
        deleted: found.deleted,
    })
}

/// Writes a file of an image where the person said; its bytes.
pub(crate) async fn save_file(desk: &Desk, request: SaveImageFile) -> Result<u64, Failure> {
    let target = path::absolute(&request.target)?;
    let client = desk.link().client().await?;
    let (image, path) = (&request.image, &request.path);
    let content = content(&client, image, path, request.layer, request.whole).await?;
    let content = content.map(|chunk| chunk.map_err(std::io::Error::other));
    let written = file::write_stream(&target, content).await;
    written.map_err(|error| file::failure("file-not-saved", &target, &error))
}

/// The bytes of a file of an image.
pub(crate) async fn content(
    client: &Client,
    image: &str,
    path: &str,
    layer: u32,
    whole: bool,
) -> Result<impl Stream<Item = Result<Bytes, gantry_client::Error>> + Send + Unpin + use<>, Failure>
{
    let layer = Some(layer);
    let content = client.image_file(image, path, layer, scope(whole)).await;
    content.map_err(failure)
}

fn scope(whole: bool) -> Scope {
    if whole { Scope::Image } else { Scope::Layer }
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
        before: entry.before,
        files: entry.files,
        layer: entry.layer,
        target: entry.target.unwrap_or_default(),
        mode: entry.mode,
    }
}
