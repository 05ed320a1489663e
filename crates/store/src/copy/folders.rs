//! Folders of the root while files are copied into it.

use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;

use rustix::fs::{AtFlags, FileType, Gid, Mode, OFlags, Uid};
use rustix::fs::{chownat, mkdirat, openat, statat};
use rustix::io::Errno;

use super::paths::split;
use super::{FilesRoot, failed, is_kernels};
use crate::{Error, Result};

/// What a folder gets that the archive does not mention.
const IMPLIED: u32 = 0o755;

/// Opens the folders that members lie in, and makes those that are missing.
pub(super) struct Folders<'a> {
    root: &'a FilesRoot,
    /// Who owns what is made; `None` leaves it to this process.
    owner: Option<(u32, u32)>,
    /// Most members lie beside the one before.
    last: Option<(Vec<u8>, Rc<OwnedFd>)>,
}

impl<'a> Folders<'a> {
    pub fn new(root: &'a FilesRoot, owner: Option<(u32, u32)>) -> Self {
        Self {
            root,
            owner,
            last: None,
        }
    }

    /// The folder at an absolute path. Links on the way lead where they would lead in the container.
    pub fn open(&mut self, path: &[u8]) -> Result<Rc<OwnedFd>> {
        if let Some((last, folder)) = &self.last
            && last == path
        {
            return Ok(Rc::clone(folder));
        }
        let folder = Rc::new(self.find_or_make(path)?);
        self.last = Some((path.to_vec(), Rc::clone(&folder)));
        Ok(folder)
    }

    /// Forgets what is open: the path may lead elsewhere now.
    pub fn forget(&mut self) {
        self.last = None;
    }

    fn find_or_make(&self, path: &[u8]) -> Result<OwnedFd> {
        let flags = OFlags::PATH | OFlags::DIRECTORY;
        match self.root.open(path, flags) {
            Err(Error::NoSuchPath(_)) => {}
            other => return other,
        }
        // Goes down one component at a time: a path may have two thousand.
        let mut folder = self.root.open(b"/", flags)?;
        let ends = (1..path.len()).filter(|&at| path[at] == b'/');
        for end in ends.chain([path.len()]) {
            let prefix = &path[..end];
            folder = match Self::child(&folder, prefix) {
                Err(Errno::NOENT) => {
                    self.make(&folder, prefix)?;
                    let made = Self::child(&folder, prefix);
                    made.map_err(|error| failed("opening", prefix, error))?
                }
                // No folder under its own name: perhaps a symlink to one.
                Err(_) => match self.root.open(prefix, flags) {
                    Err(Error::NoSuchPath(path)) => return Err(Error::NotAFolder(path)),
                    other => other?,
                },
                Ok(found) => found,
            };
        }
        if is_kernels(folder.as_fd()) {
            return Err(Error::ReadOnly(super::shown(path)));
        }
        Ok(folder)
    }

    /// The folder of that name in an open one. A symlink is none.
    fn child(above: &OwnedFd, path: &[u8]) -> Result<OwnedFd, Errno> {
        let (_, name) = split(path);
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        openat(above, name, flags, Mode::empty())
    }

    fn make(&self, above: &OwnedFd, path: &[u8]) -> Result<()> {
        let (_, name) = split(path);
        match mkdirat(above, name, Mode::from_raw_mode(IMPLIED)) {
            Ok(()) => {}
            Err(Errno::EXIST) => return Self::must_be_folder(above, path),
            Err(error) => return Err(failed("making", path, error)),
        }
        if let Some((uid, gid)) = self.owner {
            let (uid, gid) = (Uid::from_raw(uid), Gid::from_raw(gid));
            let owned = chownat(above, name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW);
            owned.map_err(|error| failed("giving", path, error))?;
        }
        Ok(())
    }

    /// Somebody made it a moment ago; or what is there is a file, or a link that leads nowhere.
    fn must_be_folder(above: &OwnedFd, path: &[u8]) -> Result<()> {
        let (_, name) = split(path);
        let found = statat(above.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(|error| failed("looking at", path, error))?;
        if FileType::from_raw_mode(found.st_mode) == FileType::Directory {
            return Ok(());
        }
        Err(Error::NotAFolder(super::shown(path)))
    }
}
