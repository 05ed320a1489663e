//! What an image holds: directories, waste, search, comparison, single files.

use gantry_store::{Explorer, FileInLayer, Image, PlatformFit, Store};
use gantry_wire::gantry::{
    Comparison, Difference, Entry, EntryChange, EntryKind, EntryPage, Hit, Scope, SearchResult,
    Waste, WastedFile, WastedLayer,
};

use super::Images;
use crate::{Error, Result};

/// Lines of an answer where the caller names no number, and the most that it may name.
const LIMIT: usize = 1000;
const MOST: usize = 100_000;
/// Where shells are; `/bin` is often a link to the other one.
const SHELLS: [&str; 4] = ["bin/sh", "usr/bin/sh", "bin/bash", "usr/bin/bash"];
/// Paths that a look at the waste names.
const WORST: usize = 200;

impl Images {
    /// One directory of a layer, or of all layers up to it; layers are counted from 0 at the base.
    pub async fn layer_entries(
        &self,
        name: &str,
        layer: u32,
        directory: &str,
        scope: Scope,
        limit: Option<usize>,
    ) -> Result<EntryPage> {
        let image = self.resolve(name).await?;
        let dir = directory.trim_matches('/').to_owned();
        self.blocking(move |store| {
            let explorer = open(store, &image, Some(layer))?;
            let page = match scope {
                Scope::Layer => explorer.layer_page(dir.as_bytes(), most(limit))?,
                Scope::Image => explorer.merged_page(dir.as_bytes(), most(limit))?,
            };
            let entries = page.rows.into_iter().map(|row| Entry {
                change: change(row.change),
                size: row.size,
                files: row.files,
                layer: row.layer as u32,
                ..shown(&row.entry)
            });
            Ok(EntryPage {
                dir,
                entries: entries.collect(),
                more: page.more,
                more_size: page.more_size,
            })
        })
        .await
    }

    /// The ids of the images that have a shell and run on this computer, the smallest first.
    pub async fn with_shell(&self) -> Result<Vec<String>> {
        self.blocking(|store| {
            let mut found = Vec::new();
            for image in store.images()? {
                // An image whose layers cannot be read has none either.
                let shell = open(store, &image, None).is_ok_and(|explorer| {
                    let shows = |path: &&str| explorer.shows(path.as_bytes()).unwrap_or(false);
                    SHELLS.iter().any(shows)
                });
                if image.fit == PlatformFit::Native && shell {
                    found.push((image.size, image.id.to_string()));
                }
            }
            found.sort();
            Ok(found.into_iter().map(|(_, id)| id).collect())
        })
        .await
    }

    /// Bytes of an image that no container sees.
    pub async fn waste(&self, name: &str) -> Result<Waste> {
        let image = self.resolve(name).await?;
        self.blocking(move |store| {
            let waste = open(store, &image, None)?.waste(WORST)?;
            Ok(Waste {
                total: waste.total,
                seen: waste.seen,
                layers: waste.layers.into_iter().map(wasted_layer).collect(),
                files: waste.files.into_iter().map(wasted_file).collect(),
            })
        })
        .await
    }

    /// What the layers up to one show whose name contains a text.
    pub async fn search_image(
        &self,
        name: &str,
        text: String,
        layer: Option<u32>,
        limit: Option<usize>,
    ) -> Result<SearchResult> {
        let image = self.resolve(name).await?;
        self.blocking(move |store| {
            let (hits, more) = open(store, &image, layer)?.search(&text, most(limit))?;
            let hits = hits.into_iter().map(|hit| Hit {
                path: text_of(&hit.path),
                entry: Entry {
                    change: EntryChange::Unchanged,
                    size: hit.entry.size,
                    layer: hit.layer as u32,
                    ..shown(&hit.entry)
                },
            });
            Ok(SearchResult {
                hits: hits.collect(),
                more,
            })
        })
        .await
    }

    /// What of a directory is not the same in another image.
    pub async fn compare(
        &self,
        name: &str,
        with: &str,
        directory: &str,
        limit: Option<usize>,
    ) -> Result<Comparison> {
        let (image, other) = (self.resolve(name).await?, self.resolve(with).await?);
        let dir = directory.trim_matches('/').to_owned();
        self.blocking(move |store| {
            let (one, two) = (open(store, &image, None)?, open(store, &other, None)?);
            let found = one.compare(&two, dir.as_bytes(), most(limit))?;
            let rows = found.rows.into_iter().map(|row| Difference {
                before: row.before,
                entry: Entry {
                    change: change(row.change),
                    size: row.after,
                    files: row.files,
                    ..shown(&row.entry)
                },
            });
            Ok(Comparison {
                dir,
                rows: rows.collect(),
                more: found.more,
                added: found.added,
                modified: found.modified,
                deleted: found.deleted,
            })
        })
        .await
    }

    /// Opens a file of an image, from one layer or as a container would see it.
    pub async fn image_file(
        &self,
        name: &str,
        path: &str,
        layer: Option<u32>,
        scope: Scope,
    ) -> Result<FileInLayer> {
        let image = self.resolve(name).await?;
        let path = path.trim_matches('/').to_owned();
        self.blocking(move |store| {
            let explorer = open(store, &image, layer)?;
            let found = explorer.open_file(path.as_bytes(), scope == Scope::Layer)?;
            found.ok_or(Error::NoSuchEntry(path))
        })
        .await
    }
}

/// The layers up to one; all of them where none is named.
fn open(store: &Store, image: &Image, layer: Option<u32>) -> Result<Explorer> {
    let count = layer.map_or(image.layers.len(), |layer| layer as usize + 1);
    let layers = image.layers.get(..count).ok_or_else(|| {
        let last = count - 1;
        Error::Invalid(format!("image {} has no layer {last}", image.id))
    })?;
    let layers = layers.iter().map(|id| store.layer(id));
    Ok(Explorer::open(layers.collect::<Result<_, _>>()?)?)
}

fn most(limit: Option<usize>) -> usize {
    limit.unwrap_or(LIMIT).min(MOST)
}

fn text_of(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

fn wasted_layer(layer: gantry_store::WastedLayer) -> WastedLayer {
    WastedLayer {
        bytes: layer.bytes,
        by: layer.by.map(|layer| layer as u32),
    }
}

fn wasted_file(file: gantry_store::WastedFile) -> WastedFile {
    WastedFile {
        path: text_of(&file.path),
        bytes: file.bytes,
        copies: file.copies,
        deleted: file.deleted,
    }
}

fn change(change: gantry_store::EntryChange) -> EntryChange {
    match change {
        gantry_store::EntryChange::Added => EntryChange::Added,
        gantry_store::EntryChange::Modified => EntryChange::Modified,
        gantry_store::EntryChange::Deleted => EntryChange::Deleted,
        gantry_store::EntryChange::Unchanged => EntryChange::Unchanged,
    }
}

fn shown(entry: &gantry_store::Entry) -> Entry {
    Entry {
        name: text_of(&entry.name),
        kind: match entry.kind {
            _ if entry.is_hardlink() => EntryKind::Hardlink,
            gantry_store::EntryKind::Directory => EntryKind::Directory,
            gantry_store::EntryKind::Symlink => EntryKind::Symlink,
            gantry_store::EntryKind::CharDevice | gantry_store::EntryKind::BlockDevice => {
                EntryKind::Device
            }
            gantry_store::EntryKind::Fifo => EntryKind::Fifo,
            gantry_store::EntryKind::File | gantry_store::EntryKind::Whiteout => EntryKind::File,
        },
        change: EntryChange::Added,
        size: 0,
        before: None,
        files: 0,
        layer: 0,
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        modified: jiff::Timestamp::new(entry.mtime.seconds, entry.mtime.nanos as i32)
            .unwrap_or(gantry_wire::NEVER),
        target: (!entry.link.is_empty()).then(|| text_of(&entry.link)),
    }
}
