//! Waiting for descriptors that tokio has no type of its own for: packet sockets, pidfds, inotify.

use std::io;
use std::ops::Deref;
use std::os::fd::OwnedFd;

use tokio::io::unix::AsyncFd;

/// A descriptor whose readiness can be awaited.
#[derive(Debug)]
pub(crate) struct Ready(AsyncFd<OwnedFd>);

impl Ready {
    /// Registers the descriptor with the runtime; it should not block.
    pub(crate) fn new(fd: OwnedFd) -> io::Result<Self> {
        // SAFETY: the descriptor stays open and the same for as long as it is registered: it is
        // owned here, and only shared access to it is given out.
        let registered = unsafe { AsyncFd::register(fd) };
        Ok(Self(registered?))
    }
}

impl Deref for Ready {
    type Target = AsyncFd<OwnedFd>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
