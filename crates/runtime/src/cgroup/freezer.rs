//! Pausing a container: by cgroup2's `cgroup.freeze`, by the v1 freezer, or by signals.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::files::keyed_value;

/// How long freezing may take. A process in an uninterruptible wait cannot be frozen before it
/// ends (v1) or counts as frozen late.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(2);

/// The best way this container can be paused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Freezer {
    /// A cgroup2 directory with a writable `cgroup.freeze`.
    Unified(PathBuf),
    /// A directory of the v1 freezer.
    V1(PathBuf),
    /// SIGSTOP to every process of the pid namespace of this one. The processes can tell.
    Signals { first_process: i32 },
}

impl Freezer {
    pub(super) fn best(unified: Option<&Path>, v1: Option<&Path>, first_process: i32) -> Self {
        let writable = |path: &PathBuf| fs::File::options().write(true).open(path).is_ok();
        if let Some(group) = unified.filter(|group| writable(&group.join("cgroup.freeze"))) {
            return Self::Unified(group.to_owned());
        }
        if let Some(group) = v1.filter(|group| writable(&group.join("freezer.state"))) {
            return Self::V1(group.to_owned());
        }
        Self::Signals { first_process }
    }

    /// Returns when every process stands still.
    pub fn freeze(&self) -> io::Result<()> {
        match self {
            Self::Unified(group) => {
                fs::write(group.join("cgroup.freeze"), "1")?;
                let events = group.join("cgroup.events");
                wait_until(|| Ok(keyed_value(&events, "frozen") == Some(1)))
            }
            Self::V1(group) => {
                let state = group.join("freezer.state");
                // A process that forks meanwhile can leave the state at FREEZING: writing again
                // catches the new one.
                wait_until(|| {
                    fs::write(&state, "FROZEN")?;
                    Ok(fs::read_to_string(&state)?.trim() == "FROZEN")
                })
            }
            Self::Signals { first_process } => wait_until(|| stop_all(*first_process)),
        }
        .inspect_err(|_| {
            let _ = self.thaw();
        })
    }

    pub fn thaw(&self) -> io::Result<()> {
        match self {
            Self::Unified(group) => fs::write(group.join("cgroup.freeze"), "0"),
            Self::V1(group) => fs::write(group.join("freezer.state"), "THAWED"),
            Self::Signals { first_process } => {
                for pid in processes_beside(*first_process)? {
                    let _ = kill_process(pid, Signal::CONT);
                }
                Ok(())
            }
        }
    }
}

fn wait_until(mut done: impl FnMut() -> io::Result<bool>) -> io::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while !done()? {
        if Instant::now() > deadline {
            return Err(io::ErrorKind::TimedOut.into());
        }
        sleep(PAUSE);
    }
    Ok(())
}

/// Sends SIGSTOP to every process that runs and says whether none did.
fn stop_all(first_process: i32) -> io::Result<bool> {
    let mut all_stopped = true;
    for pid in processes_beside(first_process)? {
        if !is_stopped(pid) {
            all_stopped = false;
            let _ = kill_process(pid, Signal::STOP);
        }
    }
    Ok(all_stopped)
}

/// Whether every thread is stopped, or the process is over.
fn is_stopped(pid: Pid) -> bool {
    let tasks = fs::read_dir(format!("/proc/{}/task", pid.as_raw_nonzero()));
    let Ok(tasks) = tasks else { return true };
    tasks.flatten().all(|task| {
        let status = fs::read_to_string(task.path().join("status")).unwrap_or_default();
        let state = status.lines().find_map(|line| line.strip_prefix("State:"));
        state.is_none_or(|state| {
            matches!(
                state.trim().as_bytes().first(),
                Some(b'T' | b't' | b'Z' | b'X')
            )
        })
    })
}

/// The processes in the pid namespace of one of them; those of a container whose pid namespace is
/// the host's cannot be told from others.
fn processes_beside(first_process: i32) -> io::Result<Vec<Pid>> {
    let namespace = fs::read_link(format!("/proc/{first_process}/ns/pid"))?;
    if fs::read_link("/proc/self/ns/pid")? == namespace {
        return Err(io::ErrorKind::Unsupported.into());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let name = entry.file_name();
        let Some(pid) = name
            .to_str()
            .and_then(|name| name.parse().ok())
            .and_then(Pid::from_raw)
        else {
            continue;
        };
        if fs::read_link(entry.path().join("ns/pid")).is_ok_and(|its| its == namespace) {
            found.push(pid);
        }
    }
    Ok(found)
}
