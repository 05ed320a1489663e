//! The upper directory of a container: what overlayfs keeps of its changes.
//!
//! It is read on its own, without the layers below and without a mount, as the kernel stores it: a
//! removed path is a character device 0:0, a directory that hides what is below carries the opaque
//! attribute. Names are resolved beneath the directory and links are never followed: a container may
//! be changing all of it meanwhile.

mod changes;
mod walk;

pub(crate) use walk::{Found, Walk, join, reopen};
