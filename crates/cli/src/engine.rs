//! `gantry engine`: the process that runs containers for everybody else.

use std::io::IsTerminal;

use anyhow::Context;
use clap::{Args, Subcommand};
use gantry_client::{LoginStart, Place, install_unit, remove_unit};
use gantry_engine::{Engine, EnterError, Host, Options};
use tracing_subscriber::EnvFilter;

use crate::args::PlaceArgs;
use crate::exit::Exit;

/// How the engine ends when another one serves the same data: clients wait for that one.
const ALREADY_RUNNING: u8 = 75;

/// Runs the engine until it is told to leave. Prints `ready` once it accepts requests.
#[derive(Debug, Clone, Args)]
pub(crate) struct EngineArgs {
    #[command(subcommand)]
    command: Option<EngineCommand>,
    /// Log what is done, not only what goes wrong.
    #[arg(long)]
    foreground: bool,
    /// Begin a session of its own, so that no terminal can end it.
    #[arg(long, hide = true)]
    session: bool,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum EngineCommand {
    /// Start the engine at login, and with it the containers that are to run again
    InstallUnit,
    /// Do that no longer
    RemoveUnit,
}

/// Becomes the engine. No thread may exist yet: entering a user namespace needs that.
pub(crate) fn run(place: PlaceArgs, args: EngineArgs) -> anyhow::Result<()> {
    if let Some(command) = args.command {
        return at_login(place, command);
    }
    log_to_stderr(args.foreground);
    if args.session {
        // Fails only for a process that leads a group, which has its own session or needs none.
        let _ = rustix::process::setsid();
    }
    let options = Options {
        root: place.root,
        socket: place.socket,
        config: place.config,
    };
    let host = gantry_engine::enter(&options).map_err(refusal)?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting the runtime")?
        .block_on(serve(host))
}

async fn serve(host: Host) -> anyhow::Result<()> {
    let engine = Engine::open(host).await?;
    let listener = engine.listen()?;
    gantry_api::serve(engine.clone(), listener).await;
    engine.close().await;
    Ok(())
}

fn at_login(place: PlaceArgs, command: EngineCommand) -> anyhow::Result<()> {
    let state = match command {
        EngineCommand::InstallUnit => {
            install_unit(&Place::settle(place.root, place.socket, place.config)?)?
        }
        EngineCommand::RemoveUnit => remove_unit()?,
    };
    match state {
        LoginStart::On { lingers: true } => {
            println!("The engine starts with this computer.");
        }
        LoginStart::On { lingers: false } => println!(
            "The engine starts when you log in.\n\
             `loginctl enable-linger` has it start with this computer, and containers go on after you log out."
        ),
        LoginStart::Off | LoginStart::Unavailable => {
            println!("The engine starts when it is needed.");
        }
    }
    Ok(())
}

fn refusal(error: EnterError) -> anyhow::Error {
    let advice = error.next();
    let message = if advice.is_empty() {
        error.to_string()
    } else {
        format!("{error}\n{advice}")
    };
    let code = match error {
        EnterError::AlreadyRunning { .. } => ALREADY_RUNNING,
        _ => 1,
    };
    Exit::with(code, message).into()
}

fn log_to_stderr(in_full: bool) {
    let filter = EnvFilter::try_from_env("GANTRY_LOG")
        .unwrap_or_else(|_| EnvFilter::new(if in_full { "info" } else { "warn" }));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Said with `eprintln!`, which panics where standard error is a file on a full disk.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn clients_look_for_an_engine_where_it_listens() {
        let root = tempfile::tempdir().unwrap();
        let place = Place::settle(Some(root.path().to_owned()), None, None).unwrap();
        let socket = gantry_engine::host::default_socket(root.path()).unwrap();
        assert_eq!(place.socket, socket);
    }
}
