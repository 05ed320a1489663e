//! Children that were started and are not waited for.

use std::process::Child;

use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::ready::Ready;

/// Waits for a child's end in the background, so that it does not stay a zombie.
pub(crate) fn reap(mut child: Child) {
    tokio::spawn(async move {
        let Some(pid) = Pid::from_raw(child.id() as i32) else {
            return;
        };
        let pidfd = pidfd_open(pid, PidfdFlags::empty());
        if let Ok(pidfd) = pidfd
            && let Ok(pidfd) = Ready::new(pidfd)
        {
            // Readable means ended; an error leaves the wait below, which then blocks briefly.
            let _ = pidfd.readable().await;
        }
        let _ = child.wait();
    });
}
