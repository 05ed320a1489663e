//! Directories that a layer's tar does not mention get their attributes from the layers below.
//!
//! overlayfs shows the attributes of the topmost directory: without this, a layer that brings only
//! `tmp/x` would make `/tmp` belong to root with mode 0755.

use std::collections::BTreeSet;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{Gid, Mode, OFlags, ResolveFlags, Timespec, Timestamps, Uid};

use crate::adopt::Adoption;
use crate::index::{Chain, Entry, LayerIndex};
use crate::layout::Layout;
use crate::unpack::{DIFF, INDEX};
use crate::{CancelFlag, Error, Result};

/// Gives the implied directories of staged layers the attributes that the layers below give them.
///
/// A layer is unpacked once for all images, so the first image that brings it decides; images that
/// share a layer share, in practice, what is below it.
pub(crate) fn inherit(layout: &Layout, adoption: &Adoption, cancel: &CancelFlag) -> Result<()> {
    let mut seen = BTreeSet::new();
    for image in &adoption.images {
        for (at, layer) in image.layers.iter().enumerate() {
            let Some(staged) = adoption.layers.get(&layer.diff_id) else {
                continue;
            };
            if !seen.insert(layer.diff_id) || at == 0 || staged.facts.implicit == 0 {
                continue;
            }
            let below = image.layers[..at].iter().rev().map(|layer| {
                let staged = adoption.layers.get(&layer.diff_id);
                let path = staged.map_or_else(
                    || layout.layer_index(&layer.diff_id),
                    |staged| staged.folder.join(INDEX),
                );
                LayerIndex::open(&path).map(Arc::new)
            });
            let chain = Chain::new(below.collect::<Result<_>>()?);
            inherit_from(&chain, &staged.folder, cancel)?;
        }
    }
    Ok(())
}

/// The same for the layer in `folder` on top of a chain.
fn inherit_from(chain: &Chain, folder: &Path, cancel: &CancelFlag) -> Result<()> {
    let index = LayerIndex::open(&folder.join(INDEX))?;
    let mut implied = Vec::new();
    index.for_each(|dir, entry| {
        if entry.implicit {
            let separator: &[u8] = if dir.is_empty() { b"" } else { b"/" };
            implied.push([dir, separator, &entry.name].concat());
        }
    })?;
    let path = folder.join(DIFF);
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = rustix::fs::open(&path, flags, Mode::empty())
        .map_err(|error| Error::io("opening", &path, error))?;
    for name in implied {
        cancel.check()?;
        if let Some(entry) = chain.explicit(&name)? {
            apply(root.as_fd(), &name, &entry).map_err(|error| {
                Error::io(
                    "unpacking",
                    path.join(&*String::from_utf8_lossy(&name)),
                    error,
                )
            })?;
        }
    }
    Ok(())
}

fn apply(root: std::os::fd::BorrowedFd<'_>, path: &[u8], entry: &Entry) -> rustix::io::Result<()> {
    let path = if path.is_empty() { b"." } else { path };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    let fd = rustix::fs::openat2(root, path, flags, Mode::empty(), resolve)?;
    let owner = (Uid::from_raw(entry.uid), Gid::from_raw(entry.gid));
    match rustix::fs::fchown(&fd, Some(owner.0), Some(owner.1)) {
        // An owner beyond the user namespace's map.
        Ok(()) | Err(rustix::io::Errno::PERM | rustix::io::Errno::INVAL) => {}
        Err(error) => return Err(error),
    }
    rustix::fs::fchmod(&fd, Mode::from_raw_mode(entry.mode))?;
    let time = Timespec {
        tv_sec: entry.mtime.seconds,
        tv_nsec: entry.mtime.nanos.into(),
    };
    rustix::fs::futimens(
        &fd,
        &Timestamps {
            last_access: time,
            last_modification: time,
        },
    )
}
