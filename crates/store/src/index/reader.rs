//! Reading the index of one layer.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::block::Block;
use super::codec::{Broken, FOOTER, Input, MAGIC};
use super::{Entry, EntryKind};
use crate::{Error, Result};

#[derive(Debug)]
struct Directory {
    path: Box<[u8]>,
    offset: u64,
    count: u64,
}

/// The index of one layer. The table of directories is in memory; blocks are read when asked for.
#[derive(Debug)]
pub struct LayerIndex {
    file: File,
    path: PathBuf,
    directories: Vec<Directory>,
    end: u64,
    entries: u64,
}

impl LayerIndex {
    /// Opens an index file.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let failed = |source: io::Error| Error::io("reading the layer index", path, source);
        let mut file = File::open(path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        let broken = || broken(path);
        let at = size.checked_sub(FOOTER as u64).ok_or_else(broken)?;
        let mut footer = [0; FOOTER];
        file.read_exact_at(&mut footer, at).map_err(failed)?;
        let (numbers, magic) = footer.split_at(FOOTER - MAGIC.len());
        let (numbers, _) = numbers.as_chunks::<8>();
        let [end, count, entries] = [0, 1, 2].map(|at: usize| u64::from_le_bytes(numbers[at]));
        if magic != MAGIC || end > at {
            return Err(broken());
        }
        let mut table = vec![0; usize::try_from(at - end).map_err(|_| broken())?];
        file.seek(SeekFrom::Start(end)).map_err(failed)?;
        file.read_exact(&mut table).map_err(failed)?;
        let directories = Self::table(&table, count).map_err(|Broken| broken())?;
        Ok(Self {
            file,
            path: path.to_owned(),
            directories,
            end,
            entries,
        })
    }

    pub(super) fn broken(&self) -> Error {
        broken(&self.path)
    }

    pub(super) fn read_at(&self, bytes: &mut [u8], offset: u64) -> Result<()> {
        let read = self.file.read_exact_at(bytes, offset);
        read.map_err(|source| Error::io("reading the layer index", &self.path, source))
    }

    fn table(bytes: &[u8], count: u64) -> Result<Vec<Directory>, Broken> {
        let mut input = Input(bytes);
        let mut directories = Vec::new();
        for _ in 0..count {
            let path = input.bytes()?.into();
            directories.push(Directory {
                path,
                offset: input.number()?,
                count: input.number()?,
            });
        }
        Ok(directories)
    }

    /// How many entries the layer has.
    pub fn len(&self) -> u64 {
        self.entries
    }

    /// Whether the layer has no entry.
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// The paths of the directories in which the layer has entries, sorted.
    pub fn directories(&self) -> impl Iterator<Item = &[u8]> {
        self.directories.iter().map(|directory| &*directory.path)
    }

    /// The entries that the layer has directly in `dir`, sorted by name, whiteouts included.
    pub fn children(&self, dir: &[u8]) -> Result<Vec<Entry>> {
        let mut block = self.block(dir)?;
        let mut children = Vec::new();
        while let Some(entry) = block.next(self)? {
            if !entry.name.is_empty() {
                children.push(entry);
            }
        }
        Ok(children)
    }

    /// The layer's own entry at `path`; `b""` is the root.
    pub fn lookup(&self, path: &[u8]) -> Result<Option<Entry>> {
        let (dir, name) = split(path);
        let mut block = self.block(dir)?;
        while let Some(entry) = block.next(self)? {
            if entry.name == name {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// Calls `visit` with the directory and each of its entries, directory by directory.
    pub fn for_each(&self, mut visit: impl FnMut(&[u8], Entry)) -> Result<()> {
        for (at, directory) in self.directories.iter().enumerate() {
            let mut block = self.block_at(at)?;
            while let Some(entry) = block.next(self)? {
                visit(&directory.path, entry);
            }
        }
        Ok(())
    }

    /// Whether the layer hides what lower layers have at and below `path`: by a whiteout, an opaque
    /// directory, or something that is no directory, at the path or above it.
    pub(super) fn hides_below(&self, path: &[u8]) -> Result<bool> {
        let hides = |entry: &Entry| entry.kind != EntryKind::Directory || entry.opaque;
        let ends = path
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'/')
            .map(|(at, _)| at);
        for end in [0].into_iter().chain(ends).chain([path.len()]) {
            if self.lookup(&path[..end])?.as_ref().is_some_and(hides) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Which of the directories lie below `dir`, itself not included.
    pub(crate) fn below(&self, dir: &[u8]) -> Range<usize> {
        if dir.is_empty() {
            let root = self.directories.first();
            let first = usize::from(root.is_some_and(|root| root.path.is_empty()));
            return first..self.directories.len();
        }
        // Everything that begins with `dir/` stands together, before `dir0`.
        let at = |end: u8| {
            let bound = [dir, &[end]].concat();
            self.directories
                .partition_point(|directory| *directory.path < *bound)
        };
        at(b'/')..at(b'/' + 1)
    }

    /// The path of the directory at this place of the table.
    pub(super) fn path_at(&self, at: usize) -> &[u8] {
        &self.directories[at].path
    }

    /// Calls `visit` with each directory below `dir` and each of its entries.
    pub(crate) fn for_each_below(
        &self,
        dir: &[u8],
        mut visit: impl FnMut(&[u8], Entry),
    ) -> Result<()> {
        for at in self.below(dir) {
            let mut block = self.block_at(at)?;
            while let Some(entry) = block.next(self)? {
                visit(&self.directories[at].path, entry);
            }
        }
        Ok(())
    }

    pub(super) fn block(&self, dir: &[u8]) -> Result<Block> {
        match self
            .directories
            .binary_search_by(|directory| (*directory.path).cmp(dir))
        {
            Ok(at) => self.block_at(at),
            Err(_) => Ok(Block::default()),
        }
    }

    pub(super) fn block_at(&self, at: usize) -> Result<Block> {
        let directory = &self.directories[at];
        let end = self
            .directories
            .get(at + 1)
            .map_or(self.end, |next| next.offset);
        if directory.offset > end || end > self.end {
            return Err(self.broken());
        }
        Ok(Block::new(directory.offset..end, directory.count))
    }
}

fn broken(path: &Path) -> Error {
    Error::Damaged {
        what: path.display().to_string(),
        why: "not a layer index".to_owned(),
    }
}

/// Splits a path into its directory and its last component.
pub(super) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (b"", path),
    }
}
