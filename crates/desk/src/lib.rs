//! What a user interface asks for, whatever carries it.
//!
//! A request arrives as the name and JSON of a [`gantry_view`] type and is answered with the JSON
//! of its reply ([`Desk::call`]); a subscription becomes a stream of frames ([`Desk::subscribe`]).
//! Behind both stands the engine, reached through [`gantry_client`] and started when it is not
//! there. The desktop and `gantry web` only carry the bytes and know neither.
//!
//! ```text
//! name, JSON ─ calls ─┬─ containers, images, run, tasks … ─ client ─ engine
//!                     └─ settings, host                     │
//! Frames ◄── frames ◄── watch, logs ◄── events of the engine ┘
//! ```
//!
//! Every failure is a [`gantry_view::Failure`] with a stable code. No call panics on any input.

#![forbid(unsafe_code)]

mod calls;
mod containers;
mod desk;
mod disk;
mod engine;
mod failure;
pub mod file;
mod files;
mod frames;
mod host;
mod images;
mod items;
mod link;
mod login;
mod logs;
mod networks;
mod other_engines;
mod path;
mod registries;
mod rows;
mod self_check;
mod settings;
mod streams;
mod tasks;
mod terminal;
mod time;
mod transfer;
mod usage;
mod volumes;
mod watch;

pub use desk::{Desk, Options};
pub use frames::Frames;
pub use host::own_title_bar_by_default;
pub use streams::Streams;
pub use transfer::Download;
