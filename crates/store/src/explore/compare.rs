//! Two images side by side.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::largest::{Largest, Line};
use super::{EntryChange, Explorer, child_on_the_way};
use crate::Result;
use crate::index::{Entry, Folder, Walk};

/// A line of a directory that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// As the second image has it; what only the first one has, as that one has it.
    pub entry: Entry,
    pub change: EntryChange,
    /// Bytes in the first and in the second image, of a directory all below it that differs.
    pub before: u64,
    pub after: u64,
    /// Files below a directory that differ.
    pub files: u64,
}

/// What differs directly in a directory, and below it as sums.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The largest first.
    pub rows: Vec<Difference>,
    pub more: u64,
    /// Files in and below the directory.
    pub added: u64,
    pub modified: u64,
    pub deleted: u64,
}

impl Comparison {
    fn count(&mut self, change: EntryChange) {
        match change {
            EntryChange::Added => self.added += 1,
            EntryChange::Modified => self.modified += 1,
            EntryChange::Deleted => self.deleted += 1,
            EntryChange::Unchanged => {}
        }
    }
}

/// A path that differs.
struct Found {
    entry: Entry,
    change: EntryChange,
    before: u64,
    after: u64,
    /// It is a directory in one of them.
    folder: bool,
}

impl Explorer {
    /// What is different in `dir` of `other`, seen from this image. Files are the same when they
    /// come from the same layer or agree in kind, mode, owner, size, time and target.
    pub fn compare(&self, other: &Self, dir: &[u8], limit: usize) -> Result<Comparison> {
        let mut comparison = Comparison::default();
        let mut lines = Largest::new(limit);
        // Those with something below them.
        let mut folders: BTreeMap<Vec<u8>, Difference> = BTreeMap::new();
        let (mut left, mut right) = (Side::new(self, dir)?, Side::new(other, dir)?);
        loop {
            let path = match (&left.folder, &right.folder) {
                (None, None) => break,
                (Some(one), Some(two)) => one.path.clone().min(two.path.clone()),
                (Some(one), None) | (None, Some(one)) => one.path.clone(),
            };
            let child = child_on_the_way(dir, &path);
            let (one, two) = (left.is_at(&path), right.is_at(&path));
            let mut before = if one { left.next()? } else { None };
            let mut after = if two { right.next()? } else { None };
            while before.is_some() || after.is_some() {
                let order = match (&before, &after) {
                    (Some((_, old)), Some((_, new))) => old.name.cmp(&new.name),
                    (Some(_), None) => Ordering::Less,
                    (None, _) => Ordering::Greater,
                };
                let (mut old, mut new) = (None, None);
                if order.is_le() {
                    old = std::mem::replace(&mut before, left.next()?);
                }
                if order.is_ge() {
                    new = std::mem::replace(&mut after, right.next()?);
                }
                let Some(found) = self.difference(other, old, new) else {
                    continue;
                };
                if !found.entry.is_dir() {
                    comparison.count(found.change);
                }
                match child {
                    Some(child) => add_below(&mut folders, child, &found),
                    None if found.folder => put(&mut folders, found),
                    None => lines.add(found.into()),
                }
            }
            if one {
                left.next_folder()?;
            }
            if two {
                right.next_folder()?;
            }
        }
        for row in folders.into_values() {
            if row.change != EntryChange::Unchanged || row.files > 0 {
                lines.add(row);
            }
        }
        comparison.more = lines.more;
        comparison.rows = lines.into_lines();
        Ok(comparison)
    }

    /// How a path differs; a directory always does, since what is below it may.
    fn difference(
        &self,
        other: &Self,
        old: Option<(usize, Entry)>,
        new: Option<(usize, Entry)>,
    ) -> Option<Found> {
        let sizes = [&old, &new].map(|one| one.as_ref().map_or(0, |(_, entry)| entry.size));
        let is_folder = |one: &Option<(usize, Entry)>| {
            let entry = one.as_ref();
            entry.is_some_and(|(_, entry)| entry.is_dir())
        };
        let folder = is_folder(&old) || is_folder(&new);
        let (entry, change) = match (old, new) {
            (Some((at, old)), Some((now_at, new))) => {
                let layers = (self.diff_id(at), other.diff_id(now_at));
                let same = layers.0 == layers.1 || same(&old, &new);
                if same && !new.is_dir() {
                    return None;
                }
                let change = if same {
                    EntryChange::Unchanged
                } else {
                    EntryChange::Modified
                };
                (new, change)
            }
            (Some((_, old)), None) => (old, EntryChange::Deleted),
            (None, Some((_, new))) => (new, EntryChange::Added),
            (None, None) => return None,
        };
        let [before, after] = sizes;
        Some(Found {
            entry,
            change,
            before,
            after,
            folder,
        })
    }
}

/// One of the two images, on its way through them.
struct Side {
    walk: Walk,
    folder: Option<Folder>,
}

impl Side {
    fn new(explorer: &Explorer, dir: &[u8]) -> Result<Self> {
        let mut walk = explorer.walk(0, dir)?;
        let folder = walk.next_folder()?;
        Ok(Self { walk, folder })
    }

    fn is_at(&self, path: &[u8]) -> bool {
        let folder = self.folder.as_ref();
        folder.is_some_and(|folder| folder.path == path)
    }

    fn next_folder(&mut self) -> Result<()> {
        self.folder = self.walk.next_folder()?;
        Ok(())
    }

    /// What it shows next in its directory.
    fn next(&mut self) -> Result<Option<(usize, Entry)>> {
        let Some(folder) = &self.folder else {
            return Ok(None);
        };
        while let Some(merged) = self.walk.next_entry()? {
            let shown = folder.completed(&merged, 0);
            if shown.is_some() {
                return Ok(shown);
            }
        }
        Ok(None)
    }
}

impl Line for Difference {
    fn name(&self) -> &[u8] {
        &self.entry.name
    }

    fn size(&self) -> u64 {
        self.before.max(self.after)
    }
}

impl From<Found> for Difference {
    fn from(found: Found) -> Self {
        Self {
            change: found.change,
            before: found.before,
            after: found.after,
            files: 0,
            entry: found.entry,
        }
    }
}

fn put(rows: &mut BTreeMap<Vec<u8>, Difference>, found: Found) {
    rows.insert(found.entry.name.clone(), found.into());
}

fn add_below(rows: &mut BTreeMap<Vec<u8>, Difference>, child: &[u8], found: &Found) {
    if let Some(row) = rows.get_mut(child)
        && !found.entry.is_dir()
    {
        row.before += found.before;
        row.after += found.after;
        row.files += 1;
    }
}

fn same(a: &Entry, b: &Entry) -> bool {
    let about = |entry: &Entry| (entry.kind, entry.mode, entry.uid, entry.gid, entry.size);
    let time = a.is_dir() || a.mtime == b.mtime;
    about(a) == about(b) && time && (a.device, &a.link) == (b.device, &b.link)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Stack, dir, file, whiteout};
    use super::*;

    #[test]
    fn what_two_images_do_not_share_is_told_with_its_sizes() {
        let stack = Stack::new(&[
            &[
                dir("usr"),
                file("usr/same", 1),
                file("usr/grown", 10),
                dir("tmp"),
                file("tmp/x", 4),
            ],
            &[file("usr/grown", 30), whiteout("tmp"), file("new", 2)],
        ]);
        let (old, new) = (stack.up_to(0), stack.up_to(1));
        let root = old.compare(&new, b"", 10).unwrap();
        assert_eq!((root.added, root.modified, root.deleted), (1, 1, 1));
        let lines: Vec<_> = root
            .rows
            .iter()
            .map(|row| {
                let name = String::from_utf8_lossy(&row.entry.name).into_owned();
                (name, row.change, row.before, row.after, row.files)
            })
            .collect();
        assert_eq!(
            lines,
            [
                ("usr".into(), EntryChange::Unchanged, 10, 30, 1),
                ("tmp".into(), EntryChange::Deleted, 4, 0, 1),
                ("new".into(), EntryChange::Added, 0, 2, 0),
            ]
        );
        let usr = old.compare(&new, b"usr", 10).unwrap();
        assert_eq!(usr.rows.len(), 1);
        assert_eq!((usr.rows[0].before, usr.rows[0].after), (10, 30));
    }

    #[test]
    fn an_image_does_not_differ_from_itself() {
        let stack = Stack::new(&[&[dir("usr"), file("usr/a", 1)], &[file("usr/a", 2)]]);
        let same = stack.up_to(1).compare(&stack.up_to(1), b"", 10).unwrap();
        assert_eq!(same, Comparison::default());
    }
}
