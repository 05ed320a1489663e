//! What every process of a container goes through, its first and those that join it later.

use std::fs::{self, File};
use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use oci_spec::runtime::Process;
use rustix::fs::{FileType, Mode, OFlags, Stat, fstat, makedev};
use rustix::io::Errno;
use rustix::process::{
    DumpableBehavior, Signal, chdir, getcwd, set_dumpable_behavior,
    set_parent_process_death_signal, setsid, umask,
};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout, stdin};

use crate::credentials::{Groups, Powers, become_account};
use crate::exec::Command;
use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::filter::Filter;
use crate::launch::Streams;
use crate::report::{self, Report};
use crate::root::Root;
use crate::sys::{self, Side};
use crate::terminal::{self, Otherwise, Terminal};
use crate::users::Account;
use crate::{credentials, rlimits, security};

/// Enters the v1 groups.
pub fn enter_groups(entrances: Vec<File>) -> Result<(), StartFailure> {
    for mut tasks in entrances {
        tasks.write_all(b"0").during(Step::Cgroup, || "enter")?;
    }
    Ok(())
}

/// What goes through the host's /proc, before anything of the container is seen.
pub fn prepare(process: &Process) -> Result<(), StartFailure> {
    if let Some(score) = process.oom_score_adj() {
        set_oom_score(score)?;
    }
    security::prepare(process)?;
    // From here on other processes of a shared pid namespace cannot look into this one, which
    // still holds descriptors of the host (CVE-2016-9962). Exec undoes it.
    set_dumpable_behavior(DumpableBehavior::NotDumpable).during(Step::Init, || "dumpable")
}

/// Sets how readily the kernel kills the container for want of memory. Lowering it takes
/// CAP_SYS_RESOURCE outside of any user namespace.
fn set_oom_score(score: i32) -> Result<(), StartFailure> {
    const FILE: &str = "/proc/self/oom_score_adj";
    let current = fs::read_to_string(FILE)
        .ok()
        .and_then(|text| text.trim().parse().ok());
    if current == Some(score) {
        return Ok(());
    }
    fs::write(FILE, score.to_string()).during(Step::Limit, || format!("{FILE} = {score}"))
}

/// Makes the streams this process's own. A terminal's master goes to the shim.
pub fn connect_streams(
    streams: Streams,
    root: &Root,
    account: &Account,
    otherwise: Otherwise,
    report: BorrowedFd<'_>,
) -> Result<Option<OwnedFd>, StartFailure> {
    match streams {
        Streams::Separate {
            stdin,
            stdout,
            stderr,
        } => {
            let stdin = own_null(root, stdin);
            let streams = [&stdin, &stdout, &stderr];
            streams
                .into_iter()
                .try_for_each(|stream| give_pipe(stream.as_fd(), account.uid))
                .and_then(|()| dup2_stdin(&stdin))
                .and_then(|()| dup2_stdout(&stdout))
                .and_then(|()| dup2_stderr(&stderr))
                .during(Step::Stdio, || "pipes")?;
            Ok(None)
        }
        Streams::Terminal { size } => {
            let pair = terminal::open(root, account.uid, size, otherwise)
                .during(Step::Terminal, || "open")?;
            connect_terminal(pair, report).map(Some)
        }
    }
}

/// The container's own null device for the host's, as long as it has one.
fn own_null(root: &Root, stdin: OwnedFd) -> OwnedFd {
    if !is_null(&stdin) {
        return stdin;
    }
    let found = root.open(Path::new("/dev/null"), OFlags::PATH | OFlags::NOFOLLOW);
    let found = found.ok().filter(is_null);
    let own = found.and_then(|found| root.reopen(&found, OFlags::RDONLY).ok());
    own.unwrap_or(stdin)
}

fn is_null(file: &OwnedFd) -> bool {
    let null = |node: Stat| {
        FileType::from_raw_mode(node.st_mode) == FileType::CharacterDevice
            && node.st_rdev == makedev(1, 3)
    };
    fstat(file).is_ok_and(null)
}

/// Lets the user open its own streams again through /proc/self/fd; /dev/null is the host's and
/// stays as it is.
fn give_pipe(stream: BorrowedFd<'_>, uid: u32) -> rustix::io::Result<()> {
    if FileType::from_raw_mode(fstat(stream)?.st_mode) == FileType::Fifo {
        credentials::give(stream, uid)?;
    }
    Ok(())
}

fn connect_terminal(pair: Terminal, report: BorrowedFd<'_>) -> Result<OwnedFd, StartFailure> {
    report::send(report, &Report::Terminal, Some(pair.master.as_fd()))
        .and_then(|()| dup2_stdin(&pair.slave))
        .and_then(|()| dup2_stdout(&pair.slave))
        .and_then(|()| dup2_stderr(&pair.slave))
        .during(Step::Terminal, || "connect")?;
    Ok(pair.slave)
}

/// What a process that stands in the container's root still needs to become the command.
pub struct Ready<'a> {
    pub process: &'a Process,
    pub account: &'a Account,
    pub groups: Groups,
    pub filter: Option<&'a Filter>,
    /// Whether processes of others are in the pid namespace that the command is to be in.
    pub among_others: bool,
    pub report: BorrowedFd<'a>,
}

/// Gives up what is the host's, descriptors before all, and returns the command for this process to
/// execute.
///
/// Among the processes of others nobody must be seen who holds more than the command will: with
/// CAP_SYS_PTRACE they could take it over. So this process, which is not in their pid namespace, gives
/// up everything first and only then forks the one that is; that one returns from here.
pub fn finish(ready: &Ready<'_>) -> Result<Command, StartFailure> {
    let has_terminal = ready.process.terminal() == Some(true);
    let command = command(ready)?;
    if ready.among_others {
        become_user(ready)?;
        go_on_in_a_sibling(ready.report)?;
        lead_session(has_terminal)?;
    } else {
        lead_session(has_terminal)?;
        become_user(ready)?;
    }
    set_parent_process_death_signal(Some(Signal::KILL)).during(Step::Init, || "death signal")?;
    Ok(command)
}

/// A session of the command's own, with its terminal if it has one.
fn lead_session(has_terminal: bool) -> Result<(), StartFailure> {
    setsid().during(Step::Namespace, || "setsid")?;
    if has_terminal {
        sys::take_controlling_terminal(stdin()).during(Step::Terminal, || "connect")?;
    }
    Ok(())
}

/// Returns in the new process alone; this one tells who that is, and ends.
fn go_on_in_a_sibling(report: BorrowedFd<'_>) -> Result<(), StartFailure> {
    let sibling = sys::clone_sibling();
    let what = match sibling {
        Err(Errno::PERM | Errno::NOSYS) => "clone, which the seccomp filter seems to forbid",
        _ => "clone",
    };
    match sibling.during(Step::Clone, || what)? {
        Side::Child => Ok(()),
        Side::Parent { pid, pidfd } => {
            let told = report::send(report, &Report::Replaced { pid }, Some(pidfd.as_fd()));
            if told.is_err() {
                // Nobody would ever know of it.
                let _ = sys::send_signal(pidfd.as_fd(), libc::SIGKILL);
            }
            sys::exit_now(0)
        }
    }
}

/// The last that can be done with all powers and without the filter.
fn command(ready: &Ready<'_>) -> Result<Command, StartFailure> {
    let Ready {
        process, account, ..
    } = *ready;
    let arguments = process.args().as_deref().unwrap_or_default();
    let environment = process.env().as_deref().unwrap_or_default();
    let command = Command::new(arguments, environment, &account.home)?;
    rlimits::apply(process.rlimits().as_deref().unwrap_or_default())?;
    umask(Mode::from_raw_mode(process.user().umask().unwrap_or(0o022)));
    // To close them on exec would be too late: the command's own path may lead through a directory of
    // the host that is still open (CVE-2024-21626).
    sys::close_all_but(ready.report).during(Step::Exec, || "close_range")?;
    // As little as can be follows the filter, which may forbid anything. A failure that is reported
    // after this one counts all the same.
    if !ready.among_others {
        report::send(ready.report, &Report::Executing, None).during(Step::Exec, || "report")?;
    }
    Ok(command)
}

/// Gives up what the container must not have. The filter comes as late as can be: without
/// `no_new_privs` loading it takes CAP_SYS_ADMIN, after which only capset, prctl and exec follow,
/// and, among others, clone, sendmsg, setsid and ioctl.
fn become_user(ready: &Ready<'_>) -> Result<(), StartFailure> {
    let Ready {
        process,
        account,
        groups,
        filter,
        ..
    } = *ready;
    let powers = Powers::of(process)?;
    powers.drop_bounding()?;
    // Before the ids change, since root may enter a directory that the user may not.
    enter_working_directory(process.cwd())?;
    become_account(account, groups)?;
    if process.no_new_privileges() == Some(true) {
        rustix::thread::set_no_new_privs(true).during(Step::Seccomp, || "no_new_privs")?;
        powers.apply()?;
        return filter.map_or(Ok(()), Filter::load);
    }
    filter.map_or(Ok(()), Filter::load)?;
    powers.apply()
}

/// Enters the working directory and makes sure that it is in the container: getcwd(2) shows one
/// outside as `(unreachable)` (CVE-2024-21626).
fn enter_working_directory(path: &Path) -> Result<(), StartFailure> {
    let shown = || path.display().to_string();
    chdir(path).during(Step::WorkingDirectory, shown)?;
    let current = getcwd(Vec::new()).during(Step::WorkingDirectory, shown)?;
    if !current.as_bytes().starts_with(b"/") {
        let detail = format!("{} is outside the container", shown());
        return Err(StartFailure::new(
            FailureKind::Other,
            Step::WorkingDirectory,
            detail,
        ));
    }
    Ok(())
}
