//! Finding and ending what a test started, however it came to be detached.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::wait_for;

/// Kills every process that has to do with `folder`: engine, shims, containers, browsers.
pub fn end_all_of(folder: &Path) {
    wait_for("the processes of a test to end", || {
        let mut left = false;
        for pid in of_folder(folder) {
            left |= kill_process(pid, Signal::KILL).is_ok() && !is_zombie(pid);
        }
        (!left).then_some(())
    });
}

/// The processes that name the folder on their command line or in their environment, or whose own
/// mounts lie in it (a container, whatever it calls itself).
fn of_folder(folder: &Path) -> Vec<Pid> {
    let needle = folder.to_str().unwrap();
    all()
        .filter(|pid| *pid != rustix::process::getpid())
        .filter(|pid| {
            let proc = directory(*pid);
            let mentions = |file: &str| {
                fs::read(proc.join(file))
                    .is_ok_and(|bytes| bytes.windows(needle.len()).any(|w| w == needle.as_bytes()))
            };
            mentions("cmdline")
                || mentions("environ")
                || (!shares_our_mounts(&proc) && mentions("mountinfo"))
        })
        .collect()
}

/// The command lines of processes that name the folder on it.
pub fn command_lines_of(folder: &Path) -> Vec<String> {
    let needle = folder.to_str().unwrap();
    let line = |pid| {
        let bytes = fs::read(directory(pid).join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).replace('\0', " ")
    };
    all()
        .map(line)
        .filter(|line| line.contains(needle))
        .collect()
}

/// Kills the parent of a process, if it still lives: of a container's process 1, that is its shim.
pub fn kill_parent_of(pid: &str) {
    signal_parent_of(pid, Signal::KILL);
}

/// The same with another signal.
pub fn signal_parent_of(pid: &str, signal: Signal) {
    let Ok(status) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return;
    };
    let parent = status
        .rsplit(") ")
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap();
    kill_process(Pid::from_raw(parent.parse().unwrap()).unwrap(), signal).unwrap();
}

fn all() -> impl Iterator<Item = Pid> {
    let entries = fs::read_dir("/proc").unwrap();
    entries.filter_map(|entry| Pid::from_raw(entry.ok()?.file_name().to_str()?.parse().ok()?))
}

fn directory(pid: Pid) -> PathBuf {
    Path::new("/proc").join(pid.as_raw_nonzero().to_string())
}

fn shares_our_mounts(proc: &Path) -> bool {
    let inode = |path: &Path| {
        fs::metadata(path.join("ns/mnt"))
            .map(|meta| meta.ino())
            .ok()
    };
    inode(proc) == inode(Path::new("/proc/thread-self"))
}

/// Whether a process does anything any more; one that its parent has not reaped does not.
pub fn lives(pid: &str) -> bool {
    pid.parse()
        .ok()
        .and_then(Pid::from_raw)
        .is_some_and(|pid| !is_zombie(pid))
}

fn is_zombie(pid: Pid) -> bool {
    let status = fs::read_to_string(directory(pid).join("stat")).unwrap_or_default();
    status
        .rsplit(") ")
        .next()
        .is_none_or(|rest| rest.is_empty() || rest.starts_with('Z'))
}
