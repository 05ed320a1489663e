//! `gantry-shim container DIR` supervises one container, `gantry-shim net DIR` keeps the networks of
//! an engine, `gantry-shim outlook DIR` looks at the host for an engine in a user namespace. All are
//! started by the engine, with its first connection as standard input; see the libraries for the
//! protocols.
#![forbid(unsafe_code)]
#![deny(clippy::print_stderr)]

mod supervisor;

use std::env;
use std::ffi::OsStr;
use std::process::ExitCode;

use gantry_packet::{complain, say};

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    match (arguments.next(), arguments.next(), arguments.next()) {
        (Some(verb), Some(directory), None) if verb == "container" => {
            ended(supervisor::supervise(directory.as_ref()))
        }
        (Some(verb), Some(directory), None) if verb == "net" => {
            ended(gantry_network::keep(directory.as_ref()))
        }
        (Some(verb), Some(_), None) if verb == "outlook" => ended(gantry_network::look_out()),
        (Some(flag), None, None) if flag == OsStr::new("--version") => {
            println!("gantry-shim {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        _ => {
            say("usage: gantry-shim container|net|outlook DIRECTORY");
            ExitCode::from(2)
        }
    }
}

fn ended(result: Result<(), impl std::fmt::Display>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain("gantry-shim", error);
            ExitCode::FAILURE
        }
    }
}
