//! A folder of the root, for people to look at.

use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, Dir, FileType, OFlags, Stat, readlinkat, statat};

use super::{FilesRoot, clean, failed, is_kernels};
use crate::Result;

/// An entry of a folder.
pub struct Listed {
    /// Not always UTF-8.
    pub name: Vec<u8>,
    pub stat: Stat,
    /// Where a symlink leads, as it is written.
    pub target: Option<Vec<u8>>,
}

impl FilesRoot {
    /// The first `limit` entries of a folder, folders before all else and then by name, and how many
    /// more there are. A link at the path's end is followed; a folder of the kernel's looks empty.
    pub fn list(&self, path: &str, limit: usize) -> Result<(Vec<Listed>, u64)> {
        let path = clean(path);
        let folder = self.open(&path, OFlags::RDONLY | OFlags::DIRECTORY)?;
        if is_kernels(folder.as_fd()) {
            return Ok((Vec::new(), 0));
        }
        let failed = |error| failed("reading", &path, error);
        let mut names = Vec::new();
        for entry in Dir::read_from(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_bytes();
            if !matches!(name, b"." | b"..") {
                names.push((entry.file_type() != FileType::Directory, name.to_vec()));
            }
        }
        names.sort_unstable();
        let more = names.len().saturating_sub(limit) as u64;
        names.truncate(limit);
        // What vanished meanwhile is not there.
        let listed = names
            .into_iter()
            .filter_map(|(_, name)| describe(&folder, name));
        Ok((listed.collect(), more))
    }
}

fn describe(folder: &OwnedFd, name: Vec<u8>) -> Option<Listed> {
    let stat = statat(folder, &name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
    let link = FileType::from_raw_mode(stat.st_mode) == FileType::Symlink;
    let target = link.then(|| readlinkat(folder, &name, Vec::new()).ok());
    Some(Listed {
        name,
        stat,
        target: target.flatten().map(std::ffi::CString::into_bytes),
    })
}
