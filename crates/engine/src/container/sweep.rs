//! What a killed supervisor leaves behind: a process that dies with it, control groups, a socket.
//! And how one that does not answer is ended.

use std::fs;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;

use gantry_runtime::{Cgroup, CgroupPlan, ProcessIdentity};
use gantry_shim::{SHIM_FILE, ShimRecord};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, pidfd_send_signal};
use serde::Deserialize;

use super::folder::Folder;

/// How long the kernel may take to end a container's processes.
const DYING: Duration = Duration::from_secs(5);

/// What a bundle says of that which is left.
#[derive(Deserialize)]
struct Left {
    cgroup: CgroupPlan,
    socket: PathBuf,
}

/// Ends whatever is left of the container and removes the traces of its supervisor. The
/// container's first process takes the others of its pid namespace along.
pub(crate) fn after_loss(folder: &Folder, process: Option<&ProcessIdentity>) {
    let record = ShimRecord::read(folder.path()).ok().flatten();
    let started = record.and_then(|record| record.container);
    let first = kill(process.or(started.as_ref()));
    let left = gantry_file::read_json::<Left>(&folder.bundle());
    let left = left.ok().flatten();
    let cgroup = left.as_ref().map(|left| Cgroup::left_behind(&left.cgroup));
    // Before anybody is waited for: what is frozen does not die.
    if let Some(cgroup) = &cgroup {
        cgroup.end();
    }
    if let Some(first) = first {
        wait_for_end(&first);
    }
    if let Some(left) = left {
        let _ = fs::remove_file(left.socket);
    }
    let _ = fs::remove_file(folder.path().join(SHIM_FILE));
    if let Some(cgroup) = cgroup {
        cgroup.remove();
    }
}

/// Ends a container together with a supervisor that lives and does not answer.
pub(crate) fn by_force(folder: &Folder, process: Option<&ProcessIdentity>) {
    if let Ok(Some(record)) = ShimRecord::read(folder.path())
        && let Some(shim) = kill(Some(&record.shim))
    {
        wait_for_end(&shim);
    }
    after_loss(folder, process);
}

/// Kills exactly this process. Returns it where it had not ended.
fn kill(process: Option<&ProcessIdentity>) -> Option<OwnedFd> {
    let pidfd = process?.open().ok()??;
    pidfd_send_signal(&pidfd, Signal::KILL).ok()?;
    Some(pidfd)
}

/// What does not die in time keeps its group, nothing worse.
fn wait_for_end(pidfd: &OwnedFd) {
    if let Ok(time) = Timespec::try_from(DYING) {
        // Readable means ended.
        let _ = poll(&mut [PollFd::new(pidfd, PollFlags::IN)], Some(&time));
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use gantry_runtime::Freezer;
    use serde_json::json;

    use super::*;
    use crate::container::record::tests::{folder, view};

    /// A group of the v1 freezer; `None`, and why, where there is none for us.
    fn group(folder: &Folder) -> Option<PathBuf> {
        let name = folder.path().file_name().unwrap();
        let group = Path::new("/sys/fs/cgroup/freezer").join(name);
        let made = fs::create_dir(&group).is_ok() && group.join("freezer.state").exists();
        if !made {
            eprintln!("skipped: no group of the v1 freezer can be made");
        }
        made.then_some(group)
    }

    #[test]
    fn a_frozen_container_ends_with_its_supervisor() {
        let (_place, folder) = folder(&view());
        let Some(group) = group(&folder) else { return };
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        fs::write(group.join("cgroup.procs"), child.id().to_string()).unwrap();
        Freezer::V1(group.clone()).freeze().unwrap();
        let socket = folder.path().join("socket");
        fs::write(&socket, "").unwrap();
        let plan = CgroupPlan::V1 {
            controllers: [("freezer".to_owned(), group.clone())].into(),
            unified: None,
        };
        let bundle = json!({ "cgroup": plan, "socket": socket });
        fs::write(folder.bundle(), bundle.to_string()).unwrap();
        let process = ProcessIdentity::of(child.id().cast_signed()).unwrap();
        let reaped = std::thread::spawn(move || child.wait().unwrap());
        after_loss(&folder, Some(&process));
        assert!(!process.is_alive() && !group.exists() && !socket.exists());
        assert!(!reaped.join().unwrap().success());
    }
}
