//! A look into a volume. Nothing in it is trusted: the kernel resolves paths with the volume's
//! folder as their root, and links are shown and never followed.

use std::ffi::OsStr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use gantry_wire::NEVER;
use gantry_wire::gantry::{EntryKind, FileEntry, FilePage};
use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Mode, OFlags, ResolveFlags, Stat, openat, openat2, readlinkat,
    statat,
};

use super::list::{real, time};
use super::{Volumes, WantedVolumes};
use crate::usage;
use crate::{Error, Result};

/// So many entries of one folder are shown.
const SHOWN: usize = 1000;
const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);

impl Volumes {
    /// The folder of a volume's files. It is not removed while the other is kept.
    pub fn open(&self, name: &str) -> Result<(OwnedFd, WantedVolumes)> {
        let name = self.find(name)?;
        let wanted = self.want(vec![name.clone()])?;
        Ok((open_root(&real(&self.data(&name)))?, wanted))
    }

    /// One folder of a volume, the largest entries first.
    pub fn entries(&self, name: &str, dir: &str) -> Result<FilePage> {
        let name = self.find(name)?;
        let data = real(&self.data(&name));
        let folder = open_inside(&data, dir)?;
        let failed = |error: rustix::io::Errno| Error::io("read", &data)(error.into());
        let mut entries = Vec::new();
        for entry in Dir::read_from(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            // What vanished meanwhile is not there.
            if let Ok(found) = statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) {
                entries.push(describe(
                    &folder,
                    OsStr::from_bytes(name.to_bytes()),
                    &found,
                ));
            }
        }
        entries.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.name.cmp(&b.name)));
        let more = entries.len().saturating_sub(SHOWN) as u64;
        entries.truncate(SHOWN);
        Ok(FilePage {
            dir: dir.to_owned(),
            entries,
            more,
        })
    }
}

/// The folder of a volume's files.
fn open_root(data: &Path) -> Result<OwnedFd> {
    let failed = |error: rustix::io::Errno| Error::io("open", data)(error.into());
    openat(CWD, data, FOLDER, Mode::empty()).map_err(failed)
}

/// A folder of the volume, whatever links say.
fn open_inside(data: &Path, dir: &str) -> Result<OwnedFd> {
    let root = open_root(data)?;
    let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
    let dir = if dir.is_empty() { "." } else { dir };
    openat2(&root, dir, FOLDER, Mode::empty(), resolve)
        .map_err(|_| Error::NoSuchEntry(dir.to_owned()))
}

fn describe(folder: &OwnedFd, name: &OsStr, found: &Stat) -> FileEntry {
    let kind = match FileType::from_raw_mode(found.st_mode) {
        FileType::Directory => EntryKind::Directory,
        FileType::Symlink => EntryKind::Symlink,
        FileType::Fifo => EntryKind::Fifo,
        FileType::Socket => EntryKind::Socket,
        FileType::CharacterDevice | FileType::BlockDevice => EntryKind::Device,
        _ => EntryKind::File,
    };
    let (size, files) = match kind {
        EntryKind::Directory => {
            let below = usage::below(folder.as_fd(), Path::new(name));
            (below.bytes, below.files)
        }
        EntryKind::File => (found.st_size.unsigned_abs(), 0),
        _ => (0, 0),
    };
    let target = (kind == EntryKind::Symlink)
        .then(|| readlinkat(folder, name, Vec::new()).ok())
        .flatten();
    FileEntry {
        name: name.to_string_lossy().into_owned(),
        kind,
        size,
        files,
        modified: time((found.st_mtime, found.st_mtime_nsec.cast_signed())).unwrap_or(NEVER),
        mode: found.st_mode & 0o7777,
        target: target.map(|target| target.to_string_lossy().into_owned()),
    }
}
