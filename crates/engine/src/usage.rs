//! What a folder holds.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, statat};

/// Below this a path is short enough to be opened in one step (the kernel takes 4095 bytes).
const STEP: usize = 2048;

/// The sum of a folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Of all regular files, each inode once.
    pub bytes: u64,
    /// Everything that is no folder.
    pub files: u64,
    /// When the newest file or folder was written, in seconds and nanoseconds since 1970.
    pub written: (i64, i64),
}

/// Bytes of all regular files below a folder.
pub(crate) fn bytes_below(folder: &Path) -> u64 {
    below(CWD, folder).bytes
}

/// Everything below a folder, which is reached from `base` and is no link, however deep it lies.
/// What vanishes meanwhile or cannot be read counts nothing.
pub(crate) fn below(base: BorrowedFd<'_>, folder: &Path) -> Usage {
    let mut seen = HashSet::new();
    let mut total = Usage::default();
    // Folders to visit, each as a path from an open one: open files stay few and paths short.
    let mut left: Vec<(Option<Rc<OwnedFd>>, PathBuf)> = vec![(None, folder.to_owned())];
    while let Some((from, path)) = left.pop() {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let at = from.as_ref().map_or(base, |from| from.as_fd());
        let Ok(opened) = openat(at, &path, flags, Mode::empty()) else {
            continue;
        };
        let opened = Rc::new(opened);
        let Ok(entries) = Dir::read_from(&opened) else {
            continue;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            let Ok(found) = statat(&opened, name, AtFlags::SYMLINK_NOFOLLOW) else {
                continue;
            };
            let time = (found.st_mtime, found.st_mtime_nsec.cast_signed());
            total.written = total.written.max(time);
            if FileType::from_raw_mode(found.st_mode) == FileType::Directory {
                let name = OsStr::from_bytes(name.to_bytes());
                left.push(if path.as_os_str().len() < STEP {
                    (from.clone(), path.join(name))
                } else {
                    (Some(Rc::clone(&opened)), name.into())
                });
                continue;
            }
            total.files += 1;
            let regular = FileType::from_raw_mode(found.st_mode) == FileType::RegularFile;
            if regular && (found.st_nlink == 1 || seen.insert(found.st_ino)) {
                total.bytes += found.st_size.unsigned_abs();
            }
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn hard_links_count_once() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        fs::write(folder.path().join("sub/a"), "12345").unwrap();
        fs::hard_link(folder.path().join("sub/a"), folder.path().join("b")).unwrap();
        assert_eq!(bytes_below(folder.path()), 5);
        assert_eq!(below(CWD, folder.path()).files, 2);
    }

    #[test]
    fn what_lies_deeper_than_any_path_counts() {
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() {
            memory
        } else {
            Path::new("/tmp")
        };
        let folder = tempfile::tempdir_in(place).unwrap();
        let top = folder.path().join("top");
        fs::create_dir(&top).unwrap();
        let mut at = rustix::fs::open(&top, OFlags::RDONLY, Mode::empty()).unwrap();
        for _ in 0..5000 {
            rustix::fs::mkdirat(&at, "d", Mode::RWXU).unwrap();
            at = openat(&at, "d", OFlags::RDONLY, Mode::empty()).unwrap();
        }
        let file = openat(&at, "f", OFlags::CREATE | OFlags::WRONLY, Mode::RWXU).unwrap();
        rustix::io::write(&file, b"123").unwrap();
        assert_eq!(bytes_below(&top), 3);
        gantry_store::remove_tree(&top).unwrap();
    }
}
