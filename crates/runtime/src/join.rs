//! A further process of a running container, from clone to exec.
//!
//! It enters what the first process is in and is held to the same: groups, namespaces, filter,
//! capabilities, limits. Nothing of the container is believed before its root is this process's own,
//! and no descriptor of the host is left when the container first sees it (CVE-2016-9962,
//! CVE-2024-21626).

use std::convert::Infallible;
use std::fs::File;
use std::os::fd::BorrowedFd;

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::process::umask;

use crate::bundle::Bundle;
use crate::credentials::Groups;
use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::filter::Filter;
use crate::launch::Streams;
use crate::namespaces::Namespaces;
use crate::process::Ready;
use crate::root::{self, Root};
use crate::terminal::Otherwise;
use crate::{process, sys, users};

/// What the child needs of the shim.
pub struct Task<'a> {
    pub bundle: &'a Bundle,
    pub streams: Streams,
    pub namespaces: &'a Namespaces,
    pub filter: Option<&'a Filter>,
    pub entrances: Vec<File>,
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
        report,
    } = task;
    let process =
        bundle.spec.process().as_ref().ok_or_else(|| {
            StartFailure::new(FailureKind::InvalidBundle, Step::Bundle, "no process")
        })?;
    sys::reset_signals();
    umask(Mode::empty());
    process::enter_groups(entrances)?;
    sys::fresh_session_keyring();
    process::prepare(process)?;
    let groups = Groups::of_this_process();
    let descriptors = root::own_descriptors().during(Step::Root, || "/proc/self/fd")?;
    // The mount namespace comes last and brings the container's root with it.
    namespaces.join()?;
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = openat(CWD, "/", flags, Mode::empty()).during(Step::Root, || "/")?;
    let root = Root::entered(root, descriptors);
    let account = users::look_up(&root, &bundle.user, &bundle.additional_groups)?;
    let slave = process::connect_streams(streams, &root, &account, Otherwise::Fail, report)?;
    drop((root, slave));
    let command = process::finish(&Ready {
        process,
        account: &account,
        groups,
        filter,
        among_others: namespaces.joins_pid(),
        report,
    })?;
    Err(command.execute())
}
