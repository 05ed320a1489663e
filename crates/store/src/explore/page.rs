//! One directory: of one layer, or of all layers up to it.

use std::collections::HashMap;

use super::largest::{Largest, Line};
use super::{EntryChange, Explorer, Sum, child_on_the_way};
use crate::Result;
use crate::index::{Entry, EntryKind, Folder, Merged, join};

/// A line of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub entry: Entry,
    pub change: EntryChange,
    /// Bytes of a file or of everything below a directory; of what was deleted, as it was below.
    pub size: u64,
    /// Files below a directory.
    pub files: u64,
    /// The layer that it comes from, counted from 0 at the base.
    pub layer: usize,
}

/// The largest lines of a directory, and what the rest adds up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    pub rows: Vec<Row>,
    pub more: u64,
    pub more_size: u64,
}

impl Explorer {
    /// What the topmost layer itself has or deletes directly in `dir`, the largest `limit` lines.
    pub fn layer_page(&self, dir: &[u8], limit: usize) -> Result<Page> {
        let sums = self.own_sums(dir)?;
        let mut walk = self.walk(0, dir)?;
        let Some(folder) = walk.next_folder()? else {
            return Ok(Page::default());
        };
        let hides = folder.is_hidden_by(0);
        let mut rows = Largest::new(limit);
        while let Some(merged) = walk.next_entry()? {
            let own = merged.versions.first().filter(|(layer, _)| *layer == 0);
            let below = folder.completed(&merged, 1);
            match own {
                Some((_, entry)) if entry.kind != EntryKind::Whiteout => {
                    let sum = sums.get(merged.name()).copied().unwrap_or_default();
                    let below = below.as_ref().map(|(_, entry)| entry);
                    let change = change(entry, below);
                    let entry = folder
                        .completed(&merged, 0)
                        .map_or_else(|| entry.clone(), |e| e.1);
                    rows.add(self.row(entry, change, sum, 0));
                }
                // A whiteout of what is not there does nothing, but the layer has it.
                Some((_, entry)) => {
                    let (entry, sum) = self.removed(&folder, &merged, below, entry)?;
                    rows.add(self.row(entry, EntryChange::Deleted, sum, 0));
                }
                None => {
                    if let Some(below) = below.filter(|_| hides) {
                        let (entry, sum) =
                            self.removed(&folder, &merged, Some(below.clone()), &below.1)?;
                        rows.add(self.row(entry, EntryChange::Deleted, sum, 0));
                    }
                }
            }
        }
        Ok(page(rows))
    }

    /// What a container would see directly in `dir`, the largest `limit` lines.
    pub fn merged_page(&self, dir: &[u8], limit: usize) -> Result<Page> {
        let mut walk = self.walk(0, dir)?;
        let Some(folder) = walk.next_folder()? else {
            return Ok(Page::default());
        };
        let mut rows = Largest::new(limit);
        let mut folders = Vec::new();
        while let Some(merged) = walk.next_entry()? {
            let Some((layer, entry)) = folder.completed(&merged, 0) else {
                continue;
            };
            let below = folder.completed(&merged, 1);
            let change = if layer == 0 {
                change(&entry, below.as_ref().map(|(_, entry)| entry))
            } else {
                EntryChange::Unchanged
            };
            if entry.is_dir() {
                folders.push((layer, entry, change));
            } else {
                rows.add(self.row(entry, change, Sum::default(), layer));
            }
        }
        let mut sums: HashMap<Vec<u8>, Sum> = HashMap::new();
        while let Some(below) = walk.next_folder()? {
            let Some(name) = child_on_the_way(dir, &below.path) else {
                continue;
            };
            let mut sum = Sum::default();
            while let Some(merged) = walk.next_entry()? {
                if let Some((_, entry)) = below.shown(&merged, 0) {
                    sum.add(entry);
                }
            }
            let all = sums.entry(name.to_vec()).or_default();
            (all.size, all.files) = (all.size + sum.size, all.files + sum.files);
        }
        for (layer, entry, change) in folders {
            let sum = sums.get(&entry.name).copied().unwrap_or_default();
            rows.add(self.row(entry, change, sum, layer));
        }
        Ok(page(rows))
    }

    fn row(&self, entry: Entry, change: EntryChange, sum: Sum, layer: usize) -> Row {
        let is_sum = entry.is_dir() || change == EntryChange::Deleted;
        Row {
            change,
            size: if is_sum { sum.size } else { entry.size },
            files: if entry.is_dir() { sum.files } else { 0 },
            layer: self.number(layer),
            entry,
        }
    }

    /// For each folder directly in `dir`, what the topmost layer has below it.
    fn own_sums(&self, dir: &[u8]) -> Result<HashMap<Vec<u8>, Sum>> {
        let mut sums: HashMap<Vec<u8>, Sum> = HashMap::new();
        self.top()?.for_each_below(dir, |folder, entry| {
            if let Some(name) = child_on_the_way(dir, folder) {
                sums.entry(name.to_vec()).or_default().add(&entry);
            }
        })?;
        Ok(sums)
    }

    /// What was deleted, as the layers below have it, with all that was in it.
    fn removed(
        &self,
        folder: &Folder,
        merged: &Merged,
        below: Option<(usize, Entry)>,
        mark: &Entry,
    ) -> Result<(Entry, Sum)> {
        let Some((_, entry)) = below else {
            return Ok((mark.clone(), Sum::default()));
        };
        let mut sum = Sum::default();
        if entry.is_dir() {
            let mut walk = self.walk(1, &folder.join(merged.name()))?;
            while let Some(below) = walk.next_folder()? {
                while let Some(merged) = walk.next_entry()? {
                    if let Some((_, entry)) = below.shown(&merged, 0) {
                        sum.add(entry);
                    }
                }
            }
        } else {
            sum.add(&entry);
        }
        Ok((entry, sum))
    }
}

impl Line for Row {
    fn name(&self) -> &[u8] {
        &self.entry.name
    }

    fn size(&self) -> u64 {
        self.size
    }
}

fn page(rows: Largest<Row>) -> Page {
    Page {
        more: rows.more,
        more_size: rows.more_size,
        rows: rows.into_lines(),
    }
}

fn change(entry: &Entry, below: Option<&Entry>) -> EntryChange {
    match below {
        None => EntryChange::Added,
        Some(below) if entry.is_dir() && below.is_dir() => {
            let same = (entry.mode, entry.uid, entry.gid) == (below.mode, below.uid, below.gid);
            if (entry.implicit || same) && !entry.opaque {
                EntryChange::Unchanged
            } else {
                EntryChange::Modified
            }
        }
        Some(_) => EntryChange::Modified,
    }
}

impl Explorer {
    /// Whether a container would see something at `path`. Links on the way to it are not followed.
    pub fn shows(&self, path: &[u8]) -> Result<bool> {
        Ok(self.find(path, false)?.is_some())
    }

    /// Where the content of `path` lies: in the topmost layer alone, or in whichever shows it.
    pub(super) fn find(&self, path: &[u8], only_top: bool) -> Result<Option<(usize, Entry)>> {
        let (dir, name) = match path.iter().rposition(|byte| *byte == b'/') {
            Some(slash) => (&path[..slash], &path[slash + 1..]),
            None => (&b""[..], path),
        };
        let mut walk = self.walk(0, dir)?;
        let Some(folder) = walk.next_folder()? else {
            return Ok(None);
        };
        debug_assert_eq!(join(dir, name), path);
        while let Some(merged) = walk.next_entry()? {
            if merged.name() == name {
                let shown = folder.shown(&merged, 0);
                return Ok(shown.filter(|(layer, _)| *layer == 0 || !only_top).cloned());
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Stack, dir, file, opaque, whiteout};
    use super::*;

    fn lines(page: &Page) -> Vec<(String, EntryChange, u64, u64)> {
        let line = |row: &Row| {
            let name = String::from_utf8_lossy(&row.entry.name).into_owned();
            (name, row.change, row.size, row.files)
        };
        page.rows.iter().map(line).collect()
    }

    fn stack() -> Stack {
        Stack::new(&[
            &[
                dir("etc"),
                file("etc/passwd", 10),
                dir("srv"),
                dir("srv/cache"),
                file("srv/cache/a", 100),
                file("srv/cache/b", 50),
                file("srv/app", 7),
            ],
            &[
                file("srv/app", 9),
                whiteout("srv/cache"),
                file("srv/new", 1),
            ],
            &[opaque("etc"), file("etc/hosts", 3)],
        ])
    }

    #[test]
    fn a_layer_shows_what_it_adds_changes_and_deletes_with_what_that_was() {
        let stack = stack();
        let second = stack.up_to(1);
        assert_eq!(
            lines(&second.layer_page(b"", 9).unwrap()),
            [("srv".into(), EntryChange::Unchanged, 10, 2)]
        );
        assert_eq!(
            lines(&second.layer_page(b"srv", 9).unwrap()),
            [
                ("cache".into(), EntryChange::Deleted, 150, 2),
                ("app".into(), EntryChange::Modified, 9, 0),
                ("new".into(), EntryChange::Added, 1, 0),
            ]
        );
    }

    #[test]
    fn an_opaque_folder_deletes_all_that_was_in_it() {
        let third = stack().up_to(2);
        assert_eq!(
            lines(&third.layer_page(b"etc", 9).unwrap()),
            [
                ("passwd".into(), EntryChange::Deleted, 10, 0),
                ("hosts".into(), EntryChange::Added, 3, 0),
            ]
        );
    }

    #[test]
    fn up_to_a_layer_everything_is_seen_that_a_container_would_see() {
        let third = stack().up_to(2);
        assert_eq!(
            lines(&third.merged_page(b"", 9).unwrap()),
            [
                ("srv".into(), EntryChange::Unchanged, 10, 2),
                ("etc".into(), EntryChange::Modified, 3, 1),
            ]
        );
        assert_eq!(
            lines(&third.merged_page(b"srv", 9).unwrap()),
            [
                ("app".into(), EntryChange::Unchanged, 9, 0),
                ("new".into(), EntryChange::Unchanged, 1, 0),
            ]
        );
        // What a whiteout hides is gone from the folders below it too.
        assert_eq!(lines(&third.merged_page(b"srv/cache", 9).unwrap()), []);
    }

    #[test]
    fn a_long_folder_is_cut_at_its_largest() {
        let page = stack().up_to(0).merged_page(b"srv/cache", 1).unwrap();
        assert_eq!((page.rows.len(), page.more, page.more_size), (1, 1, 50));
    }

    #[test]
    fn what_shows_a_path_is_found() {
        let stack = stack().up_to(2);
        let found = |path: &[u8], only_top| stack.find(path, only_top).unwrap();
        assert_eq!(found(b"srv/app", false).map(|(layer, _)| layer), Some(1));
        assert_eq!(found(b"srv/app", true), None);
        assert_eq!(found(b"srv/cache/a", false), None);
        assert_eq!(found(b"etc/passwd", false), None);
    }
}
