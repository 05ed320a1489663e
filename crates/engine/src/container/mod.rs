//! Containers: from a request to a running process and back to nothing.
//!
//! `create` settles what a container is and writes its record; an `owner` task then holds it for
//! its whole life and publishes its `View`; the `registry` finds owners by id and name. `spec` and
//! `prepare` turn a record into the bundle that a supervisor reads, `link` talks to the supervisor.
//! Readers (`list`, `describe`, `logs`, `waiting`) only look at views and files. `recovery` brings
//! everything back after the engine was restarted or killed.

mod base;
pub(crate) mod change;
mod commit;
mod create;
mod describe;
mod detach;
mod ending;
mod exec;
mod export;
mod failure;
mod files;
mod folder;
mod health;
mod id;
mod image_claims;
mod inside;
mod join;
mod link;
mod list;
mod logging;
mod logs;
mod mount_points;
mod name;
mod operations;
mod owner;
mod prepare;
mod read;
mod record;
mod recovery;
mod registry;
mod replay;
mod search;
mod signal;
mod spec;
mod state;
mod status;
mod sweep;
mod top;
mod waiting;
mod words;

use std::sync::Arc;

use crate::core::Core;

pub use exec::Execution;
pub use inside::{Before, Upload};
pub use logs::LogStream;
pub(crate) use logs::Watcher;
pub use operations::Attachment;
pub use waiting::Waiting;

pub(crate) use describe::row;
pub(crate) use exec::Execs;
pub(crate) use folder::Folder;
pub(crate) use id::ContainerId;
pub(crate) use owner::Command;
pub(crate) use record::{Definition, View};
pub(crate) use recovery::{Recovered, recover};
pub(crate) use registry::{Handle, Registry};
pub(crate) use spec::capabilities;

#[cfg(test)]
pub(crate) use record::tests;

/// The operations on containers; clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Containers {
    core: Arc<Core>,
}

impl Containers {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }
}
