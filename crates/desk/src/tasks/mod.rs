//! Work of the engine that takes time: import, export, commit.

mod export;
mod import;
mod manage;
mod row;

pub(crate) use export::{estimate, export, save_compression, save_format};
pub(crate) use import::{import, import_welcome};
pub(crate) use manage::{cancel, commit, dismiss};
pub(crate) use row::row;
