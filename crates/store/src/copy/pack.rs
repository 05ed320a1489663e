//! Out of the root: a file or a folder as a tar.

use std::io::Write;
use std::os::fd::AsFd;
use std::path::PathBuf;

use rustix::fs::{FileType, OFlags, fstat};

use super::paths::{base_name, clean, split};
use super::{FilesRoot, failed, is_folder, is_kernels, shown};
use crate::packer::{Packer, member_of, sending};
use crate::upper::{Found, Walk, join};
use crate::{CancelFlag, Progress, Result};

impl FilesRoot {
    /// Writes what is at `path` as a tar. A symlink at the end is not followed, unless a slash comes
    /// after it. The names in the tar begin with `name`, else with the last component of the path.
    pub fn pack(
        &self,
        path: &str,
        name: Option<&str>,
        output: impl Write,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<()> {
        let path = clean(path);
        let top = match (name.map_or_else(|| base_name(&path), str::as_bytes), name) {
            // The root's own entries are named `/`, `/bin`, …
            (b"/", None) => b"",
            (name, _) => name,
        };
        let found = self.open(&path, OFlags::PATH | OFlags::NOFOLLOW)?;
        let stat = fstat(&found).map_err(|error| failed("looking at", &path, error))?;
        let folder = is_folder(&stat);
        let (at, rest) = if folder {
            (found, &b""[..])
        } else {
            let (parent, name) = split(&path);
            (self.open(parent, OFlags::PATH | OFlags::DIRECTORY)?, name)
        };
        let mut packing = Packing {
            walk: Walk::at(at, &PathBuf::from(shown(&path)), self.powers),
            packer: Packer::new(output, progress, cancel),
            device: stat.st_dev,
        };
        packing.all(rest, top, cancel)?;
        let (mut output, _) = packing.packer.finish()?;
        output.flush().map_err(sending)
    }
}

struct Packing<'a, W: Write> {
    walk: Walk,
    packer: Packer<'a, W>,
    /// Of the top.
    device: u64,
}

impl<W: Write> Packing<'_, W> {
    /// Depth first: readers give a directory its time when they leave it.
    fn all(&mut self, path: &[u8], top: &[u8], cancel: &CancelFlag) -> Result<()> {
        let mut pending: Vec<(Vec<u8>, Found)> = self
            .walk
            .found(path)?
            .map(|found| (path.to_vec(), found))
            .into_iter()
            .collect();
        while let Some((at, found)) = pending.pop() {
            cancel.check()?;
            let below = at.strip_prefix(path).unwrap_or(&at);
            let name = match below.strip_prefix(b"/").unwrap_or(below) {
                b"" => top.to_vec(),
                below => [top, b"/", below].concat(),
            };
            let Some(member) = member_of(&name, &found) else {
                continue;
            };
            self.packer.member(&self.walk, &at, &found, member)?;
            if found.kind == FileType::Directory && !self.is_kernels(&at, &found)? {
                let inside = self.walk.list(&at)?.into_iter().rev();
                pending.extend(inside.map(|found| (join(&at, &found.name), found)));
            }
        }
        Ok(())
    }

    /// Whether a folder is one of the kernel's file systems, of which nothing is copied.
    fn is_kernels(&self, at: &[u8], found: &Found) -> Result<bool> {
        if found.stat.st_dev == self.device && !at.is_empty() {
            return Ok(false);
        }
        let folder = self.walk.folder(at)?;
        Ok(folder.is_some_and(|folder| is_kernels(folder.as_fd())))
    }
}
