//! Creating entries.

use std::fs::File;
use std::io::BufRead;
use std::os::fd::AsFd;
use std::rc::Rc;

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::attributes::Stored;
use super::dirs::Directory;
use super::whiteout::is_whiteout;
use super::{Unpacker, content, paths};
use crate::index::{Entry, EntryKind};
use crate::platform::Powers;
use crate::tarball::{Kind, Member, TarReader};
use crate::{Error, Result};

impl Unpacker<'_> {
    /// Creates the member `name` in the directory `parent`.
    pub(super) fn create<R: BufRead>(
        &mut self,
        member: &Member,
        parent: &[u8],
        name: &[u8],
        reader: &mut TarReader<R>,
    ) -> Result<()> {
        let directory = self.parent(parent, &member.path)?;
        let mut entry = entry_of(member, name);
        let stored = match member.kind {
            Kind::File => self.file(member, &directory, name, reader)?,
            Kind::Directory => self.directory(member, &directory, name)?,
            Kind::Symlink => self.symlink(member, &directory, name)?,
            Kind::Hardlink => {
                let target = paths::clean(&member.link);
                let target = target.map_err(|why| self.hostile(&member.path, why))?;
                entry.link = target;
                self.hardlink(member, &directory, name, &mut entry)?
            }
            Kind::Fifo | Kind::CharDevice | Kind::BlockDevice => {
                self.special(member, &directory, name, entry.kind)?
            }
            Kind::Other(_) => return Ok(()),
        };
        entry.withheld = stored == Stored::Partly;
        self.index.add(directory.id, &entry, Some(member.kind));
        Ok(())
    }

    /// The root's own attributes.
    pub(super) fn root_entry(&mut self, member: &Member) -> Result<()> {
        if member.kind != Kind::Directory {
            return Err(self.hostile(&member.path, "the root must be a directory"));
        }
        let root = self.directories.root();
        let stored = self.finish_directory(root.fd.as_fd(), root.id, member);
        let stored = stored.map_err(|error| self.failed(&member.path, error))?;
        let mut entry = entry_of(member, b"");
        entry.withheld = stored == Stored::Partly;
        self.index.add(root.id, &entry, Some(member.kind));
        Ok(())
    }

    /// Opens the directory in which a member is created, making what the tar does not mention.
    pub(super) fn parent(&mut self, path: &[u8], of: &[u8]) -> Result<Rc<Directory>> {
        match self.directories.open(path, &mut self.index) {
            Ok(directory) => Ok(directory),
            Err(Errno::NOENT | Errno::NOTDIR) => self.make_parent(path, of),
            Err(error) => Err(self.no_parent(error, path, of)),
        }
    }

    /// Goes down from the root and makes what is missing on the way, one component at a time: a
    /// path may have two thousand.
    fn make_parent(&mut self, path: &[u8], of: &[u8]) -> Result<Rc<Directory>> {
        let mut directory = self.directories.root();
        let ends = (0..path.len()).filter(|&at| path[at] == b'/');
        for end in ends.chain([path.len()]) {
            let prefix = &path[..end];
            let name = paths::split(prefix).map_or(prefix, |(_, name)| name);
            directory = match directory.child(name, &mut self.index) {
                Ok(child) => child,
                Err(Errno::NOENT) => self.make_one(&directory, name, of)?,
                // No directory under its own name: perhaps a symlink to one.
                Err(_) => match self.directories.open(prefix, &mut self.index) {
                    Ok(found) => found,
                    Err(Errno::NOENT | Errno::NOTDIR) => self.make_one(&directory, name, of)?,
                    Err(error) => return Err(self.no_parent(error, prefix, of)),
                },
            };
        }
        Ok(directory)
    }

    /// Makes a directory that the tar does not mention.
    fn make_one(&mut self, above: &Directory, name: &[u8], of: &[u8]) -> Result<Rc<Directory>> {
        let parent = above.fd.as_fd();
        let full = paths::join(self.index.path(above.id), name);
        let mut replaced = false;
        loop {
            match rustix::fs::mkdirat(parent, name, Mode::RWXU) {
                Ok(()) => break,
                Err(Errno::EXIST) if !replaced => {
                    let stat = rustix::fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW)
                        .map_err(|error| self.failed(&full, error))?;
                    if !is_whiteout(&stat) {
                        return Err(self.hostile(of, "what it lies in is no directory"));
                    }
                    rustix::fs::unlinkat(parent, name, AtFlags::empty())
                        .map_err(|error| self.failed(&full, error))?;
                    replaced = true;
                }
                Err(error) => return Err(self.failed(&full, error)),
            }
        }
        let made = above.child(name, &mut self.index);
        let made = made.map_err(|error| self.failed(&full, error))?;
        self.imply(made.id);
        if replaced {
            // The mark said that nothing from below is seen here: so it stays.
            self.opaque(made.fd.as_fd(), made.id)
                .map_err(|error| self.failed(&full, error))?;
        }
        Ok(made)
    }

    /// Why the directory of a member cannot be opened.
    fn no_parent(&self, error: Errno, path: &[u8], of: &[u8]) -> Error {
        match error {
            Errno::LOOP | Errno::XDEV => {
                self.hostile(of, "its directory is a symlink that leads nowhere")
            }
            Errno::NAMETOOLONG => self.hostile(of, "it lies deeper than a path can say"),
            error => self.failed(path, error),
        }
    }

    fn file<R: BufRead>(
        &mut self,
        member: &Member,
        directory: &Directory,
        name: &[u8],
        reader: &mut TarReader<R>,
    ) -> Result<Stored> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let create = |parent| rustix::fs::openat(parent, name, flags, Mode::RUSR | Mode::WUSR);
        let fd = match create(directory.fd.as_fd()) {
            Err(Errno::EXIST) => {
                self.displace(directory, name, &member.path)?;
                create(directory.fd.as_fd())
            }
            other => other,
        };
        let mut file = File::from(fd.map_err(|error| self.failed(&member.path, error))?);
        self.budget.announced(reader.left())?;
        self.content(member, &mut file, reader)?;
        self.ownership
            .finish_file(file.as_fd(), member)
            .map_err(|error| self.failed(&member.path, error))
    }

    fn content<R: BufRead>(
        &mut self,
        member: &Member,
        file: &mut File,
        reader: &mut TarReader<R>,
    ) -> Result<()> {
        let context = self.context;
        let mut budget = |count| self.budget.bytes(count, context.cancel);
        match content::write(member, file, reader, &mut budget) {
            Ok(()) => Ok(()),
            Err(error) => Err(error.told(context.name, &member.path, |path| {
                self.folder.join(super::DIFF).join(path)
            })),
        }
    }

    fn directory(&mut self, member: &Member, directory: &Directory, name: &[u8]) -> Result<Stored> {
        let parent = directory.fd.as_fd();
        let mut was_whiteout = false;
        if let Err(error) = rustix::fs::mkdirat(parent, name, Mode::RWXU) {
            if error != Errno::EXIST {
                return Err(self.failed(&member.path, error));
            }
            let stat = rustix::fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW)
                .map_err(|error| self.failed(&member.path, error))?;
            if FileType::from_raw_mode(stat.st_mode) != FileType::Directory {
                was_whiteout = is_whiteout(&stat);
                self.displace(directory, name, &member.path)?;
                rustix::fs::mkdirat(parent, name, Mode::RWXU)
                    .map_err(|error| self.failed(&member.path, error))?;
            }
        }
        let full = paths::join(self.index.path(directory.id), name);
        let made = self.directories.open(&full, &mut self.index);
        let made = made.map_err(|error| self.failed(&member.path, error))?;
        if was_whiteout {
            self.opaque(made.fd.as_fd(), made.id)
                .map_err(|error| self.failed(&member.path, error))?;
        }
        self.finish_directory(made.fd.as_fd(), made.id, member)
            .map_err(|error| self.failed(&member.path, error))
    }

    fn symlink(&mut self, member: &Member, directory: &Directory, name: &[u8]) -> Result<Stored> {
        let link = member.link.as_slice();
        if link.is_empty() || link.len() >= 4096 || link.contains(&0) {
            return Err(self.hostile(&member.path, "the link's target is no path"));
        }
        let parent = directory.fd.as_fd();
        match rustix::fs::symlinkat(link, parent, name) {
            Err(Errno::EXIST) => {
                self.displace(directory, name, &member.path)?;
                rustix::fs::symlinkat(link, parent, name)
            }
            other => other,
        }
        .and_then(|()| {
            self.ownership
                .finish_named(parent, name, member, EntryKind::Symlink)
        })
        .map_err(|error| self.failed(&member.path, error))
    }

    /// Links to an entry of the same layer. Neither the target's last component nor the new name is
    /// followed; the target's directory is resolved beneath the root like any other.
    fn hardlink(
        &mut self,
        member: &Member,
        directory: &Directory,
        name: &[u8],
        entry: &mut Entry,
    ) -> Result<Stored> {
        let wanted = std::mem::take(&mut entry.link);
        let Some((target_dir, target_name)) = paths::split(&wanted) else {
            return Err(self.hostile(&member.path, "a link to the root"));
        };
        let missing =
            |this: &Self| this.hostile(&member.path, "it links to what the layer does not contain");
        let target = match self.directories.open(target_dir, &mut self.index) {
            Ok(target) => target,
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::XDEV) => {
                return Err(missing(self));
            }
            Err(error) => return Err(self.failed(&member.path, error)),
        };
        if target.id == directory.id && target_name == name {
            return Err(self.hostile(&member.path, "a link to itself"));
        }
        entry.link = paths::join(self.index.path(target.id), target_name);
        let link =
            |parent| rustix::fs::linkat(&target.fd, target_name, parent, name, AtFlags::empty());
        let linked = match link(directory.fd.as_fd()) {
            Err(Errno::EXIST) => {
                self.displace(directory, name, &member.path)?;
                link(directory.fd.as_fd())
            }
            other => other,
        };
        match linked {
            Ok(()) => Ok(Stored::Fully),
            // The target is a device that could not be created here: its second name neither.
            Err(Errno::NOENT) if self.absent.contains(&entry.link) => {
                Ok(self.leave_out(directory, name))
            }
            Err(Errno::NOENT) => Err(missing(self)),
            Err(Errno::PERM) => Err(self.hostile(&member.path, "a link to a directory")),
            Err(Errno::MLINK) => Err(self.hostile(&member.path, "too many links to one file")),
            Err(error) => Err(self.failed(&member.path, error)),
        }
    }

    fn special(
        &mut self,
        member: &Member,
        directory: &Directory,
        name: &[u8],
        kind: EntryKind,
    ) -> Result<Stored> {
        let parent = directory.fd.as_fd();
        let (file_type, device) = match kind {
            EntryKind::CharDevice if member.device == (0, 0) => {
                return Err(self.hostile(&member.path, "a device that overlayfs takes for a mark"));
            }
            EntryKind::CharDevice => (FileType::CharacterDevice, member.device),
            EntryKind::BlockDevice => (FileType::BlockDevice, member.device),
            _ => (FileType::Fifo, (0, 0)),
        };
        if file_type != FileType::Fifo && self.context.powers == Powers::Namespace {
            return Ok(self.leave_out(directory, name));
        }
        let device = rustix::fs::makedev(device.0, device.1);
        let create =
            || rustix::fs::mknodat(parent, name, file_type, Mode::RUSR | Mode::WUSR, device);
        let created = match create() {
            Err(Errno::EXIST) => {
                self.displace(directory, name, &member.path)?;
                create()
            }
            other => other,
        };
        match created {
            Ok(()) => {}
            // A container with root of its own may still not be allowed to create devices.
            Err(Errno::PERM) => return Ok(self.leave_out(directory, name)),
            Err(error) => return Err(self.failed(&member.path, error)),
        }
        self.ownership
            .finish_named(parent, name, member, kind)
            .map_err(|error| self.failed(&member.path, error))
    }

    /// Notes a device that stays in blob and index only.
    fn leave_out(&mut self, directory: &Directory, name: &[u8]) -> Stored {
        self.absent
            .insert(paths::join(self.index.path(directory.id), name));
        Stored::Partly
    }

    /// Removes what a second member for the same path replaces.
    fn displace(&mut self, directory: &Directory, name: &[u8], path: &[u8]) -> Result<()> {
        let parent = directory.fd.as_fd();
        match rustix::fs::unlinkat(parent, name, AtFlags::empty()) {
            Ok(()) => {}
            Err(Errno::ISDIR) => {
                crate::trash::remove_below(parent, name)
                    .map_err(|error| self.failed(path, error))?;
                let full = paths::join(self.index.path(directory.id), name);
                self.index.wipe(full);
            }
            Err(error) => return Err(self.failed(path, error)),
        }
        // What was removed may have been a directory or a symlink on the way to one.
        self.directories.forget();
        Ok(())
    }
}

fn entry_of(member: &Member, name: &[u8]) -> Entry {
    let kind = match member.kind {
        Kind::Directory => EntryKind::Directory,
        Kind::Symlink => EntryKind::Symlink,
        Kind::CharDevice => EntryKind::CharDevice,
        Kind::BlockDevice => EntryKind::BlockDevice,
        Kind::Fifo => EntryKind::Fifo,
        Kind::File | Kind::Hardlink | Kind::Other(_) => EntryKind::File,
    };
    let link = if kind == EntryKind::Symlink {
        member.link.clone()
    } else {
        Vec::new()
    };
    Entry {
        name: name.to_vec(),
        kind,
        mode: member.mode,
        uid: member.uid,
        gid: member.gid,
        size: if kind == EntryKind::File {
            member.size
        } else {
            0
        },
        mtime: member.mtime,
        link,
        device: member.device,
        opaque: false,
        implicit: false,
        withheld: false,
    }
}
