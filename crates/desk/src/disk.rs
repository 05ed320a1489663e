//! Room on disks.

use std::path::Path;

/// Bytes that an ordinary user can still write where the path is or will be.
pub(crate) fn free_bytes(path: &Path) -> Option<u64> {
    let nearest = path.ancestors().find(|folder| folder.exists())?;
    let disk = rustix::fs::statvfs(nearest).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_yet_has_the_room_of_its_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let there = free_bytes(folder.path());
        assert!(there.is_some_and(|bytes| bytes > 0));
        assert!(free_bytes(&folder.path().join("a/b.tar")).is_some());
    }
}
