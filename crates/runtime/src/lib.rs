//! From an OCI bundle to a running pid 1.
//!
//! A [`Bundle`] says everything about one container: the OCI runtime spec, where its root comes
//! from, and what Docker adds to the spec (a user to look up inside the root, standard input,
//! the log, the stop signal). The engine writes it as `bundle.json` into the container's
//! directory; the container's shim reads it and calls [`launch`].
//!
//! [`launch`] runs in the shim: it makes the control groups, clones the first process into its
//! namespaces, and waits for its reports. The module `init` is that process's story, from clone to
//! exec, each step a module of its own; `join` is the story of one that joins a running container,
//! and `process` what both have in common. Either the command was executed and a [`Container`] comes
//! back, or a [`StartFailure`] says which step failed and why, and nothing is left behind.
//!
//! `aside` opens a container's root for whoever copies files, whether it runs or not.
//!
//! What the crate promises:
//!
//! * It is the same as root and inside a user namespace; it never makes a user namespace itself.
//! * Paths of the container are resolved by the kernel with the container's root as `/`
//!   (`openat2`), and what is mounted there is a descriptor and not a name.
//! * What the bundle asks for happens or is a failure: no limit, filter, profile or device rule is
//!   left out silently. Two things are cut to what the machine allows, as Docker does: resource
//!   limits (to the caller's hard ones) and capabilities (to those the caller holds).
//! * Linux 5.12 or later (`mount_setattr`), either version of control groups or none.
#![deny(unsafe_code)]

mod aside;
mod bundle;
mod cgroup;
mod credentials;
mod devices;
mod donor;
mod exec;
mod failure;
mod filter;
mod identity;
mod init;
mod join;
mod launch;
mod loopback;
mod masks;
mod mount;
mod mount_options;
mod mounts;
mod namespaces;
mod null;
mod orphans;
mod overlay;
mod ownership;
mod proc;
mod process;
mod reaper;
mod report;
mod rlimits;
mod root;
mod security;
mod shell;
mod sys;
mod sysctl;
mod terminal;
mod users;

pub use aside::{MountedRoot, RootAccess, running_root, user_in_root};
pub use bundle::{
    BUNDLE_FILE, BUNDLE_VERSION, Bundle, CgroupPlan, HealthPlan, Joined, LogPlan, RootFs,
    StdinPlan, TerminalSize,
};
pub use cgroup::{Cgroup, Freezer};
pub use failure::{FailureKind, StartFailure, Step};
pub use identity::{ProcessIdentity, boot_id};
pub use launch::{Container, Starting, Streams, begin, launch};
pub use null::null_device;
pub use orphans::{adopt_orphans, kill_orphans};
pub use proc::may_be_covered as may_cover_proc;
pub use shell::find_shell;
pub use sys::{close_inherited, send_signal};
pub use sysctl::{SysctlNamespace, sysctl_namespace};
pub use terminal::resize as resize_terminal;
