//! `push`.

use clap::Args;
use gantry_client::Client;

use super::account;
use crate::options::split_reference;
use crate::output::layers::Layers;

#[derive(Debug, Args)]
pub(crate) struct PushArgs {
    /// Push every tag of the repository that is here
    #[arg(short, long)]
    all_tags: bool,
    /// Print the image's name only
    #[arg(short, long)]
    quiet: bool,
    #[arg(value_name = "NAME[:TAG]")]
    image: String,
}

pub(crate) async fn push(client: &Client, args: PushArgs) -> anyhow::Result<()> {
    let (repository, tag) = split_reference(&args.image);
    let tag = match (args.all_tags, tag) {
        (true, Some(_)) => anyhow::bail!("tag can't be used with --all-tags/-a"),
        (true, None) => None,
        (false, tag) => Some(tag.unwrap_or("latest")),
    };
    let layers = if args.quiet {
        Layers::hidden()
    } else {
        Layers::on_stdout()
    };
    let auth = account::of_image(repository).await;
    let lines = client.push_image(repository, tag, auth.as_ref()).await?;
    layers.follow(lines).await?;
    if args.quiet {
        println!("{}", args.image);
    }
    Ok(())
}
