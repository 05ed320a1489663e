//! Walking an upper directory, or any other.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, ResolveFlags, Stat};
use rustix::io::Errno;

use crate::index::Time;
use crate::platform::{Powers, is_overlay_attribute};
use crate::{Error, Result};

/// An attribute's name and value.
pub(crate) type Attribute = (Vec<u8>, Vec<u8>);

/// What lies in an upper directory under one name.
pub(crate) struct Found {
    pub name: Vec<u8>,
    pub kind: FileType,
    pub stat: Stat,
    /// The mark for a removed path.
    pub whiteout: bool,
}

impl Found {
    /// Permission bits, setuid, setgid and sticky.
    pub fn mode(&self) -> u32 {
        self.stat.st_mode & 0o7777
    }

    pub fn mtime(&self) -> Time {
        let nanos = u32::try_from(self.stat.st_mtime_nsec).unwrap_or(0);
        Time {
            seconds: self.stat.st_mtime,
            nanos,
        }
    }
}

/// An open upper directory.
pub(crate) struct Walk {
    root: OwnedFd,
    path: PathBuf,
    powers: Powers,
}

/// The path by which attribute calls reach a descriptor that was opened with `O_PATH`.
fn proc_path(fd: BorrowedFd<'_>) -> String {
    format!("/proc/self/fd/{}", fd.as_raw_fd())
}

/// Opens for use what was found (`O_PATH`) and looked at.
pub(crate) fn reopen(found: BorrowedFd<'_>, flags: OFlags) -> Result<File, Errno> {
    rustix::fs::open(proc_path(found), flags | OFlags::CLOEXEC, Mode::empty()).map(File::from)
}

impl Walk {
    pub fn new(path: &Path, powers: Powers) -> Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::open(path, flags, Mode::empty())
            .map_err(|error| Error::io("opening", path, error))?;
        Ok(Self {
            root,
            path: path.to_owned(),
            powers,
        })
    }

    /// A walk from an open directory on, which `path` says for people.
    pub fn at(root: OwnedFd, path: &Path, powers: Powers) -> Self {
        Self {
            root,
            path: path.to_owned(),
            powers,
        }
    }

    /// Opens what lies at `path`, without following links. `None` when it is gone.
    fn open(&self, path: &[u8], flags: OFlags) -> Result<Option<OwnedFd>> {
        let resolve =
            ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        let path_or_root = if path.is_empty() { b"." } else { path };
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match rustix::fs::openat2(&self.root, path_or_root, flags, Mode::empty(), resolve) {
            Ok(fd) => Ok(Some(fd)),
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(None),
            Err(error) => Err(self.failed(path, error)),
        }
    }

    /// Opens a directory, to be looked at. `None` when it is gone or something else by now.
    pub fn folder(&self, path: &[u8]) -> Result<Option<OwnedFd>> {
        self.open(path, OFlags::PATH | OFlags::DIRECTORY)
    }

    /// Opens a regular file for reading. `None` when it is gone or something else by now: to open a
    /// device may already do something.
    pub fn file(&self, path: &[u8]) -> Result<Option<File>> {
        let Some(found) = self.open(path, OFlags::PATH)? else {
            return Ok(None);
        };
        let failed = |error| self.failed(path, error);
        let stat = rustix::fs::fstat(&found).map_err(failed)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Ok(None);
        }
        let file = reopen(found.as_fd(), OFlags::RDONLY).map_err(failed)?;
        Ok(Some(file))
    }

    /// What lies in the directory at `path`, sorted by name.
    pub fn list(&self, path: &[u8]) -> Result<Vec<Found>> {
        let Some(fd) = self.open(path, OFlags::RDONLY | OFlags::DIRECTORY)? else {
            return Ok(Vec::new());
        };
        let failed = |error| self.failed(path, error);
        let mut found = Vec::new();
        for entry in Dir::read_from(&fd).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name().to_bytes().to_vec();
            if matches!(name.as_slice(), b"." | b"..") {
                continue;
            }
            let stat = match rustix::fs::statat(&fd, &name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => stat,
                Err(Errno::NOENT) => continue,
                Err(error) => return Err(failed(error)),
            };
            let kind = FileType::from_raw_mode(stat.st_mode);
            let whiteout = kind == FileType::CharacterDevice && stat.st_rdev == 0;
            found.push(Found {
                name,
                kind,
                stat,
                whiteout,
            });
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// What lies at `path`, links not followed. `None` when it is not there.
    pub fn found(&self, path: &[u8]) -> Result<Option<Found>> {
        let Some(fd) = self.open(path, OFlags::PATH)? else {
            return Ok(None);
        };
        let stat = rustix::fs::fstat(&fd).map_err(|error| self.failed(path, error))?;
        let kind = FileType::from_raw_mode(stat.st_mode);
        Ok(Some(Found {
            name: path.to_vec(),
            kind,
            stat,
            whiteout: kind == FileType::CharacterDevice && stat.st_rdev == 0,
        }))
    }

    /// Whether the directory at `path` hides what is below.
    pub fn is_opaque(&self, path: &[u8]) -> Result<bool> {
        let Some(fd) = self.open(path, OFlags::PATH)? else {
            return Ok(false);
        };
        let mut value = [0; 4];
        let name = self.powers.opaque_attribute();
        match rustix::fs::getxattr(proc_path(fd.as_fd()), name, &mut value) {
            Ok(count) => Ok(value.get(..count) == Some(b"y")),
            Err(Errno::NODATA | Errno::NOTSUP | Errno::RANGE) => Ok(false),
            Err(error) => Err(self.failed(path, error)),
        }
    }

    /// Where the symlink at `path` leads to.
    pub fn link(&self, path: &[u8]) -> Result<Option<Vec<u8>>> {
        let Some(fd) = self.open(path, OFlags::PATH)? else {
            return Ok(None);
        };
        match rustix::fs::readlinkat(&fd, "", Vec::new()) {
            Ok(link) => Ok(Some(link.into_bytes())),
            Err(Errno::NOENT | Errno::INVAL) => Ok(None),
            Err(error) => Err(self.failed(path, error)),
        }
    }

    /// The extended attributes of what lies at `path`, without those of overlayfs, sorted.
    pub fn attributes(&self, path: &[u8]) -> Result<Vec<Attribute>> {
        let Some(fd) = self.open(path, OFlags::PATH)? else {
            return Ok(Vec::new());
        };
        let proc = proc_path(fd.as_fd());
        let mut names: Vec<u8> = Vec::with_capacity(4096);
        match rustix::fs::listxattr(&proc, rustix::buffer::spare_capacity(&mut names)) {
            Ok(0) | Err(Errno::NOTSUP) => return Ok(Vec::new()),
            Ok(_) => {}
            Err(Errno::RANGE) => {
                names = Vec::with_capacity(1 << 16);
                rustix::fs::listxattr(&proc, rustix::buffer::spare_capacity(&mut names))
                    .map_err(|error| self.failed(path, error))?;
            }
            Err(error) => return Err(self.failed(path, error)),
        }
        let mut attributes = Vec::new();
        for name in names
            .split(|&byte| byte == 0)
            .filter(|name| !name.is_empty())
        {
            // A label belongs to this machine's policy, not to the image.
            if is_overlay_attribute(name) || name == b"security.selinux" {
                continue;
            }
            let mut value = Vec::with_capacity(1 << 16);
            match rustix::fs::getxattr(&proc, name, rustix::buffer::spare_capacity(&mut value)) {
                Ok(_) => attributes.push((name.to_vec(), value)),
                Err(Errno::NODATA | Errno::NOTSUP | Errno::PERM | Errno::ACCESS) => {}
                Err(error) => return Err(self.failed(path, error)),
            }
        }
        attributes.sort();
        Ok(attributes)
    }

    fn failed(&self, path: &[u8], error: Errno) -> Error {
        Error::io(
            "reading",
            self.path.join(&*String::from_utf8_lossy(path)),
            error,
        )
    }
}

/// `directory/name`, where the root is empty.
pub(crate) fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    if directory.is_empty() {
        name.to_vec()
    } else {
        [directory, b"/", name].concat()
    }
}

#[cfg(test)]
mod tests {
    use rustix::fs::{CWD, mknodat};

    use super::*;

    #[test]
    fn only_regular_files_are_opened() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("file"), "content").unwrap();
        std::os::unix::fs::symlink("file", home.path().join("link")).unwrap();
        let fifo = home.path().join("fifo");
        mknodat(CWD, &fifo, FileType::Fifo, Mode::RUSR, 0).unwrap();
        let walk = Walk::new(home.path(), Powers::detect()).unwrap();
        let opened = |name: &str| walk.file(name.as_bytes()).unwrap();
        let text = opened("file").map(|file| std::io::read_to_string(file).unwrap());
        assert_eq!(text.as_deref(), Some("content"));
        for other in ["link", "fifo", "none", "."] {
            assert!(opened(other).is_none(), "{other}");
        }
    }
}
