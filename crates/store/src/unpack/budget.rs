//! What a layer may take from the disk.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use crate::{CancelFlag, Error, Result};

/// Bounds on what comes in. The defaults let every honest image pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// A compressed stream may always grow to this many bytes…
    pub inflated_base: u64,
    /// …and beyond that by this factor. gzip of zeros reaches 1032, real layers less than 20.
    pub inflated_ratio: u64,
    /// Bytes of free space that are left to others.
    pub reserve: u64,
    /// Bytes of one JSON document.
    pub document: u64,
    /// Bytes of all JSON documents of an archive together.
    pub documents: u64,
    /// Entries of one layer.
    pub entries: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            inflated_base: 8 << 30,
            inflated_ratio: 256,
            reserve: 64 << 20,
            document: 16 << 20,
            documents: 64 << 20,
            entries: 20_000_000,
        }
    }
}

/// Bytes and entries after which the file system is asked again.
const BYTES_STEP: u64 = 64 << 20;
const ENTRIES_STEP: u64 = 4096;
/// Inodes that are left to others.
const INODES: u64 = 1024;

/// Watches what one unpacking takes.
pub(super) struct Budget {
    root: Option<OwnedFd>,
    path: PathBuf,
    reserve: u64,
    limit: u64,
    entries: u64,
    bytes: u64,
    next_check: u64,
}

impl Budget {
    pub fn new(root: &OwnedFd, limits: &Limits, path: &Path) -> Self {
        Self {
            root: rustix::io::fcntl_dupfd_cloexec(root, 0).ok(),
            path: path.to_owned(),
            reserve: limits.reserve,
            limit: limits.entries,
            entries: 0,
            bytes: 0,
            next_check: 0,
        }
    }

    /// Counts an entry.
    pub fn entry(&mut self, cancel: &CancelFlag) -> Result<()> {
        self.entries += 1;
        if self.entries > self.limit {
            return Err(Error::TooLarge {
                what: "a layer".to_owned(),
                why: format!("it has more than {} entries", self.limit),
            });
        }
        if self.entries.is_multiple_of(ENTRIES_STEP) {
            cancel.check()?;
            self.check()?;
        }
        Ok(())
    }

    /// Counts bytes that are about to be written.
    pub fn bytes(&mut self, count: usize, cancel: &CancelFlag) -> Result<()> {
        self.bytes += count as u64;
        if self.bytes >= self.next_check {
            self.next_check = self.bytes + BYTES_STEP;
            cancel.check()?;
            self.check()?;
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        // A file system that does not answer is left to answer the writes themselves.
        let Some(Ok(stat)) = self.root.as_ref().map(rustix::fs::fstatvfs) else {
            return Ok(());
        };
        let available = stat.f_bavail.saturating_mul(stat.f_frsize);
        // Some file systems count no inodes and say zero.
        let inodes = stat.f_files == 0 || stat.f_favail > INODES;
        if available > self.reserve && inodes {
            return Ok(());
        }
        Err(Error::DiskFull {
            path: self.path.clone(),
            needed: None,
            available: Some(available),
        })
    }
}
