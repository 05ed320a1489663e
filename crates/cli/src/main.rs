//! The `gantry` command: the usual verbs on the command line, the engine, and the window in a
//! browser.
//!
//! The verbs are thin: arguments become requests of [`gantry_client`], answers become tables. The
//! engine is started when it is needed and does not run. `gantry engine` is that engine: it must
//! begin before the first thread, so no runtime is made here until it has.

#![forbid(unsafe_code)]

mod args;
mod commands;
mod detach;
mod doctor;
mod engine;
mod exit;
mod options;
mod output;
mod session;
mod shell;
mod signals;
mod streams;
mod terminal;
mod web;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Engine(args) => engine::run(cli.place, args),
        Command::Doctor(args) => doctor::run(cli.place, args),
        Command::Completions(args) => {
            shell::completions(&args);
            Ok(())
        }
        Command::Manual(args) => shell::manual(&args),
        command => in_runtime(commands::run(cli.place, command)),
    };
    exit::finish(outcome)
}

/// Runs a command to its end. A read of stdin that never returns does not hold the program.
fn in_runtime(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(command);
    runtime.shutdown_background();
    outcome
}
