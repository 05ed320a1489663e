//! The typed way into a running engine over its socket.
//!
//! A [`Client`] is a path. Every request has a connection of its own: connecting to a unix socket
//! takes microseconds, no stream ever waits for another, and dropping a future or a stream is how
//! it is cancelled. [`connect_or_start`] finds the engine as the engine finds its own place, and
//! starts one where none runs.
//!
//! Who we are to registries is known here and not by the engine ([`Accounts`]): it goes along with the
//! call that needs it.
//!
//! Answers are `gantry_wire` types, streams are [`futures_util::Stream`]s of them, and an error of
//! the engine arrives with its stable code and its advice ([`Error::failure`]).

#![forbid(unsafe_code)]

mod accounts;
mod archive;
mod attach;
mod containers;
mod env_file;
mod error;
mod exec;
mod files;
mod gantry;
mod images;
mod lines;
mod log_lines;
mod logs;
mod networks;
mod other_engines;
mod path;
mod registries;
mod start;
mod system;
mod transport;
mod volumes;

pub use accounts::{Account, AccountError, Accounts, Keeper};
pub use archive::PutArchive;
pub use attach::{AttachOptions, Attached};
pub use containers::ListContainers;
pub use env_file::{BadLine, LineFault, read_env_file};
pub use error::{Error, Result};
pub use gantry_wire::{StopOptions, WaitCondition};
pub use images::{CommitOptions, ImportOptions, PullOptions};
pub use lines::Lines;
pub use log_lines::{LogRange, LogSearch};
pub use logs::{Demultiplexer, LogChunk, LogOptions, Output};
pub use other_engines::{EngineKind, OtherEngine, names_of, other_engine, other_engines};
pub use path::Filters;
pub use start::{
    LoginError, LoginStart, MendError, Place, StartError, connect_or_start, examine, install_unit,
    login_start, mend, remove_unit,
};
pub use transport::Client;
