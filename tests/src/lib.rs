//! What the end-to-end tests share.
//!
//! A test asks [`on`] for an [`Engine`] of its own, as root or as an ordinary user ([`Account`]),
//! and drives it with the docker CLI ([`Engine::docker`]), with raw HTTP ([`http`]), with the
//! `gantry` CLI or through a window ([`window`]). Whatever happens, dropping the engine ends every
//! process it started and removes every file.
//!
//! Two rules keep the tests steady. Nothing sleeps for a fixed time: [`wait_for`] asks again until
//! a deadline. And a test that cannot run here says why through [`skip`]; it never passes in
//! silence.

pub mod account;
mod binaries;
pub mod bus;
pub mod campaign;
pub mod certificates;
pub mod cgroup;
mod command;
mod container;
pub mod crooked;
mod engine;
mod folder;
pub mod http;
pub mod keyring;
pub mod link;
pub mod neighbour;
pub mod network;
mod processes;
pub mod registry;
mod terminal;
mod wait;
pub mod window;

pub use account::Account;
pub use binaries::{built, unpacked};
pub use command::{Finished, Running};
pub use engine::{Engine, PROGRAMS, on};
pub use processes::{command_lines_of, kill_parent_of, lives, signal_parent_of};
pub use terminal::Terminal;
pub use wait::{PATIENCE, wait_for};

/// Says why a test cannot run here. `./dev test` counts these lines.
pub fn skip(why: &str) {
    println!("skipped: {why}");
}

/// Makes two tests of each behaviour: `as_root::…` and `as_user::…`.
#[macro_export]
macro_rules! as_root_and_as_user {
    ($($behaviour:ident),+ $(,)?) => {
        mod as_root {
            $(#[test] fn $behaviour() { $crate::on($crate::Account::Root, super::$behaviour); })+
        }
        mod as_user {
            $(#[test] fn $behaviour() { $crate::on($crate::Account::User, super::$behaviour); })+
        }
    };
}
