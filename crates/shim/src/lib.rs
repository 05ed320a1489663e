//! Supervises one container; and, as a library, how an engine starts a shim and talks to it.
//!
//! The engine [`spawn`]s `gantry-shim container DIR` with one end of a socket pair as its standard
//! input and keeps the other end. Packets of [`protocol`] travel over it: both sides say hello, the
//! engine sends [`protocol::Request::Start`], and the shim reports what happens to the container.
//! The shim also listens at the bundle's socket path, where a restarted engine connects
//! ([`connect_to`]), having found it through [`ShimRecord`] (`shim.json`). When the container is
//! over, its [`ExitRecord`] stands in `exit.json` and the shim is gone.
#![deny(unsafe_code)]
#![deny(clippy::print_stderr)]

mod health;
pub mod protocol;
mod record;
mod spawn;

pub use gantry_packet::{Started, connect_to};
pub use health::{HEALTH_FILE, Health, HealthStatus, ProbeResult};
pub use record::{EXIT_FILE, ExitRecord, SHIM_FILE, ShimRecord};
pub use spawn::{SHIM_LOG, sealed_binary, sealed_binary_of, spawn};
