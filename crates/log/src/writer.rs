//! Writing a log.

use std::path::Path;

use crate::{Result, Stream};

/// When a file of the log is full and how many are kept. The default keeps everything in one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotation {
    /// Bytes after which a new file begins.
    pub max_size: Option<u64>,
    /// How many files are kept; the oldest is removed first. At least one.
    pub max_files: Option<u32>,
}

/// The one writer of a log.
#[derive(Debug)]
pub struct Writer {}

impl Writer {
    /// Opens the log in `directory` (made if missing) for appending.
    pub fn open(_directory: &Path, _rotation: Rotation) -> Result<Self> {
        Ok(Self {})
    }

    /// The number of the next row.
    pub fn next_line(&self) -> u64 {
        0
    }

    /// Takes bytes as they were read from a stream at `time`.
    pub fn write(&mut self, _stream: Stream, _time: u64, _bytes: &[u8]) -> Result<()> {
        Ok(())
    }

    /// The stream ended: an unfinished line becomes a partial entry.
    pub fn finish(&mut self, _stream: Stream) -> Result<()> {
        Ok(())
    }

    /// Hands everything complete to the kernel.
    pub fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
