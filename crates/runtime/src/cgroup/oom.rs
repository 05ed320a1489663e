//! Learning that the kernel killed a process for want of memory.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

use rustix::event::{EventfdFlags, eventfd};
use rustix::fs::inotify;

/// cgroup2 announces a change of `memory.events` as a modification of the file.
pub fn watch_unified(group: &Path) -> io::Result<OwnedFd> {
    let flags = inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK;
    let watch = inotify::init(flags)?;
    inotify::add_watch(
        &watch,
        group.join("memory.events"),
        inotify::WatchFlags::MODIFY,
    )?;
    Ok(watch)
}

/// v1 signals an eventfd that is registered with the file (Documentation/admin-guide/cgroup-v1/
/// memory.rst, "OOM Control").
pub fn watch_v1(group: &Path) -> io::Result<OwnedFd> {
    let event = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
    let control = File::open(group.join("memory.oom_control"))?;
    let line = format!("{} {}", event.as_raw_fd(), control.as_raw_fd());
    fs::write(group.join("cgroup.event_control"), line)?;
    Ok(event)
}
