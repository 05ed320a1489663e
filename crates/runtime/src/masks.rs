//! Paths that a container must not read (`linux.maskedPaths`) or write (`linux.readonlyPaths`).
//!
//! A masked file is covered by the host's /dev/null, opened and checked outside the container
//! (CVE-2025-31133 used the container's), a directory by an empty read-only tmpfs, one for all.

use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use oci_spec::runtime::Spec;
use rustix::fs::{FileType, OFlags, fstat};
use rustix::io::{Errno, Result};

use crate::devices::{bind_host_node, host_null};
use crate::failure::{During, StartFailure, Step};
use crate::mount::{Depth, Mount};
use crate::mount_options::Attributes;
use crate::root::Root;

/// Covers the spec's masked paths and makes its read-only paths so.
pub fn apply(root: &Root, spec: &Spec) -> std::result::Result<(), StartFailure> {
    let Some(linux) = spec.linux() else {
        return Ok(());
    };
    for path in linux.readonly_paths().iter().flatten() {
        make_read_only(root, Path::new(path)).during(Step::MaskedPaths, || path.clone())?;
    }
    let masked = linux.masked_paths().as_deref().unwrap_or_default();
    if masked.is_empty() {
        return Ok(());
    }
    let mut covers = Covers {
        null: host_null().during(Step::MaskedPaths, || "/dev/null")?,
        empty: None,
    };
    for path in masked {
        covers
            .cover(root, Path::new(path))
            .during(Step::MaskedPaths, || path.clone())?;
    }
    Ok(())
}

struct Covers {
    null: OwnedFd,
    /// The empty directory; attached already, since a detached mount cannot be copied before
    /// Linux 6.15.
    empty: Option<Mount>,
}

impl Covers {
    fn cover(&mut self, root: &Root, path: &Path) -> Result<()> {
        let Some(place) = existing(root, path)? else {
            return Ok(());
        };
        if FileType::from_raw_mode(fstat(&place)?.st_mode) != FileType::Directory {
            return bind_host_node(self.null.as_fd(), place.as_fd(), Attributes::READ_ONLY);
        }
        if let Some(empty) = &self.empty {
            return Mount::copy_of_descriptor(empty.as_fd(), Depth::One)?.attach(place.as_fd());
        }
        let options = ["nr_blocks=1", "nr_inodes=1", "mode=755"];
        let empty = Mount::filesystem("tmpfs", Path::new("tmpfs"), options.into_iter())?;
        empty.set(Attributes::READ_ONLY, Depth::One)?;
        empty.attach(place.as_fd())?;
        self.empty = Some(empty);
        Ok(())
    }
}

fn make_read_only(root: &Root, path: &Path) -> Result<()> {
    let Some(place) = existing(root, path)? else {
        return Ok(());
    };
    let copy = Mount::copy_of_descriptor(place.as_fd(), Depth::Tree)?;
    copy.set(Attributes::READ_ONLY, Depth::One)?;
    copy.attach(place.as_fd())
}

/// Opens a path; what this kernel does not have needs no protection.
fn existing(root: &Root, path: &Path) -> Result<Option<OwnedFd>> {
    match root.open(path, OFlags::PATH) {
        Ok(place) => Ok(Some(place)),
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        Err(errno) => Err(errno),
    }
}
