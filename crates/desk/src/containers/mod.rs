//! Containers: the row, the detail, what can be done with one, and running a new one.

mod actions;
mod changes;
mod command;
mod detail;
mod env_file;
mod files;
mod like;
mod limits;
mod name;
mod options;
mod own;
mod preview;
mod remove;
mod row;
mod run;
mod run_mounts;

pub(crate) use actions::{kill, pause, rename, restart, resume, start, stop};
pub(crate) use changes::changes;
pub(crate) use detail::inspect;
pub(crate) use env_file::read_env_file;
pub(crate) use files::{change_sums, files, revert_file};
pub(crate) use limits::{change as change_limits, read as read_limits};
pub(crate) use name::check_name;
pub(crate) use preview::{diff_file, read_file, write_file};
pub(crate) use remove::{remove, undo};
pub(crate) use row::row;
pub(crate) use run::{draft_again, run};
