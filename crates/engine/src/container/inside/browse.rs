//! A container's folders, with what it changed in them, for people to look at.

use std::collections::BTreeMap;

use gantry_store::{Change, ChangeKind, Listed, UpperDir};
use gantry_wire::gantry::{ChangeSums, Entry, EntryChange, EntryKind, EntryPage, FilesOf};
use gantry_wire::{NEVER, Timestamp};
use rustix::fs::FileType;

use super::Access;
use super::copy::Wanted;
use crate::Result;
use crate::container::Containers;
use crate::core::with_core;

/// Entries of an answer where the caller names no number, and the most that it may name.
const LIMIT: usize = 500;
const MOST: usize = 100_000;

impl Containers {
    /// One folder as the container sees it, folders first and then by name; what it deleted there
    /// comes last.
    pub(crate) async fn files(
        &self,
        id: &str,
        dir: &str,
        limit: Option<usize>,
    ) -> Result<EntryPage> {
        let of = FilesOf::Container(id.to_owned());
        let wanted = Wanted::new(&of, &format!("/{}", dir.trim_matches('/')))?;
        let upper = UpperDir(self.folder(&*self.view(id)?).upper());
        let dir = dir.trim_matches('/').to_owned();
        self.inside(id, Access::Read, move |core, entered| {
            let limit = limit.unwrap_or(LIMIT).min(MOST);
            let listed = entered.files.list(&wanted.path, limit);
            let (listed, more) = listed.map_err(|error| wanted.told(error, Some(&entered.view)))?;
            let layers = &entered.view.definition.layers;
            let changes = core.store.changes_in(&upper, layers, &dir)?;
            let mut changes: BTreeMap<Vec<u8>, Change> = changes
                .into_iter()
                .map(|change| (last(&change.path).to_vec(), change))
                .collect();
            let mut entries: Vec<Entry> = listed
                .into_iter()
                .map(|found| {
                    let change = changes.remove(&found.name);
                    entry(found, change.as_ref())
                })
                .collect();
            let gone = changes
                .into_iter()
                .filter(|(_, change)| change.kind == ChangeKind::Deleted);
            entries.extend(gone.map(|(name, change)| changed(&name, &change)));
            Ok(EntryPage {
                dir,
                entries,
                more,
                more_size: 0,
            })
        })
        .await
    }

    /// What the container changed directly in one folder, and the folders on the way to more; of a
    /// folder, what was changed below it is summed up.
    pub(crate) async fn changed_files(
        &self,
        id: &str,
        dir: &str,
        limit: Option<usize>,
    ) -> Result<EntryPage> {
        let view = self.view(id)?;
        let upper = UpperDir(self.folder(&view).upper());
        let dir = dir.trim_matches('/').to_owned();
        with_core(&self.core, move |core| {
            let changes = core.store.changes_of(&upper, &view.definition.layers)?;
            let mut entries = below(&changes, dir.as_bytes());
            let limit = limit.unwrap_or(LIMIT).min(MOST);
            let rest = entries.split_off(limit.min(entries.len()));
            Ok(EntryPage {
                dir,
                entries,
                more: rest.len() as u64,
                more_size: rest.iter().map(|entry| entry.size).sum(),
            })
        })
        .await
    }

    /// How much the container changed.
    pub(crate) async fn change_sums(&self, id: &str) -> Result<ChangeSums> {
        let view = self.view(id)?;
        let upper = UpperDir(self.folder(&view).upper());
        with_core(&self.core, move |core| {
            let changes = core.store.changes_of(&upper, &view.definition.layers)?;
            let mut sums = ChangeSums::default();
            for change in changes.iter().filter(|change| counts(change)) {
                match change.kind {
                    ChangeKind::Added => sums.added += 1,
                    ChangeKind::Modified => sums.modified += 1,
                    ChangeKind::Deleted => sums.deleted += 1,
                }
                sums.bytes += change.size;
            }
            Ok(sums)
        })
        .await
    }
}

/// Folders on the way to a change are not a change of their own.
fn counts(change: &Change) -> bool {
    !(change.folder && change.kind == ChangeKind::Modified)
}

/// The changes in a folder, each as one entry, with those deeper summed up; folders first.
fn below(changes: &[Change], dir: &[u8]) -> Vec<Entry> {
    let mut entries: BTreeMap<(bool, Vec<u8>), Entry> = BTreeMap::new();
    for change in changes {
        let path = change.path.strip_prefix(b"/").unwrap_or(&change.path);
        let Some(rest) = inside(path, dir) else {
            continue;
        };
        let (name, deeper) = match rest.iter().position(|&byte| byte == b'/') {
            Some(slash) => (&rest[..slash], true),
            None => (rest, false),
        };
        if deeper {
            // Folders come before what is in them, whatever became of the folder.
            let found = entries.get_mut(&(false, name.to_vec()));
            if let Some(folder) = found
                && counts(change)
            {
                folder.files += 1;
                folder.size += change.size;
            }
        } else {
            let key = (!change.folder, name.to_vec());
            entries.insert(key, changed(name, change));
        }
    }
    entries.into_values().collect()
}

/// What of a path lies in a folder; `None` for everything else.
fn inside<'a>(path: &'a [u8], dir: &[u8]) -> Option<&'a [u8]> {
    if dir.is_empty() {
        return Some(path);
    }
    path.strip_prefix(dir)?.strip_prefix(b"/")
}

pub(super) fn last(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

/// An entry that only its change is known of.
fn changed(name: &[u8], change: &Change) -> Entry {
    let deleted = change.kind == ChangeKind::Deleted;
    Entry {
        name: String::from_utf8_lossy(name).into_owned(),
        kind: if change.folder {
            EntryKind::Directory
        } else {
            EntryKind::File
        },
        change: if counts(change) {
            mark(change.kind)
        } else {
            EntryChange::Unchanged
        },
        size: if deleted { change.before } else { change.size },
        before: (change.kind == ChangeKind::Modified && !change.folder).then_some(change.before),
        files: 0,
        layer: 0,
        mode: 0,
        uid: 0,
        gid: 0,
        modified: NEVER,
        target: None,
    }
}

fn entry(found: Listed, change: Option<&Change>) -> Entry {
    let stat = &found.stat;
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::Directory => EntryKind::Directory,
        FileType::Symlink => EntryKind::Symlink,
        FileType::Fifo => EntryKind::Fifo,
        FileType::Socket => EntryKind::Socket,
        FileType::CharacterDevice | FileType::BlockDevice => EntryKind::Device,
        _ => EntryKind::File,
    };
    let nanos = i32::try_from(stat.st_mtime_nsec).unwrap_or(0);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Entry {
        name: text(&found.name),
        kind,
        change: change.map_or(EntryChange::Unchanged, |change| mark(change.kind)),
        size: match kind {
            EntryKind::File => stat.st_size.unsigned_abs(),
            _ => 0,
        },
        before: change
            .filter(|change| change.kind == ChangeKind::Modified && kind == EntryKind::File)
            .map(|change| change.before),
        files: 0,
        layer: 0,
        mode: stat.st_mode & 0o7777,
        uid: stat.st_uid,
        gid: stat.st_gid,
        modified: Timestamp::new(stat.st_mtime, nanos).unwrap_or(NEVER),
        target: found.target.as_deref().map(text),
    }
}

fn mark(kind: ChangeKind) -> EntryChange {
    match kind {
        ChangeKind::Added => EntryChange::Added,
        ChangeKind::Modified => EntryChange::Modified,
        ChangeKind::Deleted => EntryChange::Deleted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &str, kind: ChangeKind, size: u64, folder: bool) -> Change {
        Change {
            path: path.as_bytes().to_vec(),
            kind,
            size,
            before: 0,
            folder,
        }
    }

    #[test]
    fn what_is_deeper_is_summed_up() {
        use ChangeKind::{Added, Deleted, Modified};
        let changes = [
            change("/etc", Modified, 0, true),
            change("/etc/hosts", Modified, 5, false),
            change("/etc/new", Added, 0, true),
            change("/etc/new/a", Added, 7, false),
            change("/etc/old", Deleted, 0, false),
            change("/etcetera", Added, 9, false),
        ];
        let top = below(&changes, b"");
        let seen: Vec<_> = top
            .iter()
            .map(|entry| (entry.name.as_str(), entry.change, entry.files, entry.size))
            .collect();
        assert_eq!(
            seen,
            [
                ("etc", EntryChange::Unchanged, 4, 12),
                ("etcetera", EntryChange::Added, 0, 9)
            ]
        );
        let names = |dir: &[u8]| {
            let entries = below(&changes, dir);
            let names: Vec<_> = entries.into_iter().map(|entry| entry.name).collect();
            names.join(" ")
        };
        assert_eq!(names(b"etc"), "new hosts old");
        assert_eq!(names(b"etc/new"), "a");
    }
}
