//! From an OCI bundle to a running pid 1.
//!
//! A [`Bundle`] says everything about one container: the OCI runtime spec, where its root comes
//! from, and what Docker adds to the spec (a user to look up inside the root, standard input,
//! the log, the stop signal). The engine writes it as `bundle.json` into the container's
//! directory; the container's shim reads it and calls into this crate.
#![deny(unsafe_code)]

mod bundle;
mod cgroup;
mod credentials;
mod devices;
mod exec;
mod failure;
mod filter;
mod identity;
mod init;
mod launch;
mod loopback;
mod masks;
mod mount;
mod mount_options;
mod mounts;
mod namespaces;
mod orphans;
mod overlay;
mod report;
mod rlimits;
mod root;
mod security;
mod sys;
mod sysctl;
mod terminal;
mod users;

pub use bundle::{
    BUNDLE_FILE, BUNDLE_VERSION, Bundle, CgroupPlan, LogPlan, RootFs, StdinPlan, TerminalSize,
};
pub use cgroup::{Cgroup, Freezer};
pub use failure::{FailureKind, StartFailure, Step};
pub use identity::{ProcessIdentity, boot_id};
pub use launch::{Container, Streams, launch};
pub use orphans::{adopt_orphans, kill_orphans};
pub use sys::{close_inherited, send_signal};
pub use terminal::resize as resize_terminal;
