//! What an image holds, layer by layer, read from the indexes alone.
//!
//! ```text
//! indexes of the layers ─ Walk ─┬─ page     one directory of one layer, or of all up to it
//!                               ├─ waste    bytes that ship and are never seen
//!                               ├─ search   paths by a part of their name
//!                               └─ compare  one directory of two images
//! ```
//!
//! Everything is one pass over sorted indexes that keeps a directory and the answer in memory: an
//! image of a million files is explored in less than a second and a few megabytes.

mod compare;
mod file;
mod largest;
mod page;
mod restore;
mod search;
mod waste;

use std::sync::Arc;

use gantry_oci::DiffId;

pub use compare::{Comparison, Difference};
pub use file::FileInLayer;
pub use page::{Page, Row};
pub use search::Hit;
pub use waste::{Waste, WastedFile, WastedLayer};

use crate::index::{Entry, EntryKind, LayerIndex, Walk};
use crate::layer::Layer;
use crate::{Error, Result};

/// What a layer does to a path of the layers below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryChange {
    Added,
    Modified,
    Deleted,
    /// A directory that the layer only passes through, or something of a layer below.
    Unchanged,
}

/// The layers of an image, or its first ones.
#[derive(Debug, Clone)]
pub struct Explorer {
    /// Topmost first, as positions count.
    layers: Vec<Layer>,
    indexes: Vec<Arc<LayerIndex>>,
}

impl Explorer {
    /// Opens the indexes of layers, the base first.
    pub fn open(layers: Vec<Layer>) -> Result<Self> {
        let layers: Vec<Layer> = layers.into_iter().rev().collect();
        let indexes = layers.iter().map(Layer::entries).collect::<Result<_>>()?;
        Ok(Self { layers, indexes })
    }

    /// The number of the layer at a position, counted from 0 at the base.
    fn number(&self, position: usize) -> usize {
        self.indexes.len() - 1 - position
    }

    fn diff_id(&self, position: usize) -> Option<DiffId> {
        Some(self.layers.get(position)?.facts.diff_id)
    }

    fn top(&self) -> Result<&Arc<LayerIndex>> {
        self.indexes
            .first()
            .ok_or_else(|| Error::NotAnImage("the image has no layers".to_owned()))
    }

    fn walk(&self, from: usize, dir: &[u8]) -> Result<Walk> {
        Walk::new(&self.indexes[from.min(self.indexes.len())..], dir)
    }
}

/// Bytes and number of files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    size: u64,
    files: u64,
}

impl Sum {
    fn add(&mut self, entry: &Entry) {
        if !entry.is_dir() && entry.kind != EntryKind::Whiteout {
            self.files += 1;
            self.size = self.size.saturating_add(content(entry));
        }
    }
}

/// Bytes that an entry adds to its layer: a second name for the same content adds none.
fn content(entry: &Entry) -> u64 {
    if entry.is_hardlink() { 0 } else { entry.size }
}

/// The name directly in `dir` through which one gets to `folder`.
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

#[cfg(test)]
mod fixture;

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
