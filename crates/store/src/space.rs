//! Free space: what comes in must not take the last of it.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use crate::{Error, Result};

/// Bytes after which the file system is asked again.
const STEP: u64 = 64 << 20;
/// Inodes that are left to others.
const INODES: u64 = 1024;

/// Watches the free space of a file system while something is written to it.
#[derive(Debug)]
pub(crate) struct Space {
    /// `None` where the file system does not answer: then the writes themselves are left to.
    folder: Option<OwnedFd>,
    path: PathBuf,
    reserve: u64,
    written: u64,
    next: u64,
}

impl Space {
    /// The file system that `folder` lies on, of which `reserve` bytes are left to others.
    pub fn new(folder: &Path, reserve: u64) -> Self {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Self {
            folder: rustix::fs::open(folder, flags, Mode::empty()).ok(),
            path: folder.to_owned(),
            reserve,
            written: 0,
            next: 0,
        }
    }

    /// The same of an open folder, which `path` says for people.
    pub fn of(folder: OwnedFd, path: &Path, reserve: u64) -> Self {
        Self {
            folder: Some(folder),
            path: path.to_owned(),
            reserve,
            written: 0,
            next: 0,
        }
    }

    /// Counts bytes that are about to be written; fails when they would touch the reserve. Returns
    /// whether the file system was asked.
    pub fn take(&mut self, bytes: u64) -> Result<bool> {
        self.written = self.written.saturating_add(bytes);
        if self.written < self.next {
            return Ok(false);
        }
        self.next = self.written.saturating_add(STEP);
        self.expect(0).map(|()| true)
    }

    /// Fails when `bytes` that were announced do not fit.
    pub fn expect(&self, bytes: u64) -> Result<()> {
        let Some(Ok(stat)) = self.folder.as_ref().map(rustix::fs::fstatvfs) else {
            return Ok(());
        };
        let available = stat.f_bavail.saturating_mul(stat.f_frsize);
        // Some file systems count no inodes and say zero.
        let inodes = stat.f_files == 0 || stat.f_favail > INODES;
        if available > self.reserve.saturating_add(bytes) && inodes {
            return Ok(());
        }
        Err(Error::DiskFull {
            path: self.path.clone(),
            needed: (bytes > 0).then_some(bytes),
            available: Some(available),
        })
    }
}
