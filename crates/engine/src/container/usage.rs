//! Bytes of a folder.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Bytes of all regular files below a folder, each inode once. What vanishes meanwhile or cannot
/// be read counts nothing.
pub(crate) fn bytes_below(folder: &Path) -> u64 {
    let mut seen = HashSet::new();
    let mut total = 0;
    let mut left: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(found) = entry.metadata() else {
                continue;
            };
            if found.is_dir() {
                left.push(entry.path());
            } else if found.is_file() && (found.nlink() == 1 || seen.insert(found.ino())) {
                total += found.len();
            }
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hard_links_count_once() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        fs::write(folder.path().join("sub/a"), "12345").unwrap();
        fs::hard_link(folder.path().join("sub/a"), folder.path().join("b")).unwrap();
        assert_eq!(bytes_below(folder.path()), 5);
    }
}
