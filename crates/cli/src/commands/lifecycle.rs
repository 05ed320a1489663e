//! From one state to the next: start, stop, kill, pause, unpause, restart, rename, wait.

use clap::Args;
use gantry_client::{Client, StopOptions, WaitCondition};

use super::each::each;
use crate::exit::Exit;
use crate::session::{Session, SessionOptions};

#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    /// Attach stdout and stderr and forward signals
    #[arg(short, long)]
    attach: bool,
    /// Attach the container's stdin
    #[arg(short, long)]
    interactive: bool,
    /// Keys that detach from the container
    #[arg(long, value_name = "KEYS")]
    detach_keys: Option<String>,
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct StopArgs {
    /// Signal to send
    #[arg(short, long)]
    signal: Option<String>,
    /// Seconds to wait before killing the container
    #[arg(
        short,
        long = "timeout",
        visible_alias = "time",
        value_name = "SECONDS",
        allow_negative_numbers = true
    )]
    timeout: Option<i64>,
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct KillArgs {
    /// Signal to send
    #[arg(short, long)]
    signal: Option<String>,
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PauseArgs {
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RenameArgs {
    container: String,
    new_name: String,
}

#[derive(Debug, Args)]
pub(crate) struct WaitArgs {
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
}

pub(crate) async fn start(client: &Client, args: StartArgs) -> anyhow::Result<()> {
    if !args.attach && !args.interactive {
        return each(&args.containers, |name| async move {
            client.start(name).await.map(drop)
        })
        .await;
    }
    let [container] = args.containers.as_slice() else {
        anyhow::bail!("you cannot start and attach multiple containers at once");
    };
    let found = client.inspect_container(container, false).await?;
    let session = Session::open(
        client,
        &found.id,
        SessionOptions {
            tty: found.config.tty,
            stdin: args.interactive && found.config.open_stdin,
            stdout: true,
            stderr: true,
            detach_keys: args.detach_keys,
            forward_signals: !found.config.tty,
        },
    )
    .await?;
    let condition = if found.host_config.auto_remove {
        WaitCondition::Removed
    } else {
        WaitCondition::NextExit
    };
    let exit = client.wait(&found.id, condition).await?;
    client.start(&found.id).await?;
    session.run(exit).await
}

pub(crate) async fn stop(client: &Client, args: StopArgs) -> anyhow::Result<()> {
    let options = &stop_options(&args);
    each(&args.containers, |name| async move {
        client.stop(name, options).await.map(drop)
    })
    .await
}

pub(crate) async fn restart(client: &Client, args: StopArgs) -> anyhow::Result<()> {
    let options = &stop_options(&args);
    each(&args.containers, |name| client.restart(name, options)).await
}

pub(crate) async fn kill(client: &Client, args: KillArgs) -> anyhow::Result<()> {
    let signal = args.signal.as_deref();
    each(&args.containers, |name| client.kill(name, signal)).await
}

pub(crate) async fn pause(client: &Client, args: PauseArgs) -> anyhow::Result<()> {
    each(&args.containers, |name| client.pause(name)).await
}

pub(crate) async fn unpause(client: &Client, args: PauseArgs) -> anyhow::Result<()> {
    each(&args.containers, |name| client.unpause(name)).await
}

pub(crate) async fn rename(client: &Client, args: RenameArgs) -> anyhow::Result<()> {
    Ok(client.rename(&args.container, &args.new_name).await?)
}

pub(crate) async fn wait(client: &Client, args: WaitArgs) -> anyhow::Result<()> {
    let mut failed = false;
    for name in &args.containers {
        let ended = async {
            let exit = client.wait(name, WaitCondition::NotRunning).await?;
            exit.await
        };
        match ended.await {
            Ok(response) => println!("{}", response.status_code),
            Err(error) => {
                eprintln!("gantry: {error}");
                failed = true;
            }
        }
    }
    if failed {
        return Err(Exit::silent(1).into());
    }
    Ok(())
}

fn stop_options(args: &StopArgs) -> StopOptions {
    StopOptions {
        signal: args.signal.clone(),
        timeout: args.timeout,
    }
}
