//! Bytes that ship with an image and that no container ever sees.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::{Explorer, content};
use crate::Result;

/// How much of an image is of use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waste {
    /// Bytes of the files of all layers.
    pub total: u64,
    /// Those that a container sees.
    pub seen: u64,
    /// By layer, the base first.
    pub layers: Vec<WastedLayer>,
    /// The paths that waste most, the worst first.
    pub files: Vec<WastedFile>,
}

/// What of a layer is replaced or deleted above it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WastedLayer {
    pub bytes: u64,
    /// The layer that hides most of them, counted from 0 at the base.
    pub by: Option<usize>,
}

/// A path of which more than one copy ships, or one that nobody sees.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WastedFile {
    pub bytes: u64,
    pub path: Vec<u8>,
    /// Copies that nobody sees.
    pub copies: u32,
    /// Whether the path is gone from the image altogether.
    pub deleted: bool,
}

impl Explorer {
    /// Adds up what is hidden, and names the `limit` worst paths.
    pub fn waste(&self, limit: usize) -> Result<Waste> {
        let count = self.indexes.len();
        let mut waste = Waste::default();
        let mut hidden = vec![BTreeMap::<usize, u64>::new(); count];
        let mut worst = BinaryHeap::new();
        let mut walk = self.walk(0, b"")?;
        while let Some(folder) = walk.next_folder()? {
            while let Some(merged) = walk.next_entry()? {
                let shown = folder.shown(&merged, 0).map(|(layer, _)| *layer);
                let (mut bytes, mut copies) = (0, 0);
                for (layer, entry) in &merged.versions {
                    let size = content(entry);
                    waste.total += size;
                    if Some(*layer) == shown {
                        waste.seen += size;
                    } else if size > 0 {
                        bytes += size;
                        copies += 1;
                        let by = folder.culprit(&merged, *layer).unwrap_or(0);
                        *hidden[*layer].entry(by).or_default() += size;
                    }
                }
                if bytes > 0 {
                    worst.push(Reverse(WastedFile {
                        bytes,
                        path: folder.join(merged.name()),
                        copies,
                        deleted: shown.is_none(),
                    }));
                    if worst.len() > limit {
                        worst.pop();
                    }
                }
            }
        }
        waste.layers = hidden.iter().rev().map(|by| self.layer_waste(by)).collect();
        waste.files = worst
            .into_sorted_vec()
            .into_iter()
            .map(|file| file.0)
            .collect();
        Ok(waste)
    }

    fn layer_waste(&self, by: &BTreeMap<usize, u64>) -> WastedLayer {
        let most = by.iter().max_by_key(|(_, bytes)| **bytes);
        WastedLayer {
            bytes: by.values().sum(),
            by: most.map(|(position, _)| self.number(*position)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Stack, dir, file, opaque, whiteout};

    #[test]
    fn what_is_replaced_or_deleted_above_is_wasted() {
        let stack = Stack::new(&[
            &[dir("a"), file("a/big", 1000), file("kept", 5)],
            &[file("a/big", 2000), dir("tmp"), file("tmp/cache", 300)],
            &[file("a/big", 10), whiteout("tmp")],
        ]);
        let waste = stack.up_to(2).waste(10).unwrap();
        assert_eq!((waste.total, waste.seen), (3315, 15));
        let layers: Vec<_> = waste.layers.iter().map(|l| (l.bytes, l.by)).collect();
        assert_eq!(layers, [(1000, Some(1)), (2300, Some(2)), (0, None)]);
        let files: Vec<_> = waste
            .files
            .iter()
            .map(|f| (&*f.path, f.bytes, f.copies, f.deleted))
            .collect();
        assert_eq!(
            files,
            [
                (&b"a/big"[..], 3000, 2, false),
                (&b"tmp/cache"[..], 300, 1, true)
            ]
        );
    }

    #[test]
    fn only_the_worst_paths_are_named() {
        let stack = Stack::new(&[
            &[dir("d"), file("d/a", 1), file("d/b", 3), file("d/c", 2)],
            &[opaque("d")],
        ]);
        let waste = stack.up_to(1).waste(2).unwrap();
        let sizes: Vec<_> = waste.files.iter().map(|file| file.bytes).collect();
        assert_eq!(sizes, [3, 2]);
        assert_eq!(waste.layers[0].bytes, 6);
    }

    #[test]
    fn an_image_of_one_layer_wastes_nothing() {
        let waste = Stack::new(&[&[file("a", 3)]]).up_to(0).waste(2).unwrap();
        assert_eq!((waste.total, waste.seen), (3, 3));
        assert!(waste.files.is_empty());
    }
}
