//! A further process of a running container, from clone to exec.
//!
//! It enters what the first process is in and is held to the same: groups, namespaces, filter,
//! capabilities, limits. Nothing of the container is believed before its root is this process's own,
//! and no descriptor of the host is left when the command begins (CVE-2016-9962, CVE-2024-21626).

use std::convert::Infallible;
use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::process::{setsid, umask};

use crate::bundle::Bundle;
use crate::credentials::Groups;
use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::filter::Filter;
use crate::launch::Streams;
use crate::namespaces::Namespaces;
use crate::root::Root;
use crate::terminal::Otherwise;
use crate::{process, sys, users};

/// What the child needs of the shim.
pub struct Task<'a> {
    pub bundle: &'a Bundle,
    pub streams: Streams,
    pub namespaces: &'a Namespaces,
    pub filter: Option<&'a Filter>,
    pub entrances: Vec<File>,
    pub report: OwnedFd,
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
    setsid().during(Step::Namespace, || "setsid")?;
    process::enter_groups(entrances)?;
    sys::fresh_session_keyring();
    process::prepare(process)?;
    let group_setting = Groups::of_this_process();
    // The mount namespace comes last and brings the container's root with it.
    namespaces.join()?;
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = openat(CWD, "/", flags, Mode::empty()).during(Step::Root, || "/")?;
    let root = Root::new(root);
    let account = users::look_up(&root, &bundle.user, &bundle.additional_groups)?;
    let slave =
        process::connect_streams(streams, &root, &account, Otherwise::Fail, report.as_fd())?;
    drop((root, slave));
    let command = process::ready(process, &account, report.as_fd())?;
    process::become_user(process, &account, group_setting, filter)?;
    Err(command.execute())
}
