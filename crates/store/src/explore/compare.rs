//! Two images side by side.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{EntryChange, Explorer, child_on_the_way};
use crate::Result;
use crate::index::{Entry, Folder};

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
    name: Vec<u8>,
    entry: Entry,
    change: EntryChange,
    before: u64,
    after: u64,
}

impl Explorer {
    /// What is different in `dir` of `other`, seen from this image. Files are the same when they
    /// come from the same layer or agree in kind, mode, owner, size, time and target.
    pub fn compare(&self, other: &Self, dir: &[u8], limit: usize) -> Result<Comparison> {
        let mut comparison = Comparison::default();
        let mut rows: BTreeMap<Vec<u8>, Difference> = BTreeMap::new();
        let (mut left, mut right) = (self.walk(0, dir)?, other.walk(0, dir)?);
        let (mut a, mut b) = (left.next_folder()?, right.next_folder()?);
        while a.is_some() || b.is_some() {
            let (one, two) = match (&a, &b) {
                (Some(one), Some(two)) => (one.path <= two.path, two.path <= one.path),
                (one, two) => (one.is_some(), two.is_some()),
            };
            let (one, two) = (a.as_ref().filter(|_| one), b.as_ref().filter(|_| two));
            for found in self.differences(other, one, two) {
                if !found.entry.is_dir() {
                    comparison.count(found.change);
                }
                let path = one.or(two).map_or(&b""[..], |folder| &folder.path);
                match child_on_the_way(dir, path) {
                    None => put(&mut rows, found),
                    Some(child) => add_below(&mut rows, child, &found),
                }
            }
            let (next_a, next_b) = (one.is_some(), two.is_some());
            if next_a {
                a = left.next_folder()?;
            }
            if next_b {
                b = right.next_folder()?;
            }
        }
        let mut rows: Vec<Difference> = rows
            .into_values()
            .filter(|row| row.change != EntryChange::Unchanged || row.files > 0)
            .collect();
        let weight = |row: &Difference| row.before.max(row.after);
        rows.sort_by(|a, b| {
            (Reverse(weight(a)), &a.entry.name).cmp(&(Reverse(weight(b)), &b.entry.name))
        });
        comparison.more = rows.len().saturating_sub(limit) as u64;
        rows.truncate(limit);
        comparison.rows = rows;
        Ok(comparison)
    }

    /// What differs in one directory; directories always stand in it, since what is below them may
    /// differ.
    fn differences(&self, other: &Self, one: Option<&Folder>, two: Option<&Folder>) -> Vec<Found> {
        let shown = |folder: Option<&Folder>| -> BTreeMap<Vec<u8>, (usize, Entry)> {
            let entries = folder.into_iter().flat_map(|folder| {
                let shown = folder
                    .entries
                    .iter()
                    .map(|merged| folder.completed(merged, 0));
                shown.flatten()
            });
            entries
                .map(|(at, entry)| (entry.name.clone(), (at, entry)))
                .collect()
        };
        let (before, mut after) = (shown(one), shown(two));
        let mut found = Vec::new();
        for (name, (at, old)) in before {
            match after.remove(&name) {
                Some((now_at, new)) => {
                    let layers = (self.diff_id(at), other.diff_id(now_at));
                    let same = layers.0 == layers.1 || same(&old, &new);
                    if same && !new.is_dir() {
                        continue;
                    }
                    found.push(Found {
                        name,
                        before: old.size,
                        after: new.size,
                        change: if same {
                            EntryChange::Unchanged
                        } else {
                            EntryChange::Modified
                        },
                        entry: new,
                    });
                }
                None => found.push(Found {
                    name,
                    before: old.size,
                    after: 0,
                    change: EntryChange::Deleted,
                    entry: old,
                }),
            }
        }
        found.extend(after.into_iter().map(|(name, (_, new))| Found {
            name,
            before: 0,
            after: new.size,
            change: EntryChange::Added,
            entry: new,
        }));
        found
    }
}

fn put(rows: &mut BTreeMap<Vec<u8>, Difference>, found: Found) {
    rows.insert(
        found.name,
        Difference {
            change: found.change,
            before: found.before,
            after: found.after,
            files: 0,
            entry: found.entry,
        },
    );
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
