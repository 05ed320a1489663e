//! `.wh.` marks of the tar turned into the marks of overlayfs.

use std::os::fd::AsFd;

use rustix::fs::{AtFlags, FileType, Mode};
use rustix::io::Errno;

use super::{Unpacker, paths};
use crate::Result;
use crate::index::{Entry, EntryKind};
use crate::tarball::{Kind, Member, Time};

/// What the name of a mark starts with.
pub(super) const PREFIX: &[u8] = b".wh.";
/// What follows the prefix in the name that makes its directory opaque.
const OPAQUE: &[u8] = b".wh..opq";
/// What follows the prefix in names that aufs used for itself.
const METADATA: &[u8] = b".wh.";

/// Whether a file is overlayfs's mark for a removed path.
pub(super) fn is_whiteout(stat: &rustix::fs::Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::CharacterDevice && stat.st_rdev == 0
}

impl Unpacker<'_> {
    /// Handles a member whose name is `.wh.` followed by `hidden`.
    pub(super) fn whiteout(&mut self, member: &Member, parent: &[u8], hidden: &[u8]) -> Result<()> {
        if hidden == OPAQUE {
            let directory = self.parent(parent, &member.path)?;
            return self
                .opaque(directory.fd.as_fd(), directory.id)
                .map_err(|error| self.failed(&member.path, error));
        }
        if hidden.starts_with(METADATA) {
            return Ok(());
        }
        if matches!(hidden, b"" | b"." | b"..") {
            return Err(self.hostile(&member.path, "the mark removes no name"));
        }
        if member.kind != Kind::File && member.kind != Kind::Hardlink {
            return Err(self.hostile(&member.path, "a mark must be a file"));
        }
        let directory = self.parent(parent, &member.path)?;
        let fd = directory.fd.as_fd();
        // overlayfs's own mark; the kernel lets a user namespace create this device and no other.
        match rustix::fs::mknodat(fd, hidden, FileType::CharacterDevice, Mode::empty(), 0) {
            Ok(()) => {}
            Err(Errno::EXIST) => return self.whiteout_beside(&directory, hidden, &member.path),
            Err(error) => return Err(self.failed(&member.path, error)),
        }
        let entry = Entry {
            name: hidden.to_vec(),
            kind: EntryKind::Whiteout,
            mode: 0,
            uid: 0,
            gid: 0,
            size: 0,
            mtime: Time::default(),
            link: Vec::new(),
            device: (0, 0),
            opaque: false,
            implicit: false,
            withheld: false,
        };
        self.index.add(directory.id, &entry, None);
        Ok(())
    }

    /// Handles a member in a directory whose name is a mark.
    pub(super) fn inside_mark(&self, member: &Member, parent: &[u8]) -> Result<()> {
        let mut marks = parent
            .split(|&byte| byte == b'/')
            .filter_map(|part| part.strip_prefix(PREFIX));
        if marks.all(|hidden| hidden.starts_with(METADATA) && hidden != OPAQUE) {
            return Ok(());
        }
        Err(self.hostile(&member.path, "a mark must be a file"))
    }

    /// A mark beside an entry of its own layer: marks speak of the layers below only, so the entry
    /// stays, and of a directory nothing below shines through.
    fn whiteout_beside(
        &mut self,
        directory: &super::dirs::Directory,
        hidden: &[u8],
        path: &[u8],
    ) -> Result<()> {
        let parent = directory.fd.as_fd();
        let stat = rustix::fs::statat(parent, hidden, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(|error| self.failed(path, error))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::Directory {
            return Ok(());
        }
        let full = paths::join(self.index.path(directory.id), hidden);
        let inner = self.directories.open(&full, &mut self.index);
        let inner = inner.map_err(|error| self.failed(path, error))?;
        self.opaque(inner.fd.as_fd(), inner.id)
            .map_err(|error| self.failed(path, error))
    }
}
