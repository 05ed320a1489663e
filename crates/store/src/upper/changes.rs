//! What a container changed: the upper directory against the indexes of the layers below.

use std::collections::{BTreeMap, BTreeSet};

use gantry_oci::{DiffId, ImageId};
use rustix::fs::FileType;

use super::walk::{Found, Walk, join};
use crate::index::{Chain, Entry, EntryKind, Time};
use crate::{Change, ChangeKind, Result, Store, UpperDir};

impl Store {
    /// What a container of `image` changed, as `docker diff` lists it: sorted, directories before
    /// what is in them, and a directory with changes inside is itself modified.
    pub fn changes(&self, upper: &UpperDir, image: &ImageId) -> Result<Vec<Change>> {
        let layers = self.state().image(image)?.diff_ids();
        self.changes_of(upper, &layers)
    }

    /// The same for a stack of layers, given lowest first, whose image may be gone.
    pub fn changes_of(&self, upper: &UpperDir, layers: &[DiffId]) -> Result<Vec<Change>> {
        let mut comparison = self.comparison(upper, layers)?;
        comparison.run()?;
        Ok(comparison.finish())
    }

    /// What was changed directly in one folder, of the same; nothing is looked at below it.
    pub fn changes_in(
        &self,
        upper: &UpperDir,
        layers: &[DiffId],
        folder: &str,
    ) -> Result<Vec<Change>> {
        let folder = folder.trim_matches('/').as_bytes();
        let mut comparison = self.comparison(upper, layers)?;
        let here = Pending {
            path: folder.to_vec(),
            below: match comparison.chain.lookup(folder)? {
                Some((_, entry)) => entry.is_dir(),
                None => folder.is_empty(),
            },
            hidden: comparison.is_hidden(folder)?,
        };
        comparison.directory(&here, &mut Vec::new())?;
        Ok(comparison.changes())
    }

    fn comparison(&self, upper: &UpperDir, layers: &[DiffId]) -> Result<Comparison> {
        Ok(Comparison {
            walk: Walk::new(&upper.0, self.powers())?,
            chain: self.chain_of(layers)?,
            changes: BTreeMap::new(),
        })
    }
}

/// A directory of the upper that is still to be compared.
struct Pending {
    path: Vec<u8>,
    /// Whether the image has a directory here.
    below: bool,
    /// Whether a directory above hides what the image has here.
    hidden: bool,
}

struct Comparison {
    walk: Walk,
    chain: Chain,
    /// By components, so that a directory comes right before what is in it.
    changes: BTreeMap<Vec<Vec<u8>>, Noted>,
}

/// What is noted of a path.
struct Noted {
    kind: ChangeKind,
    size: u64,
    before: u64,
    folder: bool,
}

impl Comparison {
    fn run(&mut self) -> Result<()> {
        let mut pending = vec![Pending {
            path: Vec::new(),
            below: true,
            hidden: false,
        }];
        while let Some(directory) = pending.pop() {
            self.directory(&directory, &mut pending)?;
        }
        Ok(())
    }

    /// Whether a directory above `path` hides what the image has.
    fn is_hidden(&self, path: &[u8]) -> Result<bool> {
        let ends = (0..path.len()).filter(|&at| path[at] == b'/');
        for end in std::iter::once(0).chain(ends) {
            if !path.is_empty() && self.walk.is_opaque(&path[..end])? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn directory(&mut self, directory: &Pending, pending: &mut Vec<Pending>) -> Result<()> {
        let path = &directory.path;
        let mut below: BTreeMap<Vec<u8>, Entry> = BTreeMap::new();
        if directory.below {
            let children = self.chain.children(path)?;
            below = children
                .into_iter()
                .map(|(_, entry)| (entry.name.clone(), entry))
                .collect();
        }
        let hidden = directory.hidden || self.walk.is_opaque(path)?;
        for found in self.walk.list(path)? {
            let full = join(path, &found.name);
            let before = below.remove(&found.name);
            if found.whiteout {
                if let Some(before) = before {
                    self.deleted(&full, &before);
                }
                continue;
            }
            let size = if found.kind == FileType::RegularFile {
                found.stat.st_size
            } else {
                0
            };
            let size = u64::try_from(size).unwrap_or(0);
            let kind = match &before {
                None => Some(ChangeKind::Added),
                Some(before) => differs(&found, before).then_some(ChangeKind::Modified),
            };
            if let Some(kind) = kind {
                let noted = Noted {
                    kind,
                    size,
                    before: before.as_ref().map_or(0, |before| before.size),
                    folder: found.kind == FileType::Directory,
                };
                self.note(&full, noted);
            }
            if found.kind == FileType::Directory {
                let below = before.is_some_and(|before| before.is_dir());
                pending.push(Pending {
                    path: full,
                    below,
                    hidden,
                });
            }
        }
        if hidden {
            for (name, before) in &below {
                self.deleted(&join(path, name), before);
            }
        }
        Ok(())
    }

    fn deleted(&mut self, path: &[u8], before: &Entry) {
        let noted = Noted {
            kind: ChangeKind::Deleted,
            size: 0,
            before: before.size,
            folder: before.is_dir(),
        };
        self.note(path, noted);
    }

    fn note(&mut self, path: &[u8], noted: Noted) {
        let components = path
            .split(|&byte| byte == b'/')
            .map(<[u8]>::to_vec)
            .collect();
        self.changes.insert(components, noted);
    }

    fn finish(mut self) -> Vec<Change> {
        let mut parents = BTreeSet::new();
        for path in self.changes.keys() {
            parents.extend((1..path.len()).map(|length| path[..length].to_vec()));
        }
        for parent in parents {
            self.changes.entry(parent).or_insert(Noted {
                kind: ChangeKind::Modified,
                size: 0,
                before: 0,
                folder: true,
            });
        }
        self.changes()
    }

    fn changes(self) -> Vec<Change> {
        let changes = self.changes.into_iter();
        let change = |(path, noted): (Vec<Vec<u8>>, Noted)| Change {
            path: [b"/".as_slice(), &path.join(&b'/')].concat(),
            kind: noted.kind,
            size: noted.size,
            before: noted.before,
            folder: noted.folder,
        };
        changes.map(change).collect()
    }
}

/// Docker's comparison: owner, mode and type; and of what is no directory, size and time.
fn differs(found: &Found, before: &Entry) -> bool {
    let kind = match found.kind {
        FileType::RegularFile => EntryKind::File,
        FileType::Directory => EntryKind::Directory,
        FileType::Symlink => EntryKind::Symlink,
        FileType::CharacterDevice => EntryKind::CharDevice,
        FileType::BlockDevice => EntryKind::BlockDevice,
        FileType::Fifo => EntryKind::Fifo,
        _ => return true,
    };
    if kind != before.kind {
        return true;
    }
    // A symlink's own mode means nothing; what could not be stored here cannot be compared.
    let mode = kind != EntryKind::Symlink && found.mode() != before.mode;
    let owner = (found.stat.st_uid, found.stat.st_gid) != (before.uid, before.gid);
    if !before.withheld && (mode || owner) {
        return true;
    }
    if kind == EntryKind::Directory {
        return false;
    }
    let size = kind == EntryKind::File && found.stat.st_size.cast_unsigned() != before.size;
    size || !same_time(found.mtime(), before.mtime)
}

/// Archives without fractions of seconds are common: zero nanoseconds match all.
fn same_time(a: Time, b: Time) -> bool {
    a.seconds == b.seconds && (a.nanos == b.nanos || a.nanos == 0 || b.nanos == 0)
}
