//! Giving a tree of files to the container's user (`:U` of a mount).
//!
//! The tree is anybody's: another container may be writing in it. No name is followed out of it –
//! links are given themselves, directories are opened one below the other by descriptor, and what
//! is mounted further down stays as it is. The top comes last, so that a tree whose top has the
//! owner was given as a whole and is not walked again.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{
    AtFlags, Dir, FileType, Gid, Mode, OFlags, ResolveFlags, Uid, chownat, fstat, openat2,
};
use rustix::io::{Errno, Result};

/// Directories that are open at the same time, one below the other.
const DEEPEST: usize = 4096;

/// Gives what a descriptor of a mount (`O_PATH`) stands for to an owner, with all below it.
pub fn give(mount: BorrowedFd<'_>, uid: u32, gid: u32) -> Result<()> {
    let owner = (Uid::from_raw(uid), Gid::from_raw(gid));
    let found = fstat(mount)?;
    if (found.st_uid, found.st_gid) == (uid, gid) {
        return Ok(());
    }
    if FileType::from_raw_mode(found.st_mode) == FileType::Directory {
        below(mount, owner)?;
    }
    chownat(mount, "", Some(owner.0), Some(owner.1), AtFlags::EMPTY_PATH)
}

/// A directory whose entries are being given.
struct Level {
    directory: OwnedFd,
    entries: Dir,
}

impl Level {
    fn open(parent: BorrowedFd<'_>, name: &std::ffi::CStr) -> Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let within = ResolveFlags::BENEATH | ResolveFlags::NO_XDEV | ResolveFlags::NO_SYMLINKS;
        let directory = openat2(parent, name, flags, Mode::empty(), within)?;
        let entries = Dir::read_from(&directory)?;
        Ok(Self { directory, entries })
    }
}

fn below(top: BorrowedFd<'_>, (uid, gid): (Uid, Gid)) -> Result<()> {
    let mut levels = vec![Level::open(top, c".")?];
    while let Some(level) = levels.last_mut() {
        let Some(entry) = level.entries.read() else {
            levels.pop();
            continue;
        };
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let directory = level.directory.as_fd();
        let deeper = match entry.file_type() {
            FileType::Directory | FileType::Unknown => match Level::open(directory, name) {
                Ok(deeper) => Some(deeper),
                Err(Errno::NOTDIR | Errno::LOOP) => None,
                // Of another file system, or removed meanwhile.
                Err(Errno::XDEV | Errno::NOENT) => continue,
                Err(error) => return Err(error),
            },
            _ => None,
        };
        match chownat(
            directory,
            name,
            Some(uid),
            Some(gid),
            AtFlags::SYMLINK_NOFOLLOW,
        ) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => return Err(error),
        }
        if let Some(deeper) = deeper {
            if levels.len() == DEEPEST {
                return Err(Errno::NAMETOOLONG);
            }
            levels.push(deeper);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, symlink};
    use std::path::Path;

    use super::*;

    fn owner(path: &Path) -> (u32, u32) {
        let found = path.symlink_metadata().unwrap();
        (found.uid(), found.gid())
    }

    #[test]
    fn a_tree_is_given_and_nothing_beyond_its_links() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let place = tempfile::tempdir().unwrap();
        let (tree, outside) = (place.path().join("tree"), place.path().join("outside"));
        fs::create_dir_all(tree.join("a/b")).unwrap();
        fs::create_dir(&outside).unwrap();
        for path in [tree.join("a/b/file"), outside.join("file")] {
            fs::write(path, "").unwrap();
        }
        symlink(&outside, tree.join("a/link")).unwrap();
        symlink(outside.join("file"), tree.join("file")).unwrap();
        let give_it = |uid| {
            let open = rustix::fs::open(&tree, OFlags::PATH, Mode::empty()).unwrap();
            give(open.as_fd(), uid, uid + 1).unwrap();
        };
        give_it(1234);
        for inside in ["", "a", "a/b", "a/b/file", "a/link", "file"] {
            assert_eq!(owner(&tree.join(inside)), (1234, 1235), "{inside}");
        }
        assert_eq!(owner(&outside), (0, 0));
        assert_eq!(owner(&outside.join("file")), (0, 0));
        // Once: what somebody changed below stays.
        std::os::unix::fs::chown(tree.join("a"), Some(7), Some(7)).unwrap();
        give_it(1234);
        assert_eq!(owner(&tree.join("a")), (7, 7));
        give_it(99);
        assert_eq!(owner(&tree.join("a")), (99, 100));
    }
}
