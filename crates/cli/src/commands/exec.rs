//! `exec`.

use std::path::PathBuf;

use clap::Args;
use gantry_client::{Client, Error};
use gantry_wire::{ExecConfig, ExecStart, WaitResponse};

use crate::options::environment;
use crate::session::{Session, SessionOptions};
use crate::terminal;

#[derive(Debug, Args)]
pub(crate) struct ExecArgs {
    /// Run in the background
    #[arg(short, long)]
    detach: bool,
    /// Keys that detach from the process
    #[arg(long, value_name = "KEYS")]
    detach_keys: Option<String>,
    /// Set an environment variable, or pass one of ours on
    #[arg(short, long, value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// Read environment variables from a file
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,
    /// Keep stdin open
    #[arg(short, long)]
    interactive: bool,
    /// Give the process every capability of the engine
    #[arg(long)]
    privileged: bool,
    /// Give the process a terminal
    #[arg(short, long)]
    tty: bool,
    /// User name or id, and group: user[:group]
    #[arg(short, long, value_name = "USER")]
    user: Option<String>,
    /// Working directory inside the container
    #[arg(short, long, value_name = "DIR")]
    workdir: Option<String>,
    container: String,
    /// The command and its arguments
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "COMMAND"
    )]
    command: Vec<String>,
}

pub(crate) async fn exec(client: &Client, args: ExecArgs) -> anyhow::Result<()> {
    let attached = !args.detach;
    let config = ExecConfig {
        user: args.user.unwrap_or_default(),
        privileged: args.privileged,
        tty: args.tty,
        attach_stdin: args.interactive && attached,
        attach_stdout: attached,
        attach_stderr: attached,
        detach_keys: args.detach_keys.clone().unwrap_or_default(),
        env: environment(&args.env_file, &args.env)?,
        working_dir: args.workdir.unwrap_or_default(),
        cmd: args.command,
        hang_up: false,
    };
    let id = client.create_exec(&args.container, &config).await?;
    if args.detach {
        return Ok(client.start_exec_detached(&id).await?);
    }
    let start = ExecStart {
        detach: false,
        tty: args.tty,
        console_size: terminal::size()
            .filter(|_| args.tty)
            .map(|(rows, columns)| [rows, columns]),
    };
    let options = SessionOptions {
        tty: args.tty,
        stdin: args.interactive,
        stdout: true,
        stderr: true,
        detach_keys: args.detach_keys,
        forward_signals: false,
    };
    let attached = client.start_exec(&id, &start).await?;
    let session = Session::of_exec(client, &id, options, attached);
    session.run(ended(client, &id)).await
}

/// How it ended, asked once its output has.
async fn ended(client: &Client, id: &str) -> Result<WaitResponse, Error> {
    let code = client.inspect_exec(id).await?.exit_code;
    Ok(WaitResponse {
        status_code: code.unwrap_or_default().into(),
        error: None,
    })
}
