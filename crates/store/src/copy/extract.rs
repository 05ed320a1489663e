//! Into the root: the members of a tar below one of its folders.
//!
//! Nothing in the tar is trusted. The folder of each member is resolved with the container's root as
//! `/`, so that links lead where they lead in the container and never out of it; the last component
//! is created there, never followed and never written through.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, fstat, mkdirat, openat, statat};
use rustix::fs::{linkat, mknodat, symlinkat, unlinkat, utimensat};
use rustix::io::Errno;

use super::folders::Folders;
use super::paths::split;
use super::{FilesRoot, failed, is_folder, shown};
use crate::index::EntryKind;
use crate::space::Space;
use crate::stream::CountingReader;
use crate::tarball::{Kind, Member, TarReader, Time};
use crate::trash::{is_mounted, remove_unmounted};
use crate::tree::{ARCHIVE, with_tar};
use crate::unpack::{Ownership, clip, content, drain, paths, timestamps};
use crate::{CancelFlag, Error, Progress, Result};

/// Whose the copied files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeOwner {
    /// As the archive says.
    Archive,
    /// These ids, whatever the archive says.
    Ids { uid: u32, gid: u32 },
    /// Whoever copies them.
    Me,
}

/// What an archive may replace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replace {
    /// Everything.
    Anything,
    /// Files by files and folders by folders (Docker's `noOverwriteDirNonDir`).
    SameKind,
}

/// How an archive is copied into a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extraction {
    pub owner: TakeOwner,
    pub replace: Replace,
    /// The archive's first member gets this name, with all that lies below it.
    pub rename: Option<String>,
}

impl FilesRoot {
    /// Copies a tar (plain, gzip or zstd) into the folder at `path`, which must be there.
    pub fn extract(
        &self,
        path: &str,
        input: impl Read + Send,
        how: &Extraction,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<()> {
        let base = super::clean(path);
        let top = self.open(&base, OFlags::PATH)?;
        let found = fstat(&top).map_err(|error| failed("looking at", &base, error))?;
        if !is_folder(&found) {
            return Err(Error::NotAFolder(shown(&base)));
        }
        if super::is_kernels(top.as_fd()) || Self::is_read_only(top.as_fd()) {
            return Err(Error::ReadOnly(shown(&base)));
        }
        let counted = CountingReader::new(input, None, progress, cancel);
        let mut input = BufReader::new(counted);
        let reading = |error| Error::from_stream(error, "reading the archive", ARCHIVE);
        if input.fill_buf().map_err(reading)?.is_empty() {
            return Ok(());
        }
        let mut target = Target {
            root: self,
            base: base
                .strip_suffix(b"/.")
                .or_else(|| base.strip_suffix(b"/"))
                .unwrap_or(&base)
                .to_vec(),
            how,
            ownership: Ownership::of_process(),
            folders: Folders::new(
                self,
                match how.owner {
                    TakeOwner::Ids { uid, gid } => Some((uid, gid)),
                    TakeOwner::Archive | TakeOwner::Me => None,
                },
            ),
            first: None,
            space: Space::of(top, &PathBuf::from(shown(&base)), self.limits.reserve),
            device: found.st_dev,
            members: 0,
            times: Vec::new(),
            held: 0,
            cancel,
        };
        with_tar(input, &self.limits, |tar| target.all(tar))
    }
}

struct Target<'a> {
    root: &'a FilesRoot,
    /// The folder's path; empty for the root.
    base: Vec<u8>,
    how: &'a Extraction,
    ownership: Ownership,
    folders: Folders<'a>,
    /// What the first member is called in the archive.
    first: Option<Vec<u8>>,
    /// Of the file system that is written to.
    space: Space,
    device: u64,
    members: u64,
    /// What folders get when everything is in them.
    times: Vec<(Vec<u8>, Time)>,
    /// Bytes that their paths take.
    held: u64,
    cancel: &'a CancelFlag,
}

impl Target<'_> {
    fn all(&mut self, tar: &mut dyn BufRead) -> Result<()> {
        let mut reader = TarReader::new(tar);
        let broken = |error| Error::from_tar(error, ARCHIVE);
        while let Some(member) = reader.next_member().map_err(broken)? {
            self.cancel.check()?;
            self.member(member, &mut reader)?;
        }
        drain(reader.input_mut()).map_err(broken)?;
        for (path, time) in self.times.drain(..).rev() {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW;
            // What is no folder any more was replaced meanwhile.
            if let Ok(folder) = self.root.open(&path, flags) {
                let set = utimensat(&folder, "", &timestamps(time), AtFlags::EMPTY_PATH);
                set.map_err(|error| failed("dating", &path, error))?;
            }
        }
        Ok(())
    }

    fn member<R: BufRead>(&mut self, mut member: Member, reader: &mut TarReader<R>) -> Result<()> {
        self.count(&member)?;
        if self.first.is_none() {
            let first = paths::clean(&member.path);
            self.first = Some(first.map_err(|why| hostile(&member.path, why))?);
        }
        let Some(path) = self.place(&member.path, &member.path)? else {
            // The folder itself, which is there.
            return Ok(());
        };
        match self.how.owner {
            TakeOwner::Archive => {}
            TakeOwner::Ids { uid, gid } => (member.uid, member.gid) = (uid, gid),
            TakeOwner::Me => {
                (member.uid, member.gid) = (self.ownership.uid, self.ownership.gid);
            }
        }
        if matches!(member.kind, Kind::Other(_)) {
            return Ok(());
        }
        let (parent, name) = split(&path);
        let folder = self.folders.open(parent)?;
        let keep = self.make_room(&member, &folder, name, &path)?;
        let made = match member.kind {
            Kind::File => return self.file(&member, &folder, name, &path, reader),
            Kind::Directory => return self.folder(&member, &folder, name, &path, keep),
            // The kernel's mark for what an overlay hides.
            Kind::CharDevice if member.device == (0, 0) => {
                return Err(hostile(
                    &member.path,
                    "a device that overlayfs takes for a mark",
                ));
            }
            Kind::Symlink if member.link.is_empty() => {
                return Err(hostile(&member.path, "the link's target is no path"));
            }
            Kind::Symlink => self.symlink(&member, &folder, name),
            Kind::Hardlink => return self.hardlink(&member, &folder, name, &path),
            _ => self.special(&member, &folder, name),
        };
        made.map_err(|error| failed("copying", &path, error))
    }

    /// Bounds what an archive may cost before it is spent.
    fn count(&mut self, member: &Member) -> Result<()> {
        let limits = &self.root.limits;
        self.members += 1;
        if self.members > limits.entries {
            return Err(too_large(format!("more than {} entries", limits.entries)));
        }
        if self.held > limits.names {
            let names = limits.names;
            return Err(too_large(format!("names of more than {names} bytes")));
        }
        if member.size > limits.file {
            return Err(Error::TooLarge {
                what: clip(&member.path),
                why: format!("{} bytes; a file may have {}", member.size, limits.file),
            });
        }
        Ok(())
    }

    /// Where a name of the archive lies in the root; `None` for the folder itself.
    fn place(&self, name: &[u8], of: &[u8]) -> Result<Option<Vec<u8>>> {
        let name = paths::clean(name).map_err(|why| hostile(of, why))?;
        let name = match &self.how.rename {
            Some(new) => renamed(&name, self.first.as_deref().unwrap_or_default(), new),
            None => name,
        };
        if name.is_empty() {
            return Ok(None);
        }
        Ok(Some([&self.base, b"/".as_slice(), &name].concat()))
    }

    /// Removes what the member replaces. Says whether a folder is there that is kept.
    fn make_room(
        &mut self,
        member: &Member,
        folder: &OwnedFd,
        name: &[u8],
        path: &[u8],
    ) -> Result<bool> {
        let there = match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(there) => there,
            Err(Errno::NOENT) => return Ok(false),
            Err(error) => return Err(failed("looking at", path, error)),
        };
        let (was, is) = (is_folder(&there), member.kind == Kind::Directory);
        if was && is {
            return Ok(true);
        }
        if was != is && self.how.replace == Replace::SameKind {
            return Err(Error::WouldReplace {
                path: shown(path),
                with: if is { shown(path) } else { shown(&self.base) },
                folder: was,
            });
        }
        let removed = match is_mounted(folder.as_fd(), name) {
            Ok(true) => Err(Errno::BUSY),
            Ok(false) if was => remove_unmounted(folder.as_fd(), name),
            Ok(false) => unlinkat(folder, name, AtFlags::empty()),
            Err(error) => Err(error),
        };
        // It may have been a folder, or a symlink, on the way to others.
        self.folders.forget();
        match removed {
            Ok(()) | Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(failed("replacing", path, error)),
        }
    }

    fn file<R: BufRead>(
        &mut self,
        member: &Member,
        folder: &OwnedFd,
        name: &[u8],
        path: &[u8],
        reader: &mut TarReader<R>,
    ) -> Result<()> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let refused = |error| failed("copying", path, error);
        let made = openat(folder, name, flags, Mode::RUSR | Mode::WUSR).map_err(refused)?;
        let mut file = File::from(made);
        self.look_at_space(&file, folder, path)?;
        if reader.left() >= 1 << 20 {
            self.space.expect(reader.left())?;
        }
        let (space, cancel) = (&mut self.space, self.cancel);
        let mut spend = |count: usize| {
            if space.take(count as u64)? {
                cancel.check()?;
            }
            Ok(())
        };
        let written = content::write(member, &mut file, reader, &mut spend);
        if written.is_err() {
            // Half a file under the name of a whole one is worse than none.
            let _ = unlinkat(folder, name, AtFlags::empty());
        }
        written
            .map_err(|error| error.told(ARCHIVE, &member.path, |_| PathBuf::from(shown(path))))?;
        let finished = self.ownership.finish_file(file.as_fd(), member);
        finished.map(drop).map_err(refused)
    }

    /// Volumes lie on file systems of their own.
    fn look_at_space(&mut self, file: &File, folder: &OwnedFd, path: &[u8]) -> Result<()> {
        let failed = |error| failed("looking at", path, error);
        let device = fstat(file).map_err(failed)?.st_dev;
        if device != self.device {
            let folder = folder.try_clone().map_err(|source| Error::Io {
                doing: "looking at",
                path: PathBuf::from(shown(path)),
                source,
            })?;
            let reserve = self.root.limits.reserve;
            self.space = Space::of(folder, &PathBuf::from(shown(path)), reserve);
            self.device = device;
        }
        Ok(())
    }

    fn folder(
        &mut self,
        member: &Member,
        folder: &OwnedFd,
        name: &[u8],
        path: &[u8],
        keep: bool,
    ) -> Result<()> {
        let refused = |error| failed("making", path, error);
        if !keep {
            match mkdirat(folder, name, Mode::RWXU) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(refused(error)),
            }
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let made = openat(folder, name, flags, Mode::empty()).map_err(refused)?;
        let finished = self.ownership.finish_folder(made.as_fd(), member);
        finished.map_err(refused)?;
        self.held += path.len() as u64;
        self.times.push((path.to_vec(), member.mtime));
        Ok(())
    }

    fn symlink(&self, member: &Member, folder: &OwnedFd, name: &[u8]) -> Result<(), Errno> {
        symlinkat(member.link.as_slice(), folder, name)?;
        self.finish(member, folder, name, EntryKind::Symlink)
    }

    /// Gives what was just made its attributes.
    fn finish(
        &self,
        member: &Member,
        folder: &OwnedFd,
        name: &[u8],
        kind: EntryKind,
    ) -> Result<(), Errno> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let made = openat(folder, name, flags, Mode::empty())?;
        let wanted = match kind {
            EntryKind::Symlink => FileType::Symlink,
            EntryKind::CharDevice => FileType::CharacterDevice,
            EntryKind::BlockDevice => FileType::BlockDevice,
            _ => FileType::Fifo,
        };
        if FileType::from_raw_mode(fstat(&made)?.st_mode) != wanted {
            // Somebody put something else there, whose attributes are its own.
            return Ok(());
        }
        let finished = self.ownership.finish_found(made.as_fd(), member, kind);
        finished.map(drop)
    }

    /// Links to another file below the folder. Neither its last component nor the new name is
    /// followed.
    fn hardlink(
        &mut self,
        member: &Member,
        folder: &OwnedFd,
        name: &[u8],
        path: &[u8],
    ) -> Result<()> {
        let Some(target) = self.place(&member.link, &member.path)? else {
            return Err(hostile(&member.path, "a link to a folder"));
        };
        let (parent, target_name) = split(&target);
        let flags = OFlags::PATH | OFlags::DIRECTORY;
        let missing = || hostile(&member.path, "it links to what is not there");
        let target_folder = self.root.open(parent, flags).map_err(|error| match error {
            Error::NoSuchPath(_) => missing(),
            error => error,
        })?;
        let linked = linkat(&target_folder, target_name, folder, name, AtFlags::empty());
        linked.map_err(|error| match error {
            Errno::NOENT => missing(),
            Errno::PERM => hostile(&member.path, "a link to a folder"),
            error => failed("linking", path, error),
        })
    }

    /// Devices and pipes. Where this process may not make a device it is left out, as by Docker.
    fn special(&self, member: &Member, folder: &OwnedFd, name: &[u8]) -> Result<(), Errno> {
        let (kind, file_type) = match member.kind {
            Kind::CharDevice => (EntryKind::CharDevice, FileType::CharacterDevice),
            Kind::BlockDevice => (EntryKind::BlockDevice, FileType::BlockDevice),
            _ => (EntryKind::Fifo, FileType::Fifo),
        };
        let device = rustix::fs::makedev(member.device.0, member.device.1);
        match mknodat(folder, name, file_type, Mode::RUSR | Mode::WUSR, device) {
            Err(Errno::PERM) if file_type != FileType::Fifo => return Ok(()),
            made => made?,
        }
        self.finish(member, folder, name, kind)
    }
}

/// The name below `new` of what is called `name` and lies below `first`.
fn renamed(name: &[u8], first: &[u8], new: &str) -> Vec<u8> {
    let below = match name.strip_prefix(first) {
        Some(below) if first.is_empty() => below,
        Some(b"") => b"",
        Some(below) if below.starts_with(b"/") => &below[1..],
        _ => return name.to_vec(),
    };
    if below.is_empty() {
        new.as_bytes().to_vec()
    } else {
        [new.as_bytes(), b"/", below].concat()
    }
}

fn hostile(path: &[u8], why: &str) -> Error {
    Error::Hostile {
        layer: ARCHIVE.to_owned(),
        path: clip(path),
        why: why.to_owned(),
    }
}

fn too_large(why: String) -> Error {
    Error::TooLarge {
        what: ARCHIVE.to_owned(),
        why,
    }
}
