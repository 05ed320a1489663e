//! Containers: the row, the detail, what can be done with one, and running a new one.

mod actions;
mod changes;
mod command;
mod detail;
mod name;
mod remove;
mod row;
mod run;

pub(crate) use actions::{kill, pause, rename, restart, resume, start, stop};
pub(crate) use changes::changes;
pub(crate) use detail::inspect;
pub(crate) use name::check_name;
pub(crate) use remove::{remove, undo};
pub(crate) use row::row;
pub(crate) use run::run;
