//! The container's first process, from clone to exec.
//!
//! [`become_command`] is the whole story in order. Until `pivot_root` absolute paths are the
//! host's and the container's are only reached through [`Root`]; afterwards there is no host.
//! Every step that fails is reported to the shim with its name and errno, and the process ends.

use std::convert::Infallible;
use std::fs::{self, File};
use std::io::Write;
use std::iter::once;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use oci_spec::runtime::{Process, Spec};
use rustix::fs::{FileType, Mode, fstat};
use rustix::mount::{MountPropagationFlags, UnmountFlags, mount_change, unmount};
use rustix::process::{
    DumpableBehavior, Signal, chdir, fchdir, getcwd, pivot_root, set_dumpable_behavior,
    set_parent_process_death_signal, setsid, umask,
};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};

use crate::bundle::{Bundle, TerminalSize};
use crate::credentials::{Groups, Powers, become_account};
use crate::devices::{self, Nodes};
use crate::exec::Command;
use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::filter::Filter;
use crate::launch::Streams;
use crate::mount::{Depth, Mount};
use crate::mount_options::{Attributes, propagation};
use crate::namespaces::Namespaces;
use crate::report::{self, Report};
use crate::root::Root;
use crate::users::Account;
use crate::{
    credentials, loopback, masks, mounts, overlay, reaper, rlimits, security, shared_memory, sys,
    sysctl, terminal, users,
};

/// Where the root is put together: hidden behind it, in this mount namespace only, is the shim's
/// working directory.
const PLACE: &str = ".";

/// What the child needs of the shim.
pub struct Task<'a> {
    pub bundle: &'a Bundle,
    pub streams: Streams,
    pub namespaces: &'a Namespaces,
    pub filter: Option<&'a Filter>,
    pub entrances: Vec<File>,
    pub donor: Option<shared_memory::Donor>,
    pub report: OwnedFd,
}

/// Runs in the child. Never returns: it becomes the command or ends.
pub fn run(task: Task<'_>) -> ! {
    let report = task.report.try_clone();
    let Err(failure) = become_command(task);
    if let Ok(report) = report {
        let _ = report::send(report.as_fd(), &Report::Failed(failure), None);
    }
    sys::exit_now(127)
}

fn become_command(task: Task<'_>) -> Result<Infallible, StartFailure> {
    let Task {
        bundle,
        streams,
        namespaces,
        filter,
        entrances,
        donor,
        report,
    } = task;
    let spec = &bundle.spec;
    let process = spec
        .process()
        .as_ref()
        .ok_or_else(|| invalid("no process"))?;
    sys::reset_signals();
    umask(Mode::empty());
    setsid().during(Step::Namespace, || "setsid")?;

    enter_groups(entrances, namespaces)?;
    namespaces.join()?;
    sys::fresh_session_keyring();
    set_host_facts(spec, process, namespaces)?;
    let group_setting = Groups::of_this_process();

    if bundle.init {
        reaper::take_name();
    }
    // The host's mounts are copied before propagation is cut.
    let shared_memory = match donor {
        Some(donor) => donor.copy()?,
        None => None,
    };
    let prepared = mounts::prepare(spec)?;
    let root_propagation = root_propagation(spec)?;
    mount_change(
        "/",
        MountPropagationFlags::DOWNSTREAM | MountPropagationFlags::REC,
    )
    .during(Step::Propagation, || "/")?;
    let root_mount = overlay::mount_root(&bundle.rootfs, Path::new(PLACE))?;
    let root = Root::new(
        root_mount
            .as_fd()
            .try_clone_to_owned()
            .during(Step::Root, || "dup")?,
    );
    let account = users::look_up(&root, &bundle.user, &bundle.additional_groups)?;
    mounts::give(&prepared, &account)?;

    let nodes = if bundle.rootless {
        Nodes::BindTheHosts
    } else {
        Nodes::Make
    };
    build(spec, bundle, prepared, &root, namespaces, nodes)?;
    if let Some(memory) = shared_memory {
        shared_memory::attach(&memory, &root)?;
    }
    let slave = connect_streams(streams, &root, &account, report.as_fd())?;
    masks::apply(&root, spec)?;
    let directories = bundle.directories.iter().map(AsRef::as_ref);
    mounts::make_directories(&root, directories.chain(once(process.cwd().as_path())))?;
    if spec
        .root()
        .as_ref()
        .and_then(oci_spec::runtime::Root::readonly)
        == Some(true)
    {
        root_mount
            .set(Attributes::READ_ONLY, Depth::One)
            .during(Step::Root, || "read-only")?;
    }
    enter_root(&root, &root_mount, root_propagation)?;
    drop((root, root_mount, slave));

    let command = command(process, &account)?;
    rlimits::apply(process.rlimits().as_deref().unwrap_or_default())?;
    umask(Mode::from_raw_mode(process.user().umask().unwrap_or(0o022)));
    // As little as can be follows the filter, which may forbid anything. A failure that is reported
    // after this one counts all the same.
    sys::close_on_exec_from(3).during(Step::Exec, || "close_range")?;
    report::send(report.as_fd(), &Report::Executing, None).during(Step::Exec, || "report")?;
    become_user(process, &account, group_setting, filter)?;
    if bundle.init {
        return reaper::run(&command);
    }
    Err(command.execute())
}

/// Enters the v1 groups and then the control group namespace, whose root is where its maker stands.
fn enter_groups(entrances: Vec<File>, namespaces: &Namespaces) -> Result<(), StartFailure> {
    for mut tasks in entrances {
        tasks.write_all(b"0").during(Step::Cgroup, || "enter")?;
    }
    if namespaces.own_cgroup {
        nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWCGROUP)
            .during(Step::Namespace, || "cgroup")?;
    }
    Ok(())
}

/// What goes through the host's /proc and the new namespaces: host name, interfaces, parameters.
fn set_host_facts(
    spec: &Spec,
    process: &Process,
    namespaces: &Namespaces,
) -> Result<(), StartFailure> {
    if namespaces.new_network() {
        loopback::bring_up().during(Step::Loopback, || "lo")?;
    }
    if let Some(name) = spec.hostname().as_ref().filter(|_| namespaces.new_uts()) {
        rustix::system::sethostname(name.as_bytes()).during(Step::Hostname, || name.clone())?;
    }
    if let Some(name) = spec.domainname().as_ref().filter(|_| namespaces.new_uts()) {
        rustix::system::setdomainname(name.as_bytes()).during(Step::Hostname, || name.clone())?;
    }
    if let Some(parameters) = spec
        .linux()
        .as_ref()
        .and_then(|linux| linux.sysctl().as_ref())
    {
        sysctl::apply(parameters, namespaces.sharing())?;
    }
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

/// Fills the root: mounts, devices.
fn build(
    spec: &Spec,
    bundle: &Bundle,
    prepared: Vec<mounts::Prepared<'_>>,
    root: &Root,
    namespaces: &Namespaces,
    nodes: Nodes,
) -> Result<(), StartFailure> {
    mounts::attach_all(prepared, root, namespaces.sharing(), &bundle.cgroup)?;
    if mounts::has_own_dev(spec) {
        devices::fill(root, bundle, nodes)?;
    }
    Ok(())
}

/// Makes the streams this process's own. A terminal's master goes to the shim.
fn connect_streams(
    streams: Streams,
    root: &Root,
    account: &Account,
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
        Streams::Terminal { size } => open_terminal(root, account, size, report).map(Some),
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

fn open_terminal(
    root: &Root,
    account: &Account,
    size: Option<TerminalSize>,
    report: BorrowedFd<'_>,
) -> Result<OwnedFd, StartFailure> {
    let pair = terminal::open(root, account.uid, size).during(Step::Terminal, || "open")?;
    report::send(report, &Report::Terminal, Some(pair.master.as_fd()))
        .and_then(|()| sys::take_controlling_terminal(pair.slave.as_fd()))
        .and_then(|()| dup2_stdin(&pair.slave))
        .and_then(|()| dup2_stdout(&pair.slave))
        .and_then(|()| dup2_stderr(&pair.slave))
        .during(Step::Terminal, || "connect")?;
    Ok(pair.slave)
}

/// Swaps the root and lets go of the host's. Both old and new root are `.` meanwhile, so that no
/// directory for the old one is needed (pivot_root(2), "pivot_root(\".\", \".\")").
fn enter_root(
    root: &Root,
    mounted: &Mount,
    propagation: Option<(u64, bool)>,
) -> Result<(), StartFailure> {
    fchdir(root)
        .and_then(|()| pivot_root(".", "."))
        .and_then(|()| unmount(".", UnmountFlags::DETACH))
        .and_then(|()| chdir("/"))
        .during(Step::PivotRoot, || "/")?;
    if let Some((propagation, recursive)) = propagation {
        let depth = if recursive { Depth::Tree } else { Depth::One };
        mounted
            .set_propagation(propagation, depth)
            .during(Step::Propagation, || "/")?;
    }
    Ok(())
}

fn root_propagation(spec: &Spec) -> Result<Option<(u64, bool)>, StartFailure> {
    let name = spec
        .linux()
        .as_ref()
        .and_then(|linux| linux.rootfs_propagation().as_ref());
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    propagation(name)
        .map(Some)
        .ok_or_else(|| invalid(&format!("propagation {name}")))
}

fn command(process: &Process, account: &Account) -> Result<Command, StartFailure> {
    let arguments = process.args().as_deref().unwrap_or_default();
    let environment = process.env().as_deref().unwrap_or_default();
    Command::new(arguments, environment, &account.home)
}

/// Gives up what the container must not have. The filter comes as late as can be: without
/// `no_new_privs` loading it takes CAP_SYS_ADMIN, after which only capset, prctl and exec follow.
fn become_user(
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

fn invalid(detail: &str) -> StartFailure {
    StartFailure::new(FailureKind::InvalidBundle, Step::Bundle, detail)
}
