//! What a stack of layers shows, without mounting it.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::{Entry, EntryKind, LayerIndex};
use crate::Result;

/// The merged view of a stack of layers.
#[derive(Debug, Clone)]
pub struct Chain {
    /// Topmost first.
    layers: Vec<Arc<LayerIndex>>,
}

impl Chain {
    /// A stack of layers, topmost first.
    pub fn new(layers: Vec<Arc<LayerIndex>>) -> Self {
        Self { layers }
    }

    /// The entry that a container would see at `path`, with the position (0 is the topmost) of the
    /// layer it comes from. `b""` is the root.
    pub fn lookup(&self, path: &[u8]) -> Result<Option<(usize, Entry)>> {
        for (at, layer) in self.layers.iter().enumerate() {
            match layer.lookup(path)? {
                Some(entry) if entry.kind == EntryKind::Whiteout => return Ok(None),
                Some(entry) => return Ok(Some((at, self.completed(at, path, entry)?))),
                None if layer.hides_below(path)? => return Ok(None),
                None => {}
            }
        }
        Ok(None)
    }

    /// The attributes of the directory at `path`: those of the topmost layer that names it, where
    /// layers that only imply it do not count.
    pub(crate) fn explicit(&self, path: &[u8]) -> Result<Option<Entry>> {
        for layer in &self.layers {
            match layer.lookup(path)? {
                Some(entry) if !entry.is_dir() => return Ok(None),
                Some(entry) if !entry.implicit => return Ok(Some(entry)),
                Some(entry) if entry.opaque => return Ok(None),
                None if layer.hides_below(path)? => return Ok(None),
                _ => {}
            }
        }
        Ok(None)
    }

    /// What a container would see directly in the directory `dir`, sorted by name, each with the
    /// position of its layer.
    pub fn children(&self, dir: &[u8]) -> Result<Vec<(usize, Entry)>> {
        let mut seen: BTreeMap<Vec<u8>, (usize, Entry)> = BTreeMap::new();
        let mut hidden: HashSet<Vec<u8>> = HashSet::new();
        for (at, layer) in self.layers.iter().enumerate() {
            for entry in layer.children(dir)? {
                if hidden.contains(&entry.name) || seen.contains_key(&entry.name) {
                    continue;
                }
                if entry.kind == EntryKind::Whiteout {
                    hidden.insert(entry.name);
                } else {
                    seen.insert(entry.name.clone(), (at, entry));
                }
            }
            if layer.hides_below(dir)? {
                break;
            }
        }
        let mut children: Vec<_> = seen.into_values().collect();
        for (at, entry) in children.iter_mut().filter(|(_, entry)| entry.implicit) {
            let separator: &[u8] = if dir.is_empty() { b"" } else { b"/" };
            let path = [dir, separator, &entry.name].concat();
            *entry = self.completed(*at, &path, entry.clone())?;
        }
        Ok(children)
    }

    /// A directory that its layer only implies, with the attributes that it got from below.
    fn completed(&self, at: usize, path: &[u8], entry: Entry) -> Result<Entry> {
        if !entry.implicit {
            return Ok(entry);
        }
        let below = Self {
            layers: self.layers[at..].to_vec(),
        };
        let Some(found) = below.explicit(path)? else {
            return Ok(entry);
        };
        Ok(Entry {
            name: entry.name,
            opaque: entry.opaque,
            implicit: true,
            ..found
        })
    }
}
