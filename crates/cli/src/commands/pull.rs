//! `pull`, and what `run` and `create` do about an image that is missing.

use clap::Args;
use gantry_client::{Client, Error, PullOptions};

use crate::output::layers::Layers;

#[derive(Debug, Args)]
pub(crate) struct PullArgs {
    /// Print the image's name only
    #[arg(short, long)]
    quiet: bool,
    /// Of an image for several platforms which one, such as linux/arm64
    #[arg(long)]
    platform: Option<String>,
    #[arg(value_name = "NAME[:TAG|@DIGEST]")]
    image: String,
}

pub(crate) async fn pull(client: &Client, args: PullArgs) -> anyhow::Result<()> {
    let options = PullOptions {
        reference: args.image,
        platform: args.platform,
        auth: None,
    };
    let layers = if args.quiet {
        Layers::hidden()
    } else {
        Layers::on_stdout()
    };
    follow(client, &options, layers).await?;
    if args.quiet {
        println!("{}", options.reference);
    }
    Ok(())
}

/// Pulls for a command whose own output is something else.
pub(super) async fn aside(client: &Client, options: &PullOptions) -> Result<(), Error> {
    follow(client, options, Layers::on_stderr()).await
}

async fn follow(client: &Client, options: &PullOptions, layers: Layers) -> Result<(), Error> {
    let lines = client.pull_image(options).await?;
    layers.follow(lines).await
}
