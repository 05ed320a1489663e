//! Reading a log.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::{Entry, Result};

/// A place in a log, moving forward.
#[derive(Debug)]
pub struct Reader {
    directory: PathBuf,
}

impl Reader {
    /// Opens the log in `directory` at its first row. A directory that does not exist (yet) reads
    /// as an empty log.
    pub fn open(directory: &Path) -> Result<Self> {
        Ok(Self {
            directory: directory.to_owned(),
        })
    }

    /// The directory to watch (inotify: create and modify) to learn of new rows.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The rows that are there now.
    pub fn lines(&mut self) -> Result<Range<u64>> {
        Ok(0..0)
    }

    /// The next row, or `None` at the end for now: the same call goes on when more was written.
    pub fn next_entry(&mut self) -> Result<Option<Entry>> {
        Ok(None)
    }

    /// Goes to row `line`, or to the first one kept if rotation removed it.
    pub fn seek_line(&mut self, _line: u64) -> Result<()> {
        Ok(())
    }

    /// Goes to the first of the last `count` rows.
    pub fn seek_tail(&mut self, _count: u64) -> Result<()> {
        Ok(())
    }

    /// Goes to the first row of `time` (nanoseconds since 1970) or later.
    pub fn seek_since(&mut self, _time: u64) -> Result<()> {
        Ok(())
    }

    /// The last `count` rows; reading goes on after them.
    pub fn tail(&mut self, _count: u64) -> Result<Vec<Entry>> {
        Ok(Vec::new())
    }

    /// At most `count` rows from row `from` on; reading goes on after them.
    pub fn range(&mut self, _from: u64, _count: u64) -> Result<Vec<Entry>> {
        Ok(Vec::new())
    }
}
