//! Copying files into and out of a container, through its own root.
//!
//! Whoever opened the root says what is seen in it: volumes and other mounts are crossed. Nothing in
//! it is trusted, and it may change at any time: the kernel resolves every path with this root as its
//! `/` (`openat2`), and what was looked at is a descriptor from then on. Kernel file systems (/proc,
//! /sys) look empty, as in a container that does not run: behind their links the engine's own process
//! could be found.

mod change;
mod extract;
mod folders;
mod list;
mod pack;
mod paths;

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;

use rustix::fs::{FileType, Mode, OFlags, ResolveFlags, Stat, fstat, fstatfs, openat2, readlinkat};
use rustix::io::Errno;

pub use self::extract::{Extraction, Replace, TakeOwner};
pub use self::list::Listed;
use self::paths::{base_name, clean, parts};
use crate::index::Time;
use crate::platform::Powers;
use crate::trash::is_mounted;
use crate::{Error, Limits, Result};

/// How many symlinks a path may lead through (the kernel's own limit).
const SYMLINKS: usize = 40;

/// `f_type` of the file systems in which the kernel shows itself (statfs(2)).
const KERNEL: [u32; 11] = [
    0x9fa0,      // proc
    0x6265_6572, // sysfs
    0x0027_e0eb, // cgroup
    0x6367_7270, // cgroup2
    0x1cd1,      // devpts
    0x1980_0202, // mqueue
    0xcafe_4a11, // bpf
    0x6462_6720, // debugfs
    0x7472_6163, // tracefs
    0x7363_6673, // securityfs
    0x6265_6570, // configfs
];

/// The open root of a container, or of this computer.
#[derive(Debug)]
pub struct FilesRoot {
    root: OwnedFd,
    powers: Powers,
    limits: Limits,
}

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathFacts {
    /// The last component, as Go's `filepath.Base` gives it.
    pub name: String,
    pub size: i64,
    /// As stat(2) has it, with the type.
    pub mode: u32,
    pub modified: Time,
    /// Where a symlink leads in the end, as far as that can be followed.
    pub link_target: String,
}

impl FilesRoot {
    /// Everything below `root`, a directory; `limits` bound what is copied in.
    pub fn new(root: OwnedFd, limits: Limits) -> Self {
        Self {
            root,
            powers: Powers::detect(),
            limits,
        }
    }

    /// Opens what is at a path, which must not be one of the kernel's own files.
    pub fn open(&self, path: &[u8], flags: OFlags) -> Result<OwnedFd> {
        let found = self.resolve(path, flags).map_err(|error| match error {
            Errno::NOTDIR if path.ends_with(b"/") || path.ends_with(b"/.") => {
                Error::NotAFolder(shown(path))
            }
            Errno::NOENT | Errno::LOOP | Errno::NOTDIR => Error::NoSuchPath(shown(path)),
            error => failed("opening", path, error),
        })?;
        // The folder on which it is mounted is there.
        if is_kernels(found.as_fd()) && !is_mounted(found.as_fd(), b"").unwrap_or(false) {
            return Err(Error::NoSuchPath(shown(path)));
        }
        Ok(found)
    }

    /// Says what is at a path; a symlink at its end is not followed.
    pub fn stat(&self, path: &str) -> Result<PathFacts> {
        let path = clean(path);
        let found = self.open(&path, OFlags::PATH | OFlags::NOFOLLOW)?;
        let stat = fstat(&found).map_err(|error| failed("looking at", &path, error))?;
        let link_target = match FileType::from_raw_mode(stat.st_mode) {
            FileType::Symlink => shown(&self.follow(&path)),
            _ => String::new(),
        };
        Ok(PathFacts {
            name: shown(base_name(&path)),
            size: stat.st_size,
            mode: stat.st_mode,
            modified: Time {
                seconds: stat.st_mtime,
                nanos: u32::try_from(stat.st_mtime_nsec).unwrap_or(0),
            },
            link_target,
        })
    }

    /// Whether changes are refused at a descriptor of this root (`EROFS` would come).
    pub fn is_read_only(found: BorrowedFd<'_>) -> bool {
        rustix::fs::fstatvfs(found)
            .is_ok_and(|stat| stat.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY))
    }

    fn resolve(&self, path: &[u8], flags: OFlags) -> Result<OwnedFd, Errno> {
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        let flags = flags | OFlags::CLOEXEC;
        let path = if path.is_empty() { b"/" } else { path };
        loop {
            match openat2(&self.root, path, flags, Mode::empty(), resolve) {
                // A rename somewhere on the way: the kernel asks to try again.
                Err(Errno::AGAIN | Errno::INTR) => {}
                other => return other,
            }
        }
    }

    /// The path behind the symlink at `path`, with every link on the way resolved; from the first
    /// component on that is not there, as it is written.
    fn follow(&self, path: &[u8]) -> Vec<u8> {
        let mut done: Vec<Vec<u8>> = Vec::new();
        let mut left: Vec<Vec<u8>> = parts(path).rev().map(<[u8]>::to_vec).collect();
        let mut links = 0;
        while let Some(part) = left.pop() {
            if part == b".." {
                done.pop();
                continue;
            }
            done.push(part);
            let at = [b"/", done.join(&b'/').as_slice()].concat();
            let link = self
                .resolve(&at, OFlags::PATH | OFlags::NOFOLLOW)
                .and_then(|found| readlinkat(&found, "", Vec::new()));
            let Ok(link) = link else {
                continue;
            };
            links += 1;
            if links > SYMLINKS {
                break;
            }
            done.pop();
            let link = link.into_bytes();
            if link.starts_with(b"/") {
                done.clear();
            }
            left.extend(parts(&link).rev().map(<[u8]>::to_vec));
        }
        [b"/", done.join(&b'/').as_slice()].concat()
    }
}

/// Whether a descriptor lies in a file system in which the kernel shows itself.
fn is_kernels(found: BorrowedFd<'_>) -> bool {
    fstatfs(found).is_ok_and(|stat| {
        // The magic numbers have 32 bits, whatever the field has.
        u32::try_from(stat.f_type & 0xffff_ffff).is_ok_and(|kind| KERNEL.contains(&kind))
    })
}

fn is_folder(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::Directory
}

fn shown(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

fn failed(doing: &'static str, path: &[u8], error: Errno) -> Error {
    match error {
        Errno::ROFS => Error::ReadOnly(shown(path)),
        Errno::BUSY => Error::Mounted(shown(path)),
        Errno::NAMETOOLONG => Error::Hostile {
            layer: crate::tree::ARCHIVE.to_owned(),
            path: crate::unpack::clip(path),
            why: "it lies deeper than a path can say".to_owned(),
        },
        error => Error::io(doing, PathBuf::from(shown(path)), error),
    }
}

#[cfg(test)]
mod tests;
