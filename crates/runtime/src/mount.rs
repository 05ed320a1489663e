//! Mounts as descriptors: made detached, given their attributes, then attached to a place that is
//! itself a descriptor. No path is looked up twice, so nothing can be swapped in between. This is
//! the mount API of Linux 5.2 with `mount_setattr` of 5.12; `openat2`, which the container's paths
//! need, came in between, so there is nothing to fall back to on kernels that lack it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::CWD;
use rustix::io::Result;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MoveMountFlags, OpenTreeFlags, fsconfig_create,
    fsconfig_set_flag, fsconfig_set_string, fsmount, fsopen, move_mount, open_tree,
};

use crate::mount_options::Attributes;
use crate::sys::{MountAttributes, mount_setattr};

/// A mount that has a descriptor; attached or not yet.
#[derive(Debug)]
pub struct Mount(OwnedFd);

/// Whether a copied mount brings those below it along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    One,
    Tree,
}

impl Mount {
    /// Takes a descriptor of a mount, as `fsmount(2)` returns it.
    pub fn from_descriptor(descriptor: OwnedFd) -> Self {
        Self(descriptor)
    }

    /// Makes a new filesystem. Options are `key` or `key=value`.
    pub fn filesystem<'a>(
        kind: &str,
        source: &Path,
        options: impl Iterator<Item = &'a str>,
    ) -> Result<Self> {
        let context = fsopen(kind, FsOpenFlags::FSOPEN_CLOEXEC)?;
        fsconfig_set_string(&context, "source", source)?;
        for option in options {
            match option.split_once('=') {
                Some((key, value)) => fsconfig_set_string(&context, key, value)?,
                None => fsconfig_set_flag(&context, option)?,
            }
        }
        fsconfig_create(&context)?;
        let flags = FsMountFlags::FSMOUNT_CLOEXEC;
        fsmount(&context, flags, MountAttrFlags::empty()).map(Self)
    }

    /// Copies the mount at a path of the host.
    pub fn copy_of(path: &Path, depth: Depth) -> Result<Self> {
        open_tree(CWD, path, copy_flags(depth)).map(Self)
    }

    /// Copies the mount at a descriptor: a directory, a file or a device node.
    pub fn copy_of_descriptor(place: BorrowedFd<'_>, depth: Depth) -> Result<Self> {
        open_tree(place, "", copy_flags(depth) | OpenTreeFlags::AT_EMPTY_PATH).map(Self)
    }

    /// Changes the mount's attributes, and those of the mounts below if `depth` says so.
    pub fn set(&self, attributes: Attributes, depth: Depth) -> Result<()> {
        if attributes == Attributes::default() {
            return Ok(());
        }
        let attributes = MountAttributes {
            set: attributes.set,
            clear: attributes.clear,
            ..MountAttributes::default()
        };
        mount_setattr(self.0.as_fd(), depth == Depth::Tree, &attributes)
    }

    /// Sets the propagation type (`MS_PRIVATE`, …) of this mount and those below it.
    pub fn set_propagation(&self, propagation: u64, depth: Depth) -> Result<()> {
        let attributes = MountAttributes {
            propagation,
            ..MountAttributes::default()
        };
        mount_setattr(self.0.as_fd(), depth == Depth::Tree, &attributes)
    }

    /// Attaches the mount. Its descriptor stays good and shows what is mounted there.
    pub fn attach(&self, place: BorrowedFd<'_>) -> Result<()> {
        let flags =
            MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
        move_mount(&self.0, "", place, "", flags)
    }
}

impl AsFd for Mount {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn copy_flags(depth: Depth) -> OpenTreeFlags {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
    match depth {
        Depth::One => flags,
        Depth::Tree => flags | OpenTreeFlags::AT_RECURSIVE,
    }
}
