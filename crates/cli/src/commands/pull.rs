//! `pull`, and what `run` and `create` do about an image that is missing.

use clap::Args;
use gantry_client::{Client, Error, PullOptions};

use super::account;
use crate::options::split_reference;
use crate::output::layers::Layers;

#[derive(Debug, Args)]
pub(crate) struct PullArgs {
    /// Pull every tag of the repository
    #[arg(short, long)]
    all_tags: bool,
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
    let (_, tag) = split_reference(&args.image);
    if args.all_tags && (tag.is_some() || args.image.contains('@')) {
        anyhow::bail!("tag can't be used with --all-tags/-a");
    }
    let options = PullOptions {
        auth: account::of_image(&args.image).await,
        reference: args.image,
        all_tags: args.all_tags,
        platform: args.platform,
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
