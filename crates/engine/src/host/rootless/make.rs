//! Making the namespaces anew.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::Command;

use nix::sched::{CloneFlags, unshare};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

use super::IdMapping;
use super::subids::{map_arguments, ranges};
use crate::host::{EnterError, Warning};

/// A mount namespace for an engine that runs as root.
pub(super) fn mount_namespace() -> Result<(), EnterError> {
    unshare(CloneFlags::CLONE_NEWNS).map_err(|error| EnterError::NoMountNamespace(error.into()))
}

/// A user namespace in which this process is root, and a mount namespace below it.
pub(super) fn user_namespace(warnings: &mut Vec<Warning>) -> Result<IdMapping, EnterError> {
    let uid = rustix::process::geteuid().as_raw();
    let gid = rustix::process::getegid().as_raw();
    let helper = Mapper::fork(uid, gid).map_err(EnterError::NoUserNamespace)?;
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS)
        .map_err(|error| EnterError::NoUserNamespace(error.into()))?;
    let mapped = helper.map().map_err(EnterError::NoUserNamespace)?;
    if !mapped.problem.is_empty() {
        warnings.push(Warning::SingleId(Some(mapped.problem)));
    }
    if !mapped.users {
        write_own("uid_map", &format!("0 {uid} 1"))?;
    }
    if !mapped.groups {
        // The kernel wants this before an unprivileged process writes its gid_map.
        write_own("setgroups", "deny")?;
        write_own("gid_map", &format!("0 {gid} 1"))?;
    }
    let whole = mapped.users && mapped.groups;
    Ok(if whole {
        IdMapping::Ranges
    } else {
        IdMapping::SingleId
    })
}

/// Since Ubuntu 24.04 the namespace is made and its capabilities are denied: this is where it shows.
fn write_own(file: &str, text: &str) -> Result<(), EnterError> {
    std::fs::write(Path::new("/proc/self").join(file), text).map_err(EnterError::CapabilitiesDenied)
}

/// A child outside of the namespace that runs newuidmap and newgidmap on its parent.
struct Mapper {
    child: nix::unistd::Pid,
    go: io::PipeWriter,
    answer: io::PipeReader,
}

/// What the helper achieved.
struct Mapped {
    users: bool,
    groups: bool,
    problem: String,
}

impl Mapper {
    fn fork(uid: u32, gid: u32) -> io::Result<Self> {
        let (mut wait, go) = io::pipe()?;
        let (answer, mut tell) = io::pipe()?;
        let parent = std::process::id();
        // SAFETY: this process has one thread (the caller's contract), so the child may go on
        // with ordinary code; it ends in `exit` and never returns.
        match unsafe { fork() }? {
            ForkResult::Parent { child } => Ok(Self { child, go, answer }),
            ForkResult::Child => {
                drop((go, answer));
                let code = match wait.read_exact(&mut [0]) {
                    Ok(()) => run_helpers(parent, uid, gid, &mut tell),
                    // The parent gave up before there was anything to map.
                    Err(_) => 0,
                };
                // SAFETY: `_exit` skips the parent's exit handlers and buffers, which are not
                // the child's to run.
                unsafe { libc::_exit(code) }
            }
        }
    }

    /// Lets the helper work and returns what it achieved.
    fn map(mut self) -> io::Result<Mapped> {
        self.go.write_all(b"g")?;
        let mut text = String::new();
        self.answer.read_to_string(&mut text)?;
        waitpid(self.child, None)?;
        let mut lines = text.lines();
        let mut done = || lines.next() == Some("mapped");
        let (users, groups) = (done(), done());
        Ok(Mapped {
            users,
            groups,
            problem: lines.collect::<Vec<_>>().join("; "),
        })
    }
}

/// Runs both programs and writes `mapped` or `failed` for each, then what went wrong.
fn run_helpers(parent: u32, uid: u32, gid: u32, tell: &mut io::PipeWriter) -> i32 {
    let user = nix::unistd::User::from_uid(uid.into())
        .ok()
        .flatten()
        .map_or_else(|| uid.to_string(), |user| user.name);
    let users = run_helper("newuidmap", "/etc/subuid", parent, &user, uid, uid);
    let groups = match &users {
        Ok(()) => run_helper("newgidmap", "/etc/subgid", parent, &user, uid, gid),
        Err(_) => Err(String::new()),
    };
    let mut text = String::new();
    for result in [&users, &groups] {
        text += if result.is_ok() {
            "mapped\n"
        } else {
            "failed\n"
        };
    }
    for problem in [users, groups]
        .into_iter()
        .filter_map(Result::err)
        .filter(|p| !p.is_empty())
    {
        text += &problem.replace('\n', " ");
        text.push('\n');
    }
    i32::from(tell.write_all(text.as_bytes()).is_err())
}

fn run_helper(
    program: &str,
    file: &str,
    parent: u32,
    user: &str,
    uid: u32,
    own: u32,
) -> Result<(), String> {
    let found = ranges(Path::new(file), user, uid);
    if found.is_empty() {
        return Err(format!("{file} has no range for {user}"));
    }
    let output = Command::new(program)
        .args(map_arguments(parent, own, &found))
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}
