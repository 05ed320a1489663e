//! Removing trees: however deep, never following a link.

use std::fs;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, StatxAttributes, StatxFlags, statx};
use rustix::io::Errno;

/// Nested directories that are held open at once. What lies deeper is moved up and removed
/// afterwards: open files and stack stay bounded, whatever an image or a container made.
const DEPTH: usize = 64;

static MOVED: AtomicU64 = AtomicU64::new(0);

/// What a removal does where something is mounted in the tree.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mounts {
    /// There are none: the tree is the store's own.
    Absent,
    /// They stay, and that is an error (`EBUSY`): the tree is a container's.
    Keep,
}

/// Removes the file or tree `name` in `parent`. What is already gone is no error.
pub(crate) fn remove_below(parent: BorrowedFd<'_>, name: &[u8]) -> Result<(), Errno> {
    remove(parent, name, Mounts::Absent)
}

/// The same in a container, whose volumes and mounted files are not touched.
pub(crate) fn remove_unmounted(parent: BorrowedFd<'_>, name: &[u8]) -> Result<(), Errno> {
    remove(parent, name, Mounts::Keep)
}

fn remove(parent: BorrowedFd<'_>, name: &[u8], mounts: Mounts) -> Result<(), Errno> {
    let mut moved = vec![name.to_vec()];
    while let Some(name) = moved.pop() {
        Removal {
            top: parent,
            moved: &mut moved,
            mounts,
        }
        .remove(parent, &name, DEPTH)?;
    }
    Ok(())
}

/// Whether something is mounted under this name, or at the descriptor itself. Asked before a removal: in another mount namespace
/// the kernel would take the mount away with the name.
pub(crate) fn is_mounted(parent: BorrowedFd<'_>, name: &[u8]) -> Result<bool, Errno> {
    let found = statx(
        parent,
        name,
        AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT | AtFlags::EMPTY_PATH,
        StatxFlags::TYPE,
    )?;
    Ok(found.stx_attributes.contains(StatxAttributes::MOUNT_ROOT))
}

/// Removes the file or tree at `path`, however deep, never following a link. What is not there is no
/// error.
pub fn remove_tree(path: &Path) -> std::io::Result<()> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(std::io::ErrorKind::InvalidInput.into());
    };
    let parent = match fs::File::open(parent) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    Ok(remove_below(parent.as_fd(), name.as_encoded_bytes())?)
}

fn open(parent: BorrowedFd<'_>, name: &[u8]) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match rustix::fs::openat(parent, name, flags, Mode::empty()) {
        Err(Errno::ACCESS) => {
            // Directories of an image may be closed even to their owner.
            rustix::fs::chmodat(parent, name, Mode::RWXU, AtFlags::empty())?;
            rustix::fs::openat(parent, name, flags, Mode::empty())
        }
        other => other,
    }
}

/// One tree under removal.
struct Removal<'a> {
    /// Where too deep trees are moved to.
    top: BorrowedFd<'a>,
    moved: &'a mut Vec<Vec<u8>>,
    mounts: Mounts,
}

impl Removal<'_> {
    /// Refuses to go on where something is mounted.
    fn look(&self, parent: BorrowedFd<'_>, name: &[u8]) -> Result<(), Errno> {
        if self.mounts == Mounts::Keep {
            match is_mounted(parent, name) {
                Ok(false) | Err(Errno::NOENT) => {}
                Ok(true) => return Err(Errno::BUSY),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn remove(&mut self, parent: BorrowedFd<'_>, name: &[u8], depth: usize) -> Result<(), Errno> {
        self.look(parent, name)?;
        match rustix::fs::unlinkat(parent, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => return Ok(()),
            Err(Errno::ISDIR | Errno::PERM) => {}
            Err(error) => return Err(error),
        }
        if depth == 0 {
            let number = MOVED.fetch_add(1, Ordering::Relaxed);
            let moved = format!(".deep-{}-{number}", std::process::id());
            rustix::fs::renameat(parent, name, self.top, &moved)?;
            self.moved.push(moved.into_bytes());
            return Ok(());
        }
        let directory = match open(parent, name) {
            Ok(directory) => directory,
            Err(Errno::NOENT) => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut entries = Dir::read_from(&directory)?;
        while let Some(entry) = entries.read() {
            let entry = entry?;
            let child = entry.file_name().to_bytes();
            if !matches!(child, b"." | b"..") {
                self.child(directory.as_fd(), child, entry.file_type(), depth)?;
            }
        }
        match rustix::fs::unlinkat(parent, name, AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn child(
        &mut self,
        directory: BorrowedFd<'_>,
        name: &[u8],
        kind: FileType,
        depth: usize,
    ) -> Result<(), Errno> {
        if matches!(kind, FileType::Directory | FileType::Unknown) {
            return self.remove(directory, name, depth - 1);
        }
        self.look(directory, name)?;
        match rustix::fs::unlinkat(directory, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Removes trees in the background; what a crash interrupts is found again at the next start.
pub(crate) fn remove_in_background(paths: Vec<PathBuf>) {
    if paths.is_empty() {
        return;
    }
    let work = move || {
        for path in paths {
            if let Err(error) = remove_tree(&path) {
                tracing::warn!(path = %path.display(), %error, "removing what was thrown away");
            }
        }
    };
    let spawned = std::thread::Builder::new()
        .name("trash".to_owned())
        .spawn(work);
    if let Err(error) = spawned {
        tracing::warn!(%error, "what was thrown away stays until the next start");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_deeper_than_any_path_is_removed() {
        // In memory: on a disk the kernel alone takes minutes for so many folders.
        let memory = Path::new("/dev/shm");
        let (place, depth) = if memory.is_dir() {
            (memory.to_owned(), 100_000)
        } else {
            (std::env::temp_dir(), 3000)
        };
        let folder = tempfile::tempdir_in(place).unwrap();
        let mut at = rustix::fs::open(folder.path(), OFlags::RDONLY, Mode::empty()).unwrap();
        for _ in 0..depth {
            rustix::fs::mkdirat(&at, "d", Mode::RWXU).unwrap();
            at = rustix::fs::openat(&at, "d", OFlags::RDONLY, Mode::empty()).unwrap();
        }
        rustix::fs::symlinkat("/", &at, "out").unwrap();
        remove_tree(&folder.path().join("d")).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        remove_tree(&folder.path().join("not/there")).unwrap();
    }
}
