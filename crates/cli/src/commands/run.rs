//! `run`: create, attach, wait, start, in this order, so that nothing is missed.

use clap::Args;
use gantry_client::{Client, Error, WaitCondition};
use std::future::Future;

use gantry_wire::{ContainerCreate, WaitResponse};

use super::create;
use crate::exit::Exit;
use crate::options::ContainerOptions;
use crate::session::{Session, SessionArgs, SessionOptions};

#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub(crate) struct RunArgs {
    /// Run in the background and print the container's id
    #[arg(short, long)]
    detach: bool,
    #[command(flatten)]
    session: SessionArgs,
    #[command(flatten)]
    options: ContainerOptions,
}

pub(crate) async fn run(client: &Client, args: RunArgs) -> anyhow::Result<()> {
    let mut body = args
        .options
        .to_body()
        .map_err(|error| Exit::with(125, format!("{error:#}")))?;
    let streams = if args.detach {
        Streams::default()
    } else {
        Streams::choose(&args.options)
    };
    body.config.attach_stdin = streams.stdin;
    body.config.attach_stdout = streams.stdout;
    body.config.attach_stderr = streams.stderr;
    body.config.stdin_once = streams.stdin;
    let id = create::make(client, &args.options, &body)
        .await
        .map_err(|error| Exit::run_failed(&error))?;

    if !streams.any() {
        client
            .start(&id)
            .await
            .map_err(|error| Exit::run_failed(&error))?;
        println!("{id}");
        return Ok(());
    }
    let (session, exit) = begin(client, &id, &args, &body, streams)
        .await
        .map_err(|error| Exit::run_failed(&error))?;
    session.run(exit).await
}

async fn begin<'a>(
    client: &'a Client,
    id: &str,
    args: &RunArgs,
    body: &ContainerCreate,
    streams: Streams,
) -> Result<
    (
        Session<'a>,
        impl Future<Output = Result<WaitResponse, Error>> + Send + use<>,
    ),
    Error,
> {
    let options = SessionOptions {
        tty: body.config.tty,
        stdin: streams.stdin,
        stdout: streams.stdout,
        stderr: streams.stderr,
        detach_keys: args.session.detach_keys.clone(),
        forward_signals: args.session.sig_proxy && !body.config.tty,
    };
    let session = Session::open(client, id, options).await?;
    let condition = if body.host_config.auto_remove {
        WaitCondition::Removed
    } else {
        WaitCondition::NextExit
    };
    let exit = client.wait(id, condition).await?;
    client.start(id).await?;
    Ok((session, exit))
}

/// What the container is attached to.
#[derive(Debug, Clone, Copy, Default)]
struct Streams {
    stdin: bool,
    stdout: bool,
    stderr: bool,
}

impl Streams {
    /// Both outputs, and stdin when it is kept open; or what `--attach` names.
    fn choose(options: &ContainerOptions) -> Self {
        if options.attach.is_empty() {
            return Self {
                stdin: options.interactive,
                stdout: true,
                stderr: true,
            };
        }
        let named = |name: &str| {
            options
                .attach
                .iter()
                .any(|given| given.eq_ignore_ascii_case(name))
        };
        Self {
            stdin: named("stdin") && options.interactive,
            stdout: named("stdout"),
            stderr: named("stderr"),
        }
    }

    fn any(self) -> bool {
        self.stdin || self.stdout || self.stderr
    }
}
