//! Which process is meant: a pid alone may be someone else's by now.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;

use rustix::process::{Pid, PidfdFlags, pidfd_open};
use serde::{Deserialize, Serialize};

/// A process, named so that it cannot be mistaken for another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessIdentity {
    pub pid: i32,
    /// Field 22 of /proc/PID/stat: clock ticks from boot to the start (`proc_pid_stat(5)`).
    pub start_time: u64,
    /// The kernel's id for this boot ([`boot_id`]).
    pub boot_id: String,
}

impl ProcessIdentity {
    /// The identity of a process that lives now.
    pub fn of(pid: i32) -> io::Result<Self> {
        Ok(Self {
            pid,
            start_time: start_time(pid)?,
            boot_id: boot_id()?,
        })
    }

    /// A pidfd of this very process, or `None` if it is gone (or a zombie without a parent's
    /// interest is all that is left).
    pub fn open(&self) -> io::Result<Option<OwnedFd>> {
        let Some(pid) = Pid::from_raw(self.pid) else {
            return Ok(None);
        };
        if self.boot_id != boot_id()? {
            return Ok(None);
        }
        let pidfd = match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(pidfd) => pidfd,
            Err(rustix::io::Errno::SRCH | rustix::io::Errno::INVAL) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        // The pidfd came first: if the pid now has the right start time, so had the pidfd's.
        match start_time(self.pid) {
            Ok(found) if found == self.start_time => Ok(Some(pidfd)),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the process lives. A zombie does not.
    pub fn is_alive(&self) -> bool {
        matches!(self.open(), Ok(Some(_))) && state(self.pid).is_ok_and(|s| s != 'Z' && s != 'X')
    }
}

/// The kernel's id for this boot (/proc/sys/kernel/random/boot_id).
pub fn boot_id() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?
        .trim()
        .to_owned())
}

fn start_time(pid: i32) -> io::Result<u64> {
    // Field 22 of the line; the fields after the command name begin with number 3.
    field(pid, 22 - 3)?.parse().map_err(|_| malformed())
}

fn state(pid: i32) -> io::Result<char> {
    field(pid, 0)?.chars().next().ok_or_else(malformed)
}

/// A field of /proc/PID/stat, counted from the one after the command name, which may itself hold
/// spaces and parentheses.
fn field(pid: i32, index: usize) -> io::Result<String> {
    let line = fs::read(format!("/proc/{pid}/stat"))?;
    let after = line
        .iter()
        .rposition(|byte| *byte == b')')
        .ok_or_else(malformed)?;
    let rest = std::str::from_utf8(&line[after + 1..]).map_err(|_| malformed())?;
    rest.split_whitespace()
        .nth(index)
        .map(str::to_owned)
        .ok_or_else(malformed)
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "unexpected /proc/PID/stat")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_itself_and_not_an_impostor() {
        let me = ProcessIdentity::of(std::process::id() as i32).unwrap();
        assert!(me.is_alive());
        let impostor = ProcessIdentity {
            start_time: me.start_time + 1,
            ..me.clone()
        };
        assert!(!impostor.is_alive());
        let earlier_boot = ProcessIdentity {
            boot_id: "another".into(),
            ..me
        };
        assert!(!earlier_boot.is_alive());
    }
}
