//! Processes that outlive a container without a pid namespace of its own. Having set itself as their
//! reaper, the shim inherits them (`PR_SET_CHILD_SUBREAPER`, prctl(2)).

use std::fs;
use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, getpid, kill_process, set_child_subreaper, waitid,
};

/// How long dying processes are waited for.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(2);

/// Orphans among this process's descendants become its children.
pub fn adopt_orphans() -> io::Result<()> {
    Ok(set_child_subreaper(Some(getpid()))?)
}

/// Kills and reaps every child of this process, and those that become its children meanwhile.
pub fn kill_orphans() {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match waitid(WaitId::All, WaitIdOptions::EXITED | WaitIdOptions::NOHANG) {
            // ECHILD: there is none left.
            Err(_) => return,
            Ok(Some(_)) => {}
            Ok(None) => {
                for pid in children() {
                    let _ = kill_process(pid, Signal::KILL);
                }
                sleep(PAUSE);
            }
        }
    }
}

fn children() -> Vec<Pid> {
    let list = fs::read_to_string("/proc/thread-self/children").unwrap_or_default();
    list.split_whitespace()
        .filter_map(|pid| Pid::from_raw(pid.parse().ok()?))
        .collect()
}
