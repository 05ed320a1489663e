//! The container's first process, from clone to exec.
//!
//! [`become_command`] is the whole story in order. Until `pivot_root` absolute paths are the
//! host's and the container's are only reached through [`Root`]; afterwards there is no host.
//! Every step that fails is reported to the shim with its name and errno, and the process ends.

use std::convert::Infallible;
use std::fs::File;
use std::iter::once;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

use oci_spec::runtime::{Process, Spec};
use rustix::fs::Mode;
use rustix::mount::{MountPropagationFlags, UnmountFlags, mount_change, unmount};
use rustix::process::{chdir, fchdir, pivot_root, umask};

use crate::bundle::Bundle;
use crate::credentials::Groups;
use crate::devices::{self, Nodes};
use crate::donor::Donor;
use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::filter::Filter;
use crate::launch::Streams;
use crate::mount::{Depth, Mount};
use crate::mount_options::{Attributes, propagation};
use crate::namespaces::Namespaces;
use crate::process::Ready;
use crate::root::Root;
use crate::terminal::{self, Otherwise};
use crate::{loopback, masks, mounts, overlay, process, reaper, sys, sysctl, users};

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
    /// The container whose shared memory is this one's.
    pub memory: Option<Donor>,
    /// The one whose processes this one is among.
    pub processes: Option<Donor>,
    pub report: BorrowedFd<'a>,
}

/// Runs in the child; returns only a failure.
pub fn become_command(task: Task<'_>) -> Result<Infallible, StartFailure> {
    let Task {
        bundle,
        streams,
        namespaces,
        filter,
        entrances,
        memory,
        processes,
        report,
    } = task;
    let spec = &bundle.spec;
    let process = spec
        .process()
        .as_ref()
        .ok_or_else(|| invalid("no process"))?;
    sys::reset_signals();
    umask(Mode::empty());

    process::enter_groups(entrances)?;
    if namespaces.own_cgroup {
        // Its root is where its maker stands.
        nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWCGROUP)
            .during(Step::Namespace, || "cgroup")?;
    }
    namespaces.join()?;
    sys::fresh_session_keyring();
    set_host_facts(spec, process, namespaces)?;
    let groups = Groups::of_this_process();

    if bundle.init {
        reaper::take_name();
    }
    // The host's mounts are copied before propagation is cut.
    let memory = memory.as_ref().map(Donor::shared_memory).transpose()?;
    let processes = processes.as_ref().map(Donor::processes).transpose()?;
    let listed = spec.mounts().as_deref().unwrap_or_default();
    let mut prepared = mounts::prepare(listed)?;
    if let Some(processes) = processes {
        mounts::share_processes(&mut prepared, processes);
    }
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
    if let Some(memory) = memory.flatten() {
        mounts::attach_shared_memory(&memory, &root)?;
    }
    let slave = process::connect_streams(streams, &root, &account, Otherwise::TheHosts, report)?;
    if let Some(slave) = &slave {
        terminal::show_as_console(&root, slave.as_fd()).during(Step::Terminal, || "console")?;
    }
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

    let command = process::finish(&Ready {
        process,
        account: &account,
        groups,
        filter,
        among_others: namespaces.joins_pid(),
        report,
    })?;
    if bundle.init {
        return reaper::run(&command);
    }
    Err(command.execute())
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
    process::prepare(process)
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

fn invalid(detail: &str) -> StartFailure {
    StartFailure::new(FailureKind::InvalidBundle, Step::Bundle, detail)
}
