//! A stack of layers read side by side, directory by directory.
//!
//! Each index is sorted by directory and, inside one, by name. So one pass that always takes the
//! smallest path next, and in a directory the smallest name, sees what every layer says about it at
//! once, and holds no more than that in memory, however many files the layers have.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::block::Block;
use super::{Entry, EntryKind, LayerIndex};
use crate::Result;

/// Layers that hide what lies below them at some directory, ascending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Hiders(Vec<usize>);

impl Hiders {
    fn insert(&mut self, layer: usize) {
        if let Err(at) = self.0.binary_search(&layer) {
            self.0.insert(at, layer);
        }
    }

    /// The first one at or below a layer.
    fn from(&self, layer: usize) -> Option<usize> {
        self.0.iter().copied().find(|hider| *hider >= layer)
    }

    /// The last one above a layer.
    fn above(&self, layer: usize) -> Option<usize> {
        self.0.iter().copied().rfind(|hider| *hider < layer)
    }
}

/// What the layers say about one name in a directory.
#[derive(Debug)]
pub struct Merged {
    /// Each with the position of its layer, the topmost (0) first; whiteouts included.
    pub versions: Vec<(usize, Entry)>,
}

impl Merged {
    /// The name; every version has the same.
    pub fn name(&self) -> &[u8] {
        self.versions.first().map_or(b"", |(_, entry)| &entry.name)
    }
}

/// A directory of the stack; [`Walk::next_entry`] tells what is in it.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    pub path: Vec<u8>,
    hiders: Hiders,
}

impl Folder {
    /// The path of something in it.
    pub fn join(&self, name: &[u8]) -> Vec<u8> {
        join(&self.path, name)
    }

    /// What the layers from position `from` downwards show of an entry, with its position.
    pub fn shown<'a>(&self, merged: &'a Merged, from: usize) -> Option<&'a (usize, Entry)> {
        let limit = self.hiders.from(from).unwrap_or(usize::MAX);
        let mut versions = merged.versions.iter();
        versions
            .find(|(layer, _)| *layer >= from)
            .filter(|(layer, entry)| *layer <= limit && entry.kind != EntryKind::Whiteout)
    }

    /// The same with the attributes that a directory, which its layer only implies, got from below.
    pub fn completed(&self, merged: &Merged, from: usize) -> Option<(usize, Entry)> {
        let (layer, entry) = self.shown(merged, from)?;
        let limit = self.hiders.from(from).unwrap_or(usize::MAX);
        let mut below = merged
            .versions
            .iter()
            .filter(|(at, _)| at > layer && *at <= limit)
            .take_while(|(_, below)| below.is_dir());
        let found = (entry.implicit && !entry.opaque)
            .then(|| below.find(|(_, below)| !below.implicit))
            .flatten();
        let mut entry = entry.clone();
        if let Some((_, explicit)) = found {
            (entry.mode, entry.uid, entry.gid) = (explicit.mode, explicit.uid, explicit.gid);
            entry.mtime = explicit.mtime;
        }
        Some((*layer, entry))
    }

    /// Whether a layer hides what the layers below it have in this directory.
    pub fn is_hidden_by(&self, layer: usize) -> bool {
        self.hiders.0.binary_search(&layer).is_ok()
    }

    /// The layer that hides a version: the nearest above it that has the name or hides the
    /// directory.
    pub fn culprit(&self, merged: &Merged, layer: usize) -> Option<usize> {
        let versions = merged.versions.iter().map(|(at, _)| *at);
        let named = versions.filter(|at| *at < layer).max();
        named.max(self.hiders.above(layer))
    }
}

/// One layer's place in the pass.
#[derive(Debug)]
struct Cursor {
    index: Arc<LayerIndex>,
    left: Range<usize>,
    /// What the layer has in the directory that is being told.
    block: Block,
    next: Option<Entry>,
}

impl Cursor {
    fn begin(&mut self, block: Block) -> Result<()> {
        self.block = block;
        self.take().map(drop)
    }

    /// The next entry; the one behind it is read.
    fn take(&mut self) -> Result<Option<Entry>> {
        let mut following = self.block.next(&self.index)?;
        // The root has an entry of its own, without a name.
        if following
            .as_ref()
            .is_some_and(|entry| entry.name.is_empty())
        {
            following = self.block.next(&self.index)?;
        }
        Ok(std::mem::replace(&mut self.next, following))
    }
}

/// The pass over a directory of the stack and everything below it: the directory itself first,
/// then those below in the order of their paths.
#[derive(Debug)]
pub struct Walk {
    cursors: Vec<Cursor>,
    /// Of directories that are still to come.
    hiders: HashMap<Vec<u8>, Hiders>,
    first: Option<Vec<u8>>,
    /// The directory that is being told.
    folder: Folder,
}

impl Walk {
    /// A pass over layers, the topmost first; `b""` is the root.
    pub fn new(layers: &[Arc<LayerIndex>], dir: &[u8]) -> Result<Self> {
        let mut own = Hiders::default();
        for (layer, index) in layers.iter().enumerate() {
            if index.hides_below(dir)? {
                own.insert(layer);
            }
        }
        let cursors = layers.iter().map(|index| Cursor {
            index: Arc::clone(index),
            left: index.below(dir),
            block: Block::default(),
            next: None,
        });
        Ok(Self {
            cursors: cursors.collect(),
            hiders: HashMap::from([(dir.to_vec(), own)]),
            first: Some(dir.to_vec()),
            folder: Folder::default(),
        })
    }

    /// The next directory; `None` at the end. The first one comes even if no layer has it.
    pub fn next_folder(&mut self) -> Result<Option<Folder>> {
        // What is in it says what hides the directories below.
        while self.next_entry()?.is_some() {}
        let path = if let Some(first) = self.first.take() {
            for cursor in &mut self.cursors {
                let block = cursor.index.block(&first)?;
                cursor.begin(block)?;
            }
            first
        } else {
            let Some(path) = self.nearest() else {
                return Ok(None);
            };
            for cursor in &mut self.cursors {
                let at = cursor.left.start;
                if !cursor.left.is_empty() && cursor.index.path_at(at) == path {
                    cursor.left.start += 1;
                    let block = cursor.index.block_at(at)?;
                    cursor.begin(block)?;
                }
            }
            path
        };
        let hiders = self.hiders.remove(&path).unwrap_or_default();
        self.folder = Folder { path, hiders };
        Ok(Some(self.folder.clone()))
    }

    /// The next name in the directory, in their order; `None` at its end.
    pub fn next_entry(&mut self) -> Result<Option<Merged>> {
        let names = self
            .cursors
            .iter()
            .filter_map(|cursor| cursor.next.as_ref());
        let Some(name) = names.map(|entry| &entry.name).min().cloned() else {
            return Ok(None);
        };
        let mut versions = Vec::new();
        for (layer, cursor) in self.cursors.iter_mut().enumerate() {
            if cursor.next.as_ref().is_some_and(|next| next.name == name) {
                versions.extend(cursor.take()?.map(|entry| (layer, entry)));
            }
        }
        let merged = Merged { versions };
        self.pass_on(&merged);
        Ok(Some(merged))
    }

    /// The smallest path that is still to come.
    fn nearest(&self) -> Option<Vec<u8>> {
        let open = self.cursors.iter().filter(|cursor| !cursor.left.is_empty());
        open.map(|cursor| cursor.index.path_at(cursor.left.start))
            .min()
            .map(<[u8]>::to_vec)
    }

    /// A directory below inherits what hides this one, and may have hiders of its own.
    fn pass_on(&mut self, merged: &Merged) {
        if !merged.versions.iter().any(|(_, entry)| entry.is_dir()) {
            return;
        }
        let mut own = self.folder.hiders.clone();
        for (layer, entry) in &merged.versions {
            if !entry.is_dir() || entry.opaque {
                own.insert(*layer);
            }
        }
        if !own.0.is_empty() {
            let path = self.folder.join(merged.name());
            self.hiders.insert(path, own);
        }
    }
}

/// A path of something in a directory.
pub(crate) fn join(dir: &[u8], name: &[u8]) -> Vec<u8> {
    if dir.is_empty() {
        name.to_vec()
    } else {
        [dir, name].join(&b'/')
    }
}
