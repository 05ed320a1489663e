//! `attach`.

use clap::Args;
use gantry_client::{Client, WaitCondition};

use crate::session::{Session, SessionOptions};

#[derive(Debug, Args)]
pub(crate) struct AttachArgs {
    /// Do not attach stdin
    #[arg(long)]
    no_stdin: bool,
    /// Keys that detach from the container
    #[arg(long, value_name = "KEYS")]
    detach_keys: Option<String>,
    /// Forward signals to the container
    #[arg(
        long,
        value_name = "BOOL",
        default_value_t = true,
        num_args = 0..=1,
        default_missing_value = "true",
        require_equals = true
    )]
    sig_proxy: bool,
    container: String,
}

pub(crate) async fn attach(client: &Client, args: AttachArgs) -> anyhow::Result<()> {
    let found = client.inspect_container(&args.container, false).await?;
    if !found.state.running {
        anyhow::bail!("cannot attach to a stopped container, start it first");
    }
    if found.state.paused {
        anyhow::bail!("cannot attach to a paused container, unpause it first");
    }
    let exit = client.wait(&found.id, WaitCondition::NotRunning).await?;
    let options = SessionOptions {
        tty: found.config.tty,
        stdin: !args.no_stdin && found.config.open_stdin,
        stdout: true,
        stderr: true,
        detach_keys: args.detach_keys,
        forward_signals: args.sig_proxy && !found.config.tty,
    };
    let session = Session::open(client, &found.id, options).await?;
    session.run(exit).await
}
