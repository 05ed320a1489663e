//! Parent directories: resolved beneath the layer's root, kept open while they are in use.

use std::collections::HashMap;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::rc::Rc;

use rustix::fs::{Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use crate::index::{DirId, IndexBuilder};

/// Open directories at most; several layers are unpacked at once, and a process may open 1024 files.
const OPEN: usize = 64;

/// A directory of the layer.
pub(super) struct Directory {
    pub fd: OwnedFd,
    /// Its id, and by that its real path: two spellings through a symlink are one directory.
    pub id: DirId,
}

impl Directory {
    /// Opens the directory `name` in this one. A symlink is not followed: it is no directory.
    pub fn child(&self, name: &[u8], index: &mut IndexBuilder) -> Result<Rc<Self>, Errno> {
        let flags = open_flags() | OFlags::NOFOLLOW;
        let fd = rustix::fs::openat(&self.fd, name, flags, Mode::empty())?;
        let path = super::paths::join(index.path(self.id), name);
        let id = index.dir(&path);
        Ok(Rc::new(Self { fd, id }))
    }
}

/// The directories used last, by path.
pub(super) struct Directories {
    root: Rc<Directory>,
    /// The root's own path for the kernel, to name what lies behind symlinks.
    root_path: Vec<u8>,
    open: HashMap<Vec<u8>, Rc<Directory>>,
    /// Most members lie beside the one before.
    last: Option<(Vec<u8>, Rc<Directory>)>,
}

fn open_flags() -> OFlags {
    OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC
}

/// Where the kernel says an open directory is.
fn real_path(fd: BorrowedFd<'_>) -> Result<Vec<u8>, Errno> {
    let link = format!("/proc/self/fd/{}", fd.as_raw_fd());
    Ok(rustix::fs::readlink(link, Vec::new())?.into_bytes())
}

/// Opens what lies at `path` beneath `root` without following any symlink.
pub(super) fn open_exactly(
    root: BorrowedFd<'_>,
    path: &[u8],
    flags: OFlags,
) -> Result<OwnedFd, Errno> {
    let path = if path.is_empty() { b"." } else { path };
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    rustix::fs::openat2(root, path, flags, Mode::empty(), resolve)
}

impl Directories {
    pub fn new(root: BorrowedFd<'_>, index: &mut IndexBuilder) -> Result<Self, Errno> {
        let root_path = real_path(root)?;
        let fd = rustix::io::fcntl_dupfd_cloexec(root, 0)?;
        let root = Rc::new(Directory {
            fd,
            id: index.dir(b""),
        });
        Ok(Self {
            root,
            root_path,
            open: HashMap::new(),
            last: None,
        })
    }

    pub fn root(&self) -> Rc<Directory> {
        Rc::clone(&self.root)
    }

    /// Opens the directory at `path`, which must exist. Symlinks in the path lead where they would
    /// lead inside a container: never out of the root.
    pub fn open(&mut self, path: &[u8], index: &mut IndexBuilder) -> Result<Rc<Directory>, Errno> {
        if path.is_empty() {
            return Ok(self.root());
        }
        if let Some((last, directory)) = &self.last
            && last == path
        {
            return Ok(Rc::clone(directory));
        }
        let directory = if let Some(directory) = self.open.get(path) {
            Rc::clone(directory)
        } else {
            let directory = Rc::new(self.resolve(path, index)?);
            if self.open.len() >= OPEN {
                self.open.clear();
            }
            self.open.insert(path.to_vec(), Rc::clone(&directory));
            directory
        };
        self.last = Some((path.to_vec(), Rc::clone(&directory)));
        Ok(directory)
    }

    /// Forgets all open directories: a path may lead elsewhere now.
    pub fn forget(&mut self) {
        self.open.clear();
        self.last = None;
    }

    fn resolve(&self, path: &[u8], index: &mut IndexBuilder) -> Result<Directory, Errno> {
        let root = self.root.fd.as_fd();
        match open_exactly(root, path, open_flags()) {
            Ok(fd) => {
                return Ok(Directory {
                    fd,
                    id: index.dir(path),
                });
            }
            Err(Errno::LOOP) => {}
            Err(error) => return Err(error),
        }
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        let fd = rustix::fs::openat2(root, path, open_flags(), Mode::empty(), resolve)?;
        let real = real_path(fd.as_fd())?;
        let inside = real
            .strip_prefix(self.root_path.as_slice())
            .ok_or(Errno::XDEV)?;
        let id = index.dir(inside.strip_prefix(b"/").unwrap_or(b""));
        Ok(Directory { fd, id })
    }
}
