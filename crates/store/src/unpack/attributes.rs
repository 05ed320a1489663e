//! Owners, modes, times and extended attributes.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use rustix::fs::{AtFlags, Gid, Mode, OFlags, Timespec, Timestamps, Uid, XattrFlags};
use rustix::io::Errno;

use super::{DirectoryAttributes, Unpacker, dirs};
use crate::Result;
use crate::index::{DirId, Entry, EntryKind};
use crate::platform::is_overlay_attribute;
use crate::tarball::{Member, Time};

/// Who owns what this process creates.
#[derive(Clone, Copy)]
pub(crate) struct Ownership {
    pub uid: u32,
    pub gid: u32,
}

impl Ownership {
    pub fn of_process() -> Self {
        Self {
            uid: rustix::process::geteuid().as_raw(),
            gid: rustix::process::getegid().as_raw(),
        }
    }

    fn is(self, uid: u32, gid: u32) -> bool {
        self.uid == uid && self.gid == gid
    }

    /// Gives an open regular file its owner, attributes, mode and time, in the order in which one
    /// does not undo the other: chown drops capabilities and setuid.
    pub fn finish_file(self, fd: BorrowedFd<'_>, member: &Member) -> Result<Stored, Errno> {
        let mut stored = Stored::Fully;
        if !self.is(member.uid, member.gid) {
            stored = owner(rustix::fs::fchown(fd, uid(member.uid), gid(member.gid)))?;
        }
        for (name, value) in storable(&member.xattrs) {
            let set = rustix::fs::fsetxattr(fd, name, value, XattrFlags::empty());
            stored = stored.and(attribute(name, set)?);
        }
        rustix::fs::fchmod(fd, Mode::from_raw_mode(member.mode))?;
        rustix::fs::futimens(fd, &timestamps(member.mtime))?;
        Ok(stored)
    }

    /// The same for a link or a special file, by its name in an open directory.
    pub fn finish_named(
        self,
        parent: BorrowedFd<'_>,
        name: &[u8],
        member: &Member,
        kind: EntryKind,
    ) -> Result<Stored, Errno> {
        let mut stored = Stored::Fully;
        let nofollow = AtFlags::SYMLINK_NOFOLLOW;
        if !self.is(member.uid, member.gid) {
            let (uid, gid) = (uid(member.uid), gid(member.gid));
            stored = owner(rustix::fs::chownat(parent, name, uid, gid, nofollow))?;
        }
        if !member.xattrs.is_empty() {
            let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let fd = rustix::fs::openat(parent, name, flags, Mode::empty())?;
            stored = stored.and(set_attributes(fd.as_fd(), member)?);
        }
        if kind != EntryKind::Symlink {
            // No symlink: the entry was created a moment ago, in a directory of ours.
            rustix::fs::chmodat(
                parent,
                name,
                Mode::from_raw_mode(member.mode),
                AtFlags::empty(),
            )?;
        }
        rustix::fs::utimensat(parent, name, &timestamps(member.mtime), nofollow)?;
        Ok(stored)
    }

    /// The same for what was opened to be looked at (`O_PATH`), where others may rename what lies
    /// beside it: not its name is used, which could be somebody's link by now.
    pub fn finish_found(
        self,
        fd: BorrowedFd<'_>,
        member: &Member,
        kind: EntryKind,
    ) -> Result<Stored, Errno> {
        let mut stored = Stored::Fully;
        if !self.is(member.uid, member.gid) {
            let (uid, gid) = (uid(member.uid), gid(member.gid));
            stored = owner(rustix::fs::chownat(fd, "", uid, gid, AtFlags::EMPTY_PATH))?;
        }
        stored = stored.and(set_attributes(fd, member)?);
        if kind != EntryKind::Symlink {
            rustix::fs::chmod(proc_path(fd), Mode::from_raw_mode(member.mode))?;
        }
        rustix::fs::utimensat(fd, "", &timestamps(member.mtime), AtFlags::EMPTY_PATH)?;
        Ok(stored)
    }

    /// The same for an open directory, but for its time, which what is made in it changes.
    pub fn finish_folder(self, fd: BorrowedFd<'_>, member: &Member) -> Result<Stored, Errno> {
        let stored = if self.is(member.uid, member.gid) {
            Stored::Fully
        } else {
            owner(rustix::fs::fchown(fd, uid(member.uid), gid(member.gid)))?
        };
        let stored = stored.and(set_attributes(fd, member)?);
        rustix::fs::fchmod(fd, Mode::from_raw_mode(member.mode))?;
        Ok(stored)
    }
}

/// Whether everything that was asked for could be stored here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    Fully,
    Partly,
}

impl Stored {
    pub fn and(self, other: Self) -> Self {
        if self == Self::Fully { other } else { self }
    }
}

pub(crate) fn timestamps(time: Time) -> Timestamps {
    let time = Timespec {
        tv_sec: time.seconds,
        tv_nsec: time.nanos.into(),
    };
    Timestamps {
        last_access: time,
        last_modification: time,
    }
}

/// What a file system or a user namespace refuses for good: the value stays in blob and index.
fn is_beyond_powers(errno: Errno) -> bool {
    matches!(
        errno,
        Errno::PERM | Errno::INVAL | Errno::NOTSUP | Errno::OVERFLOW
    )
}

/// The path by which attribute calls reach a descriptor that was opened with `O_PATH`.
fn proc_path(fd: BorrowedFd<'_>) -> String {
    format!("/proc/self/fd/{}", fd.as_raw_fd())
}

impl Unpacker<'_> {
    /// Notes a directory's attributes for later and sets its extended attributes now.
    pub(super) fn finish_directory(
        &mut self,
        fd: BorrowedFd<'_>,
        id: DirId,
        member: &Member,
    ) -> Result<Stored, Errno> {
        let attributes = DirectoryAttributes {
            mode: member.mode,
            uid: member.uid,
            gid: member.gid,
            mtime: Some(member.mtime),
        };
        self.pending.insert(id, attributes);
        set_attributes(fd, member)
    }

    /// Adds a directory that the tar does not mention. The chain below gives it its attributes when
    /// an image names the layer; until then it is like one that `mkdir` makes.
    pub(super) fn imply(&mut self, id: DirId) {
        let attributes = DirectoryAttributes {
            mode: 0o755,
            uid: 0,
            gid: 0,
            mtime: None,
        };
        self.pending.insert(id, attributes);
        let path = self.index.path(id).to_vec();
        let (parent, name) = super::paths::split(&path).unwrap_or((b"", b""));
        let parent = self.index.dir(parent);
        let entry = Entry {
            name: name.to_vec(),
            kind: EntryKind::Directory,
            mode: 0o755,
            uid: 0,
            gid: 0,
            size: 0,
            mtime: Time::default(),
            link: Vec::new(),
            device: (0, 0),
            opaque: false,
            implicit: true,
            withheld: false,
        };
        self.index.add(parent, &entry, None);
    }

    /// Gives all directories their attributes.
    pub(super) fn apply_directories(&mut self) -> Result<()> {
        for (id, attributes) in std::mem::take(&mut self.pending) {
            let path = self.index.path(id);
            // What is no longer a directory was replaced by a later member.
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let fd = match dirs::open_exactly(self.root.as_fd(), path, flags) {
                Ok(fd) => fd,
                Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => continue,
                Err(error) => return Err(self.failed(path, error)),
            };
            let result = self.apply_directory(fd.as_fd(), &attributes);
            result.map_err(|error| self.failed(self.index.path(id), error))?;
        }
        Ok(())
    }

    fn apply_directory(
        &self,
        fd: BorrowedFd<'_>,
        attributes: &DirectoryAttributes,
    ) -> Result<(), Errno> {
        if !self.ownership.is(attributes.uid, attributes.gid) {
            owner(rustix::fs::fchown(
                fd,
                uid(attributes.uid),
                gid(attributes.gid),
            ))?;
        }
        rustix::fs::fchmod(fd, Mode::from_raw_mode(attributes.mode))?;
        if let Some(mtime) = attributes.mtime {
            rustix::fs::futimens(fd, &timestamps(mtime))?;
        }
        Ok(())
    }

    /// Makes a directory hide what the layers below have in it.
    pub(super) fn opaque(&mut self, fd: BorrowedFd<'_>, id: DirId) -> Result<(), Errno> {
        let name = self.context.powers.opaque_attribute();
        rustix::fs::setxattr(proc_path(fd), name, b"y", XattrFlags::empty())?;
        self.index.mark_opaque(id);
        Ok(())
    }
}

fn set_attributes(fd: BorrowedFd<'_>, member: &Member) -> Result<Stored, Errno> {
    let mut stored = Stored::Fully;
    for (name, value) in storable(&member.xattrs) {
        let set = rustix::fs::setxattr(proc_path(fd), name, value, XattrFlags::empty());
        stored = stored.and(attribute(name, set)?);
    }
    Ok(stored)
}

/// The attributes without those of overlayfs.
fn storable(xattrs: &[(Vec<u8>, Vec<u8>)]) -> impl Iterator<Item = (&[u8], &[u8])> {
    xattrs
        .iter()
        .filter(|(name, _)| !is_overlay_attribute(name))
        .map(|(name, value)| (name.as_slice(), value.as_slice()))
}

fn uid(id: u32) -> Option<Uid> {
    (id != u32::MAX).then(|| Uid::from_raw(id))
}

fn gid(id: u32) -> Option<Gid> {
    (id != u32::MAX).then(|| Gid::from_raw(id))
}

fn owner(result: Result<(), Errno>) -> Result<Stored, Errno> {
    match result {
        Ok(()) => Ok(Stored::Fully),
        Err(errno) if is_beyond_powers(errno) => Ok(Stored::Partly),
        Err(errno) => Err(errno),
    }
}

fn attribute(name: &[u8], result: Result<(), Errno>) -> Result<Stored, Errno> {
    match result {
        Ok(()) => Ok(Stored::Fully),
        // Labels of the machine the image was built on mean nothing here.
        Err(_) if name.starts_with(b"security.selinux") => Ok(Stored::Fully),
        // Too long for the kernel, or more than the file system keeps with one inode.
        Err(Errno::TOOBIG | Errno::RANGE | Errno::NOSPC | Errno::NAMETOOLONG) => Ok(Stored::Partly),
        Err(errno) if is_beyond_powers(errno) => Ok(Stored::Partly),
        Err(errno) => Err(errno),
    }
}
