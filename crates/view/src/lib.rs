//! Every call of the user interface with its reply and its error, written once.
//!
//! The window (WebAssembly) and the native side share these types and nothing else. A request is a
//! type that implements [`Call`]; a subscription implements [`Subscribe`]. What travels is the JSON
//! of these types; how it travels is decided by `ui/src/backend` on one side and by the desktop or
//! `gantry web` on the other. No I/O happens here and nothing here depends on a platform.
//!
//! Times are milliseconds since the Unix epoch unless a name says otherwise, sizes are bytes.

#![forbid(unsafe_code)]

mod again;
mod call;
mod codes;
mod container;
mod engine;
mod explore;
mod failure;
mod file;
mod host;
mod image;
mod limits;
mod log;
mod network;
mod other_engine;
mod registry;
mod run;
mod self_check;
mod task;
mod terminal;
mod usage;
mod volume;
mod watch;
mod window;

pub use again::*;
pub use call::{Call, Subscribe};
pub use codes::{CODES, FINDINGS};
pub use container::*;
pub use engine::*;
pub use explore::*;
pub use failure::Failure;
pub use file::*;
pub use host::*;
pub use image::*;
pub use limits::*;
pub use log::*;
pub use network::*;
pub use other_engine::*;
pub use registry::*;
pub use run::*;
pub use self_check::*;
pub use task::*;
pub use terminal::*;
pub use usage::*;
pub use volume::*;
pub use watch::*;
pub use window::*;
