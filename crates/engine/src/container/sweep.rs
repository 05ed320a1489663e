//! What a killed supervisor leaves behind: a process that dies with it, control groups, a socket.
//! And how one that does not answer is ended.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use gantry_runtime::{Bundle, CgroupPlan, ProcessIdentity};
use gantry_shim::{SHIM_FILE, ShimRecord};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, pidfd_send_signal};

use super::folder::Folder;

/// How long the kernel may take to end a container's processes.
const DYING: Duration = Duration::from_secs(5);

/// Ends whatever is left of the container and removes the traces of its supervisor. The
/// container's first process takes the others of its pid namespace along.
pub(crate) fn after_loss(folder: &Folder, process: Option<&ProcessIdentity>) {
    if let Ok(Some(record)) = ShimRecord::read(folder.path()) {
        let process = process.cloned().or(record.container);
        end(process.as_ref());
        let _ = fs::remove_file(record.socket);
    } else {
        end(process);
    }
    let _ = fs::remove_file(folder.path().join(SHIM_FILE));
    for group in groups(folder) {
        let _ = fs::write(group.join("cgroup.kill"), "1");
        let _ = fs::remove_dir(&group);
    }
}

/// Ends a container together with a supervisor that lives and does not answer.
pub(crate) fn by_force(folder: &Folder, process: Option<&ProcessIdentity>) {
    if let Ok(Some(record)) = ShimRecord::read(folder.path()) {
        end(Some(&record.shim));
    }
    after_loss(folder, process);
}

/// Kills exactly this process and waits for its end.
fn end(process: Option<&ProcessIdentity>) {
    let Some(Ok(Some(pidfd))) = process.map(ProcessIdentity::open) else {
        return;
    };
    if pidfd_send_signal(&pidfd, Signal::KILL).is_err() {
        return;
    }
    let Ok(time) = Timespec::try_from(DYING) else {
        return;
    };
    // Readable means ended. What does not die in time keeps its group, nothing worse.
    let _ = poll(&mut [PollFd::new(&pidfd, PollFlags::IN)], Some(&time));
}

/// The control groups that the bundle names.
fn groups(folder: &Folder) -> Vec<PathBuf> {
    let bundle = fs::read(folder.bundle()).ok();
    let bundle = bundle.and_then(|text| serde_json::from_slice::<Bundle>(&text).ok());
    match bundle.map(|bundle| bundle.cgroup) {
        None | Some(CgroupPlan::None) => Vec::new(),
        Some(CgroupPlan::V2 { path }) => vec![path],
        Some(CgroupPlan::V1 {
            controllers,
            unified,
        }) => controllers.into_values().chain(unified).collect(),
    }
}
