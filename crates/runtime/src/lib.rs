//! From an OCI bundle to a running pid 1.
//!
//! A [`Bundle`] says everything about one container: the OCI runtime spec, where its root comes
//! from, and what Docker adds to the spec (a user to look up inside the root, standard input,
//! the log, the stop signal). The engine writes it as `bundle.json` into the container's
//! directory; the container's shim reads it and calls into this crate.
#![deny(unsafe_code)]

mod bundle;
mod failure;
mod identity;

pub use bundle::{
    BUNDLE_FILE, BUNDLE_VERSION, Bundle, CgroupPlan, LogPlan, RootFs, StdinPlan, TerminalSize,
};
pub use failure::{FailureKind, StartFailure, Step};
pub use identity::{ProcessIdentity, boot_id};
