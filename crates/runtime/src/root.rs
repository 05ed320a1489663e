//! The container's root, seen from outside: every path is resolved by the kernel with the root as
//! its `/`, so that no symlink of the image leads out (`openat2(2)`, `RESOLVE_IN_ROOT`).

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{
    CWD, FileType, Mode, OFlags, ResolveFlags, fstat, mkdirat, openat, openat2, readlinkat,
};
use rustix::io::{Errno, Result};

use crate::identity::ProcessIdentity;

/// How many symlinks a path may lead through (the kernel's own limit).
const MAX_SYMLINKS: u32 = 40;

/// What stands at a mount point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    Directory,
    File,
}

/// A directory that is, or will be, the container's root.
#[derive(Debug)]
pub struct Root {
    directory: OwnedFd,
    /// This process's /proc/self/fd, as the host shows it.
    descriptors: Option<OwnedFd>,
}

impl AsFd for Root {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.directory.as_fd()
    }
}

impl Root {
    pub fn new(directory: OwnedFd) -> Self {
        Self {
            directory,
            descriptors: None,
        }
    }

    /// The root of a process that has left the host's: `descriptors` is its [`own_descriptors`] from
    /// before, for the container's /proc is not to be believed.
    pub fn entered(directory: OwnedFd, descriptors: OwnedFd) -> Self {
        Self {
            directory,
            descriptors: Some(descriptors),
        }
    }

    /// The root that a process of a container has, with everything that is mounted there.
    pub fn of_process(process: &ProcessIdentity) -> Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let path = format!("/proc/{}/root", process.pid);
        let root = Self::new(openat(CWD, path, flags, Mode::empty())?);
        // The number may be another process's by now, and then so was the root.
        if process.is_alive() {
            Ok(root)
        } else {
            Err(Errno::SRCH)
        }
    }

    pub fn into_directory(self) -> OwnedFd {
        self.directory
    }

    /// Opens a path of the container.
    pub fn open(&self, path: &Path, flags: OFlags) -> Result<OwnedFd> {
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        let flags = flags | OFlags::CLOEXEC;
        loop {
            match openat2(&self.directory, path, flags, Mode::empty(), resolve) {
                // A rename somewhere on the way: the kernel asks to try again.
                Err(Errno::AGAIN | Errno::INTR) => {}
                other => return other,
            }
        }
    }

    /// Reads a small regular file of the container; `None` if there is none. Whatever else the
    /// image put there is not even opened: a FIFO would wait, a device node could act.
    pub fn read_file(&self, path: &str, limit: u64) -> std::io::Result<Option<Vec<u8>>> {
        let found = match self.open(Path::new(path), OFlags::PATH) {
            Ok(found) => found,
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(None),
            Err(errno) => return Err(errno.into()),
        };
        if FileType::from_raw_mode(fstat(&found)?.st_mode) != FileType::RegularFile {
            return Ok(None);
        }
        let file = self.reopen(&found, OFlags::RDONLY)?;
        let mut content = Vec::new();
        File::from(file).take(limit).read_to_end(&mut content)?;
        Ok(Some(content))
    }

    /// Opens for use what was found (`O_PATH`) and looked at.
    pub fn reopen(&self, found: &OwnedFd, flags: OFlags) -> Result<OwnedFd> {
        let flags = flags | OFlags::CLOEXEC;
        let number = found.as_raw_fd().to_string();
        match &self.descriptors {
            Some(descriptors) => openat(descriptors, number, flags, Mode::empty()),
            None => openat(&own_descriptors()?, number, flags, Mode::empty()),
        }
    }

    /// Opens a mount point (`O_PATH`) and makes it, with its parents, if it is missing.
    pub fn mount_point(&self, path: &Path, kind: TargetKind) -> Result<OwnedFd> {
        match self.open(path, OFlags::PATH) {
            Err(Errno::NOENT) => {}
            other => return other,
        }
        let mode = Mode::from_raw_mode(0o755);
        match kind {
            TargetKind::Directory => self.create_directories(path, mode),
            TargetKind::File => self.create_file(path, mode),
        }
    }

    /// Makes an empty file and the directories above it. A symlink that leads nowhere is followed,
    /// and what it names is made. What someone else puts there meanwhile is not opened.
    fn create_file(&self, path: &Path, mode: Mode) -> Result<OwnedFd> {
        let mut path = path.to_owned();
        for _ in 0..MAX_SYMLINKS {
            let name = path.file_name().ok_or(Errno::ISDIR)?;
            let parent = path.parent().unwrap_or(Path::new("/"));
            let directory = self.create_directories(parent, mode)?;
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
            match openat(&directory, name, flags, Mode::from_raw_mode(0o644)) {
                Ok(_) | Err(Errno::EXIST) => {}
                Err(errno) => return Err(errno),
            }
            let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let found = openat(&directory, name, flags, Mode::empty())?;
            if FileType::from_raw_mode(fstat(&found)?.st_mode) != FileType::Symlink {
                return Ok(found);
            }
            let target = readlinkat(&found, "", [])?.into_bytes();
            path = parent.join(OsString::from_vec(target));
        }
        Err(Errno::LOOP)
    }

    /// Makes a directory and those above it that are missing, and opens it (`O_PATH`). A symlink
    /// that leads nowhere is followed, and what it names is made.
    pub fn create_directories(&self, path: &Path, mode: Mode) -> Result<OwnedFd> {
        let directory = OFlags::PATH | OFlags::DIRECTORY;
        match self.open(path, directory) {
            Err(Errno::NOENT) => {}
            other => return other,
        }
        let mut done = PathBuf::from("/");
        let mut left: VecDeque<OsString> = names(path).collect();
        let mut symlinks = 0;
        while let Some(name) = left.pop_front() {
            if name == ".." {
                done.pop();
                continue;
            }
            let next = done.join(&name);
            let found = match self.open(&next, OFlags::PATH | OFlags::NOFOLLOW) {
                Err(Errno::NOENT) => {
                    let parent = self.open(&done, directory)?;
                    match mkdirat(&parent, &name, mode) {
                        Ok(()) | Err(Errno::EXIST) => {}
                        Err(errno) => return Err(errno),
                    }
                    self.open(&next, OFlags::PATH | OFlags::NOFOLLOW)?
                }
                other => other?,
            };
            if FileType::from_raw_mode(fstat(&found)?.st_mode) != FileType::Symlink {
                done = next;
                continue;
            }
            symlinks += 1;
            if symlinks > MAX_SYMLINKS {
                return Err(Errno::LOOP);
            }
            let target =
                PathBuf::from(OsString::from_vec(readlinkat(&found, "", [])?.into_bytes()));
            if target.is_absolute() {
                done = PathBuf::from("/");
            }
            for name in names(&target).collect::<Vec<_>>().into_iter().rev() {
                left.push_front(name);
            }
        }
        self.open(&done, directory)
    }
}

/// This process's descriptors by number. Through the host's /proc, thus before the root changes.
pub fn own_descriptors() -> Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    openat(CWD, "/proc/self/fd", flags, Mode::empty())
}

/// The components of a path that lead somewhere.
fn names(path: &Path) -> impl Iterator<Item = OsString> + '_ {
    path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some(OsStr::new("..").to_owned()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn root(directory: &Path) -> Root {
        let flags = OFlags::PATH | OFlags::DIRECTORY;
        Root::new(rustix::fs::open(directory, flags, Mode::empty()).unwrap())
    }

    #[test]
    fn makes_directories_inside_however_the_links_lead() {
        let home = tempfile::tempdir().unwrap();
        let inside = home.path().join("root");
        fs::create_dir_all(inside.join("var")).unwrap();
        symlink("../../../../run", inside.join("var/run")).unwrap();
        symlink("/etc/elsewhere", inside.join("absolute")).unwrap();
        let root = root(&inside);
        root.create_directories(Path::new("/var/run/lock"), Mode::from_raw_mode(0o755))
            .unwrap();
        root.create_directories(Path::new("absolute/deep"), Mode::from_raw_mode(0o755))
            .unwrap();
        root.create_directories(Path::new("/../../out"), Mode::from_raw_mode(0o755))
            .unwrap();
        assert!(inside.join("run/lock").is_dir());
        assert!(inside.join("etc/elsewhere/deep").is_dir());
        assert!(inside.join("out").is_dir());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn makes_files_inside_however_the_links_lead() {
        let home = tempfile::tempdir().unwrap();
        let inside = home.path().join("root");
        fs::create_dir_all(inside.join("etc/deep")).unwrap();
        symlink("../../../../outside", inside.join("etc/deep/up")).unwrap();
        symlink("/etc/deep/up", inside.join("absolute")).unwrap();
        symlink("round", inside.join("round")).unwrap();
        let root = root(&inside);
        let point = |path: &str| root.mount_point(Path::new(path), TargetKind::File);
        point("/absolute").unwrap();
        point("/new/file").unwrap();
        assert!(inside.join("outside").is_file() && inside.join("new/file").is_file());
        assert!(!home.path().join("outside").exists());
        assert_eq!(point("/round").unwrap_err(), Errno::LOOP);
    }

    #[test]
    fn gives_up_on_circles_and_does_not_wait_for_a_fifo() {
        let home = tempfile::tempdir().unwrap();
        symlink("b", home.path().join("a")).unwrap();
        symlink("a", home.path().join("b")).unwrap();
        let root = root(home.path());
        let made = root.create_directories(Path::new("/a/x"), Mode::from_raw_mode(0o755));
        assert_eq!(made.unwrap_err(), Errno::LOOP);
        rustix::fs::mknodat(
            rustix::fs::CWD,
            home.path().join("passwd"),
            FileType::Fifo,
            Mode::from_raw_mode(0o600),
            0,
        )
        .unwrap();
        assert_eq!(root.read_file("/passwd", 100).unwrap(), None);
        assert_eq!(root.read_file("/missing", 100).unwrap(), None);
    }
}
