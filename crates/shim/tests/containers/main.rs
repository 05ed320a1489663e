//! Containers run through the real shim, as root and as an ordinary user.
#![allow(clippy::panic, clippy::unwrap_used)]

mod attach;
mod common;
mod control;
mod crun;
mod hostile;
mod inside;
mod limits;
mod rootless;
mod run;
