//! What every process of a container goes through, its first and those that join it later.

use std::fs::{self, File};
use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use oci_spec::runtime::Process;
use rustix::fs::{FileType, Mode, fstat};
use rustix::process::{
    DumpableBehavior, Signal, chdir, getcwd, set_dumpable_behavior,
    set_parent_process_death_signal, umask,
};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};

use crate::credentials::{Groups, Powers, become_account};
use crate::exec::Command;
use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::filter::Filter;
use crate::launch::Streams;
use crate::report::{self, Report};
use crate::root::Root;
use crate::terminal::{self, Otherwise, Terminal};
use crate::users::Account;
use crate::{credentials, rlimits, security, sys};

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
        .and_then(|()| sys::take_controlling_terminal(pair.slave.as_fd()))
        .and_then(|()| dup2_stdin(&pair.slave))
        .and_then(|()| dup2_stdout(&pair.slave))
        .and_then(|()| dup2_stderr(&pair.slave))
        .during(Step::Terminal, || "connect")?;
    Ok(pair.slave)
}

/// The last that can be done with all powers and without the filter. The command that comes back is
/// to be executed by the user that [`become_user`] makes of this process.
pub fn ready(
    process: &Process,
    account: &Account,
    report: BorrowedFd<'_>,
) -> Result<Command, StartFailure> {
    let arguments = process.args().as_deref().unwrap_or_default();
    let environment = process.env().as_deref().unwrap_or_default();
    let command = Command::new(arguments, environment, &account.home)?;
    rlimits::apply(process.rlimits().as_deref().unwrap_or_default())?;
    umask(Mode::from_raw_mode(process.user().umask().unwrap_or(0o022)));
    // As little as can be follows the filter, which may forbid anything. A failure that is reported
    // after this one counts all the same.
    sys::close_on_exec_from(3).during(Step::Exec, || "close_range")?;
    report::send(report, &Report::Executing, None).during(Step::Exec, || "report")?;
    Ok(command)
}

/// Gives up what the container must not have. The filter comes as late as can be: without
/// `no_new_privs` loading it takes CAP_SYS_ADMIN, after which only capset, prctl and exec follow.
pub fn become_user(
    process: &Process,
    account: &Account,
    groups: Groups,
    filter: Option<&Filter>,
) -> Result<(), StartFailure> {
    let powers = Powers::of(process)?;
    powers.drop_bounding()?;
    // Before the ids change, since root may enter a directory that the user may not.
    enter_working_directory(process.cwd())?;
    become_account(account, groups)?;
    set_parent_process_death_signal(Some(Signal::KILL)).during(Step::Init, || "death signal")?;
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
