//! The files of one layer, as a tar.

use std::io;

use tar::{Builder, EntryType, Header};

use crate::TIME;

/// Builds a layer entry by entry. Paths are as in image layers: relative, without a leading `/`.
///
/// Writing to memory cannot fail, and a bad path here is a mistake in the test that gives it, so
/// nothing returns an error before [`Tree::into_tar`].
pub struct Tree {
    builder: Builder<Vec<u8>>,
    trouble: io::Result<()>,
}

impl Default for Tree {
    fn default() -> Self {
        Self {
            builder: Builder::new(Vec::new()),
            trouble: Ok(()),
        }
    }
}

impl Tree {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn dir(self, path: &str, mode: u32) -> Self {
        self.entry(EntryType::Directory, path.as_bytes(), mode, None, b"")
    }

    #[must_use]
    pub fn dirs(self, paths: &[&str]) -> Self {
        paths.iter().fold(self, |tree, path| tree.dir(path, 0o755))
    }

    #[must_use]
    pub fn file(self, path: &str, mode: u32, content: &[u8]) -> Self {
        self.entry(EntryType::Regular, path.as_bytes(), mode, None, content)
    }

    #[must_use]
    pub fn symlink(self, path: &str, target: &str) -> Self {
        self.entry(
            EntryType::Symlink,
            path.as_bytes(),
            0o777,
            Some(target.as_bytes()),
            b"",
        )
    }

    #[must_use]
    pub fn hardlink(self, path: &str, target: &str) -> Self {
        self.entry(
            EntryType::Link,
            path.as_bytes(),
            0o644,
            Some(target.as_bytes()),
            b"",
        )
    }

    /// Says that the layers below have no `path` any more.
    #[must_use]
    pub fn whiteout(self, path: &str) -> Self {
        let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
        let separator = if dir.is_empty() { "" } else { "/" };
        self.file(&format!("{dir}{separator}.wh.{name}"), 0o644, b"")
    }

    /// Says that nothing the layers below have inside `dir` shows through.
    #[must_use]
    pub fn opaque(self, dir: &str) -> Self {
        self.file(&format!("{dir}/.wh..wh..opq"), 0o644, b"")
    }

    /// An entry as given, with names that no sound program writes: `..`, a leading `/`, any byte.
    #[must_use]
    pub fn entry(
        mut self,
        kind: EntryType,
        path: &[u8],
        mode: u32,
        link: Option<&[u8]>,
        content: &[u8],
    ) -> Self {
        let result = self.append(kind, path, mode, link, content);
        self.trouble = self.trouble.and(result);
        self
    }

    fn append(
        &mut self,
        kind: EntryType,
        path: &[u8],
        mode: u32,
        link: Option<&[u8]>,
        content: &[u8],
    ) -> io::Result<()> {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(TIME);
        header.set_size(content.len() as u64);
        // `Header::set_path` would refuse or tidy what hostile archives contain.
        put(&mut header.as_old_mut().name, path)?;
        if let Some(link) = link {
            put(&mut header.as_old_mut().linkname, link)?;
        }
        header.set_cksum();
        self.builder.append(&header, content)
    }

    /// The finished tar.
    pub fn into_tar(self) -> io::Result<Vec<u8>> {
        self.trouble?;
        self.builder.into_inner()
    }
}

fn put(field: &mut [u8], bytes: &[u8]) -> io::Result<()> {
    match field.get_mut(..bytes.len()) {
        Some(start) => {
            start.copy_from_slice(bytes);
            Ok(())
        }
        None => Err(io::Error::other("a path of more than 100 bytes")),
    }
}
