//! From a bare process to one that may run containers: folders, lock, user namespace, socket.
//!
//! [`enter`] runs before any thread exists, because joining or making a user namespace is only
//! possible for a single-threaded process. What it found out is kept in [`Host`], which
//! [`crate::Engine::open`] takes over inside the async runtime.

mod alias;
pub(crate) mod cgroup;
pub(crate) mod child;
mod descriptors;
mod enter;
mod error;
mod facts;
pub(crate) mod groups;
mod idle;
mod lock;
mod mountinfo;
mod paths;
pub(crate) mod rootless;
mod signals;
mod socket;
mod systemd;
mod warning;

pub use enter::{Host, Options, enter};
pub use error::EnterError;
pub use facts::Facts;
pub use idle::ClientGuard;
pub use paths::{Paths, default_root, default_socket};

pub(crate) use idle::Idle;
pub(crate) use lock::RootLock;
pub(crate) use rootless::IdMapping;
pub(crate) use signals::shutdown_signal;
pub(crate) use warning::Warning;
