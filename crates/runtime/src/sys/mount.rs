//! `mount_setattr(2)`, Linux 5.12.

#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, BorrowedFd};

use super::result;

/// `struct mount_attr` of `linux/mount.h`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MountAttributes {
    pub set: u64,
    pub clear: u64,
    /// One of `MS_PRIVATE`, `MS_SLAVE`, `MS_SHARED`, `MS_UNBINDABLE`, or 0 to leave it.
    pub propagation: u64,
    pub user_namespace: u64,
}

/// Changes a mount, or the whole tree below it.
pub fn mount_setattr(
    mount: BorrowedFd<'_>,
    recursive: bool,
    attributes: &MountAttributes,
) -> rustix::io::Result<()> {
    let flags = libc::AT_EMPTY_PATH | if recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: the path is a C string and the attributes are of the size that is passed.
    result(unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            mount.as_raw_fd(),
            c"".as_ptr(),
            flags,
            &raw const *attributes,
            size_of::<MountAttributes>(),
        )
    })?;
    Ok(())
}
