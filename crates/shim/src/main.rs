//! `gantry-shim container DIR`: supervises one container. Started by the engine, with its first
//! connection as standard input; see the library for the protocol.
#![forbid(unsafe_code)]

mod supervisor;

use std::env;
use std::ffi::OsStr;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    match (arguments.next(), arguments.next(), arguments.next()) {
        (Some(verb), Some(directory), None) if verb == "container" => {
            match supervisor::supervise(directory.as_ref()) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    eprintln!("gantry-shim: {error}");
                    ExitCode::FAILURE
                }
            }
        }
        (Some(flag), None, None) if flag == OsStr::new("--version") => {
            println!("gantry-shim {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: gantry-shim container DIRECTORY");
            ExitCode::from(2)
        }
    }
}
