//! The host's null device, for standard streams of whoever has none of its own.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::{Errno, Result};

use crate::mount::{Depth, Mount};
use crate::mount_options::Attributes;

const NULL: &str = "/dev/null";

/// Opens /dev/null for reading, through a mount of its own that can only be read: root in a container
/// has the host's node open and owns it, but cannot change its mode or owner. Where no mount can be
/// made the node belongs to somebody whom containers do not have.
pub fn null_device() -> Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    match Mount::copy_of(Path::new(NULL), Depth::One) {
        Ok(mount) => {
            mount.set(Attributes::READ_ONLY, Depth::One)?;
            let path = format!("/proc/self/fd/{}", mount.as_fd().as_raw_fd());
            openat(CWD, path, flags, Mode::empty())
        }
        Err(Errno::PERM) => openat(CWD, NULL, flags, Mode::empty()),
        Err(errno) => Err(errno),
    }
}
