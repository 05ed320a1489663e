//! The use cases: containers, images, tasks and events of one engine.
//!
//! [`enter`] makes a bare process an engine's before its first thread: folders, lock, namespaces,
//! socket. [`Engine::open`] then reads what is on disk, finds running containers again through
//! their supervisors, and hands out a cheap handle whose methods are the operations of Docker's
//! API, in its own vocabulary (`gantry_wire`).
//!
//! What this crate promises:
//! - Files are the truth. Each container is a folder with a record; each change of it is written
//!   before it is acknowledged, by rename, so that a killed engine loses nothing, and what was asked
//!   for is on the disk by then.
//! - One task owns each container. Operations are messages to it, its state is published to
//!   readers, and no lock is held across I/O or an await.
//! - A container's process belongs to its supervisor, never to the engine: leaving or dying, the
//!   engine takes nothing along.
//! - Nothing polls. State, logs and exits arrive as notifications.

mod config;
mod container;
mod core;
pub mod doctor;
mod engine;
mod error;
mod feed;
mod filters;
mod follow;
pub mod host;
mod image;
mod info;
mod input;
mod moment;
mod network;
mod output;
mod plain;
mod prune;
mod ready;
mod reap;
mod registries;
mod request;
mod seccomp;
mod shim;
mod stats;
mod task;
mod trash;
mod usage;
mod volume;

pub use config::{CommitCompression, CommitConfig, Config, LogConfig};
pub use container::{Attachment, Before, Execution, LogStream, Upload, Waiting};
pub use engine::{BoxStream, Engine};
pub use error::{Error, Result, StartFailure, Status};
pub use filters::Filters;
pub use gantry_registry::Credentials;
pub use gantry_store::Replace;
pub use host::{ClientGuard, EnterError, Host, Options, enter};
pub use request::{
    AttachOptions, ClientSocket, CommitOptions, CommitPause, ContainerQuery, DiskUsageQuery,
    EventQuery, ImageQuery, ImageRemoval, ImageSearch, ImportOptions, LogQuery, LogSearch,
    LogWindow, Outcome, PullOptions, PushOptions, RemoveOptions, StatsQuery, StopOptions,
    WaitCondition,
};
