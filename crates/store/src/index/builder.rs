//! Collecting the entries of a layer while it is unpacked.

use std::collections::HashMap;
use std::io::{self, Write};

use super::codec::{FOOTER, MAGIC, put_bytes, put_entry, put_number};
use super::{Entry, EntryKind, Time};
use crate::tarball::Kind;

/// A directory of the layer under construction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct DirId(u32);

/// A slice of the arena: a million entries must not be two million allocations.
#[derive(Debug, Clone, Copy)]
struct Text {
    start: u64,
    length: u32,
}

#[derive(Debug, Clone, Copy)]
struct Record {
    dir: DirId,
    name: Text,
    link: Text,
    kind: EntryKind,
    hardlink: bool,
    opaque: bool,
    implicit: bool,
    withheld: bool,
    mode: u32,
    uid: u32,
    gid: u32,
    size: u64,
    mtime: Time,
    device: (u32, u32),
}

/// Sums over a layer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Bytes of all files, hardlinks counted once.
    pub size: u64,
    pub files: u64,
    pub directories: u64,
    pub whiteouts: u64,
    pub entries: u64,
    pub withheld: u64,
    pub implicit: u64,
}

/// Collects entries in the order of the tar; a later entry for a path replaces the earlier one.
#[derive(Default)]
pub(crate) struct IndexBuilder {
    texts: Vec<u8>,
    dirs: HashMap<Box<[u8]>, DirId>,
    paths: Vec<Box<[u8]>>,
    records: Vec<Record>,
    /// Directories that were replaced by something else, with the count of records until then.
    wiped: HashMap<Vec<u8>, usize>,
    opaque: Vec<DirId>,
    /// Bytes of `dirs` and `paths`.
    path_bytes: u64,
}

impl IndexBuilder {
    /// The id of a directory, by its path inside the layer.
    pub fn dir(&mut self, path: &[u8]) -> DirId {
        if let Some(&id) = self.dirs.get(path) {
            return id;
        }
        let id = DirId(self.paths.len() as u32);
        self.path_bytes += 2 * path.len() as u64;
        self.dirs.insert(path.into(), id);
        self.paths.push(path.into());
        id
    }

    /// Entries so far.
    pub fn len(&self) -> u64 {
        self.records.len() as u64
    }

    /// Bytes of names, paths and link targets so far.
    pub fn bytes(&self) -> u64 {
        self.texts.len() as u64 + self.path_bytes
    }

    /// The path of a directory.
    pub fn path(&self, dir: DirId) -> &[u8] {
        &self.paths[dir.0 as usize]
    }

    /// Adds an entry; of a hardlink only names and link matter, the rest is taken from its target.
    pub fn add(&mut self, dir: DirId, entry: &Entry, tar_kind: Option<Kind>) {
        let (name, link) = (self.text(&entry.name), self.text(&entry.link));
        self.records.push(Record {
            dir,
            name,
            link,
            kind: entry.kind,
            hardlink: tar_kind == Some(Kind::Hardlink),
            opaque: entry.opaque,
            implicit: entry.implicit,
            withheld: entry.withheld,
            mode: entry.mode,
            uid: entry.uid,
            gid: entry.gid,
            size: entry.size,
            mtime: entry.mtime,
            device: entry.device,
        });
    }

    /// Forgets what was added so far below `path`.
    pub fn wipe(&mut self, path: Vec<u8>) {
        let until = self.records.len();
        self.path_bytes += path.len() as u64;
        self.wiped.insert(path, until);
    }

    /// Marks a directory opaque, wherever its own entry stands in the tar.
    pub fn mark_opaque(&mut self, dir: DirId) {
        self.opaque.push(dir);
    }

    fn text(&mut self, text: &[u8]) -> Text {
        let start = self.texts.len() as u64;
        self.texts.extend_from_slice(text);
        Text {
            start,
            length: text.len() as u32,
        }
    }

    fn get(&self, text: Text) -> &[u8] {
        let start = text.start as usize;
        &self.texts[start..start + text.length as usize]
    }

    fn key(&self, record: &Record) -> (&[u8], &[u8]) {
        (self.path(record.dir), self.get(record.name))
    }

    /// Writes the index file and returns the sums.
    pub fn finish(mut self, out: &mut impl Write) -> io::Result<Totals> {
        self.drop_wiped();
        let mut order = std::mem::take(&mut self.records);
        // The sort is stable: of several entries for a path the last one of the tar stays last.
        order.sort_by(|a, b| self.key(a).cmp(&self.key(b)));
        order.dedup_by(|later, kept| {
            let same = self.key(later) == self.key(kept);
            if same {
                *kept = *later;
            }
            same
        });
        self.apply_opaque(&mut order);
        self.resolve_hardlinks(&mut order);
        self.write(&order, out)
    }

    fn drop_wiped(&mut self) {
        let wiped = std::mem::take(&mut self.wiped);
        if wiped.is_empty() {
            return;
        }
        let gone = |path: &[u8], number: usize| {
            let ends = (0..path.len()).filter(|&at| path[at] == b'/');
            ends.chain([path.len()]).any(|end| {
                wiped
                    .get(&path[..end])
                    .is_some_and(|until| number <= *until)
            })
        };
        let mut number = 0;
        let mut records = std::mem::take(&mut self.records);
        records.retain(|record| {
            number += 1;
            !gone(self.path(record.dir), number)
        });
        self.records = records;
    }

    /// The position of the entry at `path`.
    fn find(&self, order: &[Record], path: &[u8]) -> Option<usize> {
        let key = match path.iter().rposition(|&byte| byte == b'/') {
            Some(slash) => (&path[..slash], &path[slash + 1..]),
            None => (&b""[..], path),
        };
        order
            .binary_search_by(|record| self.key(record).cmp(&key))
            .ok()
    }

    fn apply_opaque(&self, order: &mut [Record]) {
        for &dir in &self.opaque {
            if let Some(at) = self.find(order, self.path(dir))
                && order[at].kind == EntryKind::Directory
            {
                order[at].opaque = true;
            }
        }
    }

    fn resolve_hardlinks(&self, order: &mut [Record]) {
        for at in 0..order.len() {
            let mut target = order[at];
            // A link to a link to a link… is as short as the tar is honest.
            for _ in 0..32 {
                if !target.hardlink {
                    break;
                }
                match self.find(order, self.get(target.link)) {
                    Some(next) => target = order[next],
                    None => break,
                }
            }
            if order[at].hardlink && !target.hardlink {
                let link = order[at];
                order[at] = Record {
                    dir: link.dir,
                    name: link.name,
                    link: link.link,
                    ..target
                };
                order[at].hardlink = true;
            }
        }
    }

    fn entry(&self, record: &Record) -> Entry {
        Entry {
            name: self.get(record.name).to_vec(),
            kind: record.kind,
            mode: record.mode,
            uid: record.uid,
            gid: record.gid,
            size: record.size,
            mtime: record.mtime,
            link: self.get(record.link).to_vec(),
            device: record.device,
            opaque: record.opaque,
            implicit: record.implicit,
            withheld: record.withheld,
        }
    }

    fn write(&self, order: &[Record], out: &mut impl Write) -> io::Result<Totals> {
        let mut totals = Totals::default();
        let (mut table, mut block) = (Vec::new(), Vec::new());
        let (mut offset, mut directories) = (0_u64, 0_u64);
        for dir in order.chunk_by(|a, b| a.dir == b.dir) {
            block.clear();
            for record in dir {
                totals.count(record);
                put_entry(&mut block, &self.entry(record));
            }
            out.write_all(&block)?;
            put_bytes(&mut table, self.path(dir[0].dir));
            put_number(&mut table, offset);
            put_number(&mut table, dir.len() as u64);
            offset += block.len() as u64;
            directories += 1;
        }
        out.write_all(&table)?;
        let mut footer = Vec::with_capacity(FOOTER);
        for number in [offset, directories, order.len() as u64] {
            footer.extend_from_slice(&number.to_le_bytes());
        }
        footer.extend_from_slice(&MAGIC);
        out.write_all(&footer)?;
        Ok(totals)
    }
}

impl Totals {
    fn count(&mut self, record: &Record) {
        self.entries += 1;
        self.withheld += u64::from(record.withheld);
        self.implicit += u64::from(record.implicit);
        match record.kind {
            EntryKind::Directory => self.directories += 1,
            EntryKind::Whiteout => self.whiteouts += 1,
            EntryKind::File if !record.hardlink => {
                self.files += 1;
                self.size = self.size.saturating_add(record.size);
            }
            _ => self.files += 1,
        }
    }
}
