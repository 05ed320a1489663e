//! Network namespaces: made, entered by a thread for one piece of work, and found again.
//!
//! A namespace belongs to a thread. The keeper's own threads stay where they are; what must happen
//! elsewhere happens in a thread of its own, which costs tens of microseconds. Sockets stay in the
//! namespace that they were made in, whoever uses them.

use std::fs::{self, File};
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::Path;
use std::thread;

use nix::sched::{CloneFlags, unshare};
use rustix::fs::fstatfs;
use rustix::mount::{UnmountFlags, mount_bind, unmount};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// `NSFS_MAGIC`: the filesystem of namespaces.
const NSFS: u64 = 0x6e73_6673;

/// Runs `work` in a namespace.
pub fn within<T: Send>(
    namespace: BorrowedFd<'_>,
    work: impl FnOnce() -> io::Result<T> + Send,
) -> io::Result<T> {
    aside(|| {
        move_into_link_name_space(namespace, Some(LinkNameSpaceType::Network))?;
        work()
    })
}

/// Makes a namespace and runs `work` in it.
pub fn make<T: Send>(work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<(OwnedFd, T)> {
    aside(|| {
        unshare(CloneFlags::CLONE_NEWNET)?;
        let namespace = File::open("/proc/thread-self/ns/net")?;
        Ok((namespace.into(), work()?))
    })
}

/// The namespace of this thread.
pub fn current() -> io::Result<OwnedFd> {
    Ok(File::open("/proc/thread-self/ns/net")?.into())
}

/// Gives a namespace a name in the filesystem, which keeps it alive.
pub fn pin(namespace: BorrowedFd<'_>, path: &Path) -> io::Result<()> {
    use std::os::fd::AsRawFd;
    fs::write(path, "")?;
    let source = format!("/proc/self/fd/{}", namespace.as_raw_fd());
    mount_bind(source, path)?;
    Ok(())
}

/// The namespace that was pinned there; `None` if there is none.
pub fn pinned(path: &Path) -> io::Result<Option<OwnedFd>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let is_namespace = fstatfs(&file)?.f_type as u64 == NSFS;
    Ok(is_namespace.then(|| file.into()))
}

/// Takes the name away.
pub fn unpin(path: &Path) -> io::Result<()> {
    unmount(path, UnmountFlags::DETACH)?;
    fs::remove_file(path)
}

fn aside<T: Send>(work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    thread::scope(|scope| match scope.spawn(work).join() {
        Ok(done) => done,
        Err(_) => Err(io::Error::other("a worker panicked")),
    })
}
