//! Small changes: folders made, names changed, files removed and written.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FallocateFlags, FileType, Mode, OFlags, RenameFlags, Stat};
use rustix::fs::{fallocate, fstat, mkdirat, open, openat, renameat_with, statat};
use rustix::io::Errno;

use super::paths::{clean, split};
use super::{FilesRoot, failed, shown};
use crate::space::Space;
use crate::trash::{is_mounted, remove_unmounted};
use crate::upper::reopen;
use crate::{Error, Result};

const BUFFER: usize = 1 << 18;
/// What files and folders get that somebody makes by hand.
const FILE: u32 = 0o644;
const FOLDER: u32 = 0o755;

impl FilesRoot {
    /// Opens a regular file for reading; links are followed inside the root.
    pub fn open_file(&self, path: &str) -> Result<File> {
        let path = clean(path);
        let (found, _) = self.regular(&path)?;
        reopen(found.as_fd(), OFlags::RDONLY).map_err(|error| failed("opening", &path, error))
    }

    /// Makes an empty folder in one that is there.
    pub fn make_folder(&self, path: &str) -> Result<()> {
        let (above, path) = self.above(path)?;
        let (_, name) = split(&path);
        match mkdirat(&above, name, Mode::from_raw_mode(FOLDER)) {
            Err(Errno::EXIST) => Err(Error::Exists(shown(&path))),
            made => made.map_err(|error| failed("making", &path, error)),
        }
    }

    /// Gives what is at a path another one, where nothing may be yet.
    pub fn rename(&self, from: &str, to: &str) -> Result<()> {
        let (from_above, from) = self.above(from)?;
        let (to_above, to) = self.above(to)?;
        let (from_name, to_name) = (split(&from).1, split(&to).1);
        Self::must_be_unmounted(&from_above, from_name, &from)?;
        let flags = RenameFlags::NOREPLACE;
        let renamed = renameat_with(&from_above, from_name, &to_above, to_name, flags);
        renamed.map_err(|error| match error {
            Errno::EXIST => Error::Exists(shown(&to)),
            Errno::NOENT => Error::NoSuchPath(shown(&from)),
            error => failed("renaming", &from, error),
        })
    }

    /// Removes a file, or a folder with all that is in it. What is mounted there stays, and is why it
    /// is refused.
    pub fn remove(&self, path: &str) -> Result<()> {
        let (above, path) = self.above(path)?;
        let (_, name) = split(&path);
        Self::must_be_unmounted(&above, name, &path)?;
        remove_unmounted(above.as_fd(), name).map_err(|error| failed("removing", &path, error))
    }

    /// Writes a new file; what is there already stays.
    pub fn create_file(&self, path: &str, content: impl Read) -> Result<()> {
        let (above, path) = self.above(path)?;
        let (_, name) = split(&path);
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let made = match openat(&above, name, flags, Mode::from_raw_mode(FILE)) {
            Err(Errno::EXIST) => return Err(Error::Exists(shown(&path))),
            made => made.map_err(|error| failed("making", &path, error))?,
        };
        let written = self.fill(&mut File::from(made), content, &path);
        if written.is_err() {
            // Half of a file helps nobody. Whoever removed it already wanted the same.
            let _ = rustix::fs::unlinkat(&above, name, AtFlags::empty());
        }
        written
    }

    /// Writes new content into a file that is there and is as `unchanged` says, before and after
    /// all of it has come; it stays the same file, with its owner, mode and other names. When not
    /// all of it comes, or there is no room for it, the file is as it was.
    pub fn rewrite_file(
        &self,
        path: &str,
        unchanged: impl Fn(&Stat) -> bool,
        content: impl Read,
    ) -> Result<()> {
        let clean = clean(path);
        let (found, _) = self.regular(&clean)?;
        let refused = |error| failed("writing", &clean, error);
        let check = || match fstat(&found).map_err(refused)? {
            stat if unchanged(&stat) => Ok(stat),
            _ => Err(Error::Changed(shown(&clean))),
        };
        check()?;
        // First, as it may be refused.
        let file = reopen(found.as_fd(), OFlags::WRONLY).map_err(refused)?;
        let mut received = self.aside(path).map_err(refused)?;
        self.fill(&mut received, content, &clean)?;
        let before = check()?;
        self.replace(&file, &before, received, &clean)
    }

    /// A file without a name, in the same folder or else among other files for the moment.
    fn aside(&self, path: &str) -> Result<File, Errno> {
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let above = self.above(path).ok();
        let beside = above.and_then(|(above, _)| openat(&above, ".", flags, mode).ok());
        let made = beside.map_or_else(|| open(std::env::temp_dir(), flags, mode), Ok);
        made.map(File::from)
    }

    /// Gives a file the content of another, once there is room for it.
    fn replace(
        &self,
        mut file: &File,
        before: &Stat,
        mut content: File,
        path: &[u8],
    ) -> Result<()> {
        let place = PathBuf::from(shown(path));
        let failed = |error| Error::io("writing", &place, error);
        let length = content.stream_position().map_err(failed)?;
        let has = before.st_blocks.cast_unsigned() * 512;
        self.space(file, &place)?
            .expect(length.saturating_sub(has))?;
        let taken = match length {
            0 => Ok(()),
            length => fallocate(file, FallocateFlags::KEEP_SIZE, 0, length),
        };
        match taken {
            // Not every file system can.
            Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS) => {}
            Err(error) => return Err(failed(error.into())),
        }
        content.rewind().map_err(failed)?;
        io::copy(&mut content, &mut file).map_err(failed)?;
        file.set_len(length).map_err(failed)
    }

    fn space(&self, file: &File, place: &Path) -> Result<Space> {
        let copy = file.try_clone();
        let copy = copy.map_err(|error| Error::io("writing", place, error))?;
        Ok(Space::of(copy.into(), place, self.limits.reserve))
    }

    fn fill(&self, file: &mut File, mut content: impl Read, path: &[u8]) -> Result<()> {
        let place = PathBuf::from(shown(path));
        let mut space = self.space(file, &place)?;
        let mut buffer = vec![0; BUFFER];
        loop {
            let count = match content.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Error::from_stream(error, "receiving", &shown(path))),
            };
            space.take(count as u64)?;
            file.write_all(&buffer[..count])
                .map_err(|error| Error::io("writing", &place, error))?;
        }
    }

    /// What is at a path, if it is a regular file, opened to be looked at.
    fn regular(&self, path: &[u8]) -> Result<(OwnedFd, Stat)> {
        let found = self.open(path, OFlags::PATH)?;
        let stat = fstat(&found).map_err(|error| failed("looking at", path, error))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(Error::NotAFile(shown(path)));
        }
        Ok((found, stat))
    }

    /// The folder that a path lies in, and the path.
    fn above(&self, path: &str) -> Result<(OwnedFd, Vec<u8>)> {
        let path = clean(path.trim_end_matches('/'));
        let (above, name) = split(&path);
        if name.is_empty() || name == b"." {
            return Err(Error::Mounted("/".to_owned()));
        }
        let above = self.open(above, OFlags::PATH | OFlags::DIRECTORY)?;
        if super::is_kernels(above.as_fd()) {
            return Err(Error::ReadOnly(shown(&path)));
        }
        Ok((above, path))
    }

    fn must_be_unmounted(above: &OwnedFd, name: &[u8], path: &[u8]) -> Result<()> {
        statat(above, name, AtFlags::SYMLINK_NOFOLLOW).map_err(|error| match error {
            Errno::NOENT => Error::NoSuchPath(shown(path)),
            error => failed("looking at", path, error),
        })?;
        match is_mounted(above.as_fd(), name) {
            Ok(false) => Ok(()),
            Ok(true) => Err(Error::Mounted(shown(path))),
            Err(error) => Err(failed("looking at", path, error)),
        }
    }
}
