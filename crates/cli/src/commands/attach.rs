//! `attach`.

use clap::Args;
use gantry_client::{Client, WaitCondition};

use crate::session::{Session, SessionArgs, SessionOptions};

#[derive(Debug, Args)]
pub(crate) struct AttachArgs {
    /// Do not attach stdin
    #[arg(long)]
    no_stdin: bool,
    #[command(flatten)]
    session: SessionArgs,
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
        detach_keys: args.session.detach_keys,
        forward_signals: args.session.sig_proxy && !found.config.tty,
    };
    let session = Session::open(client, &found.id, options).await?;
    session.run(exit).await
}
