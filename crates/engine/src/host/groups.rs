//! An engine's folders in the hierarchies of control groups: held while it lives, and removed once
//! nobody needs them.
//!
//! A lock on the folder itself says that its engine lives, wherever its data and its socket are.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{Access, FlockOperation, access, flock};

/// How often a folder is made again that somebody removes as abandoned.
const ATTEMPTS: usize = 8;

/// Makes a folder that belongs to this engine. It is nobody else's until the file is dropped.
pub(super) fn hold(path: &Path) -> Option<File> {
    for _ in 0..ATTEMPTS {
        make(path)?;
        let Ok(file) = File::open(path) else { continue };
        flock(&file, FlockOperation::LockShared).ok()?;
        let same = |found: fs::Metadata| Some(found.ino()) == file.metadata().ok().map(|m| m.ino());
        if path.metadata().is_ok_and(same) {
            return Some(file);
        }
    }
    None
}

/// Makes a group, or finds one that may be written.
pub(super) fn make(path: &Path) -> Option<()> {
    match fs::create_dir(path) {
        Ok(()) => Some(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            access(path, Access::WRITE_OK).ok()
        }
        Err(_) => None,
    }
}

/// Removes the groups below a group in which nobody is. The kernel keeps the others.
pub(crate) fn remove_below(group: &Path) {
    let entries = fs::read_dir(group).into_iter().flatten().flatten();
    for entry in entries {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove(&entry.path());
        }
    }
}

/// Removes a group, and those below it, if nobody is in them.
pub(crate) fn remove(group: &Path) -> bool {
    remove_below(group);
    fs::remove_dir(group).is_ok()
}

/// Removes an engine's folder whose engine is gone and left nobody in it.
pub(crate) fn remove_abandoned(group: &Path) -> bool {
    let Ok(file) = File::open(group) else {
        return false;
    };
    flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() && remove(group)
}

/// Whether that would be done.
pub(crate) fn is_abandoned(group: &Path) -> bool {
    let Ok(file) = File::open(group) else {
        return false;
    };
    let free = flock(&file, FlockOperation::NonBlockingLockExclusive);
    free.is_ok() && is_empty(group)
}

fn is_empty(group: &Path) -> bool {
    let processes = fs::read(group.join("cgroup.procs")).unwrap_or_default();
    let mut entries = fs::read_dir(group).into_iter().flatten().flatten();
    let is_group = |kind: fs::FileType| kind.is_dir();
    processes.is_empty()
        && entries.all(|entry| !entry.file_type().is_ok_and(is_group) || is_empty(&entry.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_abandoned_once_its_engine_is_gone() {
        let place = tempfile::tempdir().unwrap();
        let group = place.path().join("gantry-0123456789ab");
        let held = hold(&group).unwrap();
        fs::create_dir(group.join("container")).unwrap();
        assert!(!is_abandoned(&group) && !remove_abandoned(&group));
        drop(held);
        fs::write(group.join("container/cgroup.procs"), "1\n").unwrap();
        assert!(!is_abandoned(&group) && !remove_abandoned(&group));
        fs::remove_file(group.join("container/cgroup.procs")).unwrap();
        assert!(is_abandoned(&group) && remove_abandoned(&group));
        assert!(!group.exists());
    }
}
