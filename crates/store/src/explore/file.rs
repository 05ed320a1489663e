//! One file out of an image.

use std::fs::File;
use std::io;

use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};

use super::Explorer;
use crate::index::EntryKind;
use crate::{Error, Result};

/// A file of a layer, opened.
#[derive(Debug)]
pub struct FileInLayer {
    pub file: File,
    pub size: u64,
}

impl Explorer {
    /// Opens the file at `path`: the topmost layer's own, or the one that a container would see.
    ///
    /// `None` where there is nothing at the path; something that is no file is an error.
    pub fn open_file(&self, path: &[u8], only_top: bool) -> Result<Option<FileInLayer>> {
        let Some((position, entry)) = self.find(path, only_top)? else {
            return Ok(None);
        };
        let shown = || String::from_utf8_lossy(path).into_owned();
        if entry.kind != EntryKind::File {
            return Err(Error::NotAFile(shown()));
        }
        let root = &self.layers[position].path;
        let failed = |source: io::Error| Error::io("reading", root.join(shown()), source);
        let folder = File::open(root).map_err(failed)?;
        // A layer's own folders are folders, and its files are no links to elsewhere.
        let resolve =
            ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = openat2(folder, path, flags, Mode::empty(), resolve)
            .map_err(|errno| failed(errno.into()))?;
        let file = File::from(file);
        let found = file.metadata().map_err(failed)?;
        if !found.is_file() {
            return Err(Error::NotAFile(shown()));
        }
        Ok(Some(FileInLayer {
            file,
            size: found.len(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::super::fixture::{Stack, dir, file, whiteout};

    #[test]
    fn a_file_is_read_from_the_layer_that_shows_it() {
        let stack = Stack::new(&[
            &[dir("a"), file("a/f", 3), file("a/g", 1)],
            &[file("a/f", 5), whiteout("a/g")],
        ]);
        let image = stack.up_to(1);
        let mut content = Vec::new();
        let mut found = image.open_file(b"a/f", false).unwrap().unwrap();
        found.file.read_to_end(&mut content).unwrap();
        assert_eq!((content.len(), found.size), (5, 5));
        assert!(image.open_file(b"a/g", false).unwrap().is_none());
        assert!(image.open_file(b"nothing", false).unwrap().is_none());
        assert_eq!(
            image.open_file(b"a", false).unwrap_err().code(),
            "not-a-file"
        );
        assert_eq!(
            stack
                .up_to(0)
                .open_file(b"a/g", true)
                .unwrap()
                .unwrap()
                .size,
            1
        );
    }
}
