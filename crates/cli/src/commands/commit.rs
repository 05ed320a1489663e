//! `commit`.

use clap::Args;
use gantry_client::{Client, CommitOptions};

use crate::options::split_reference;
use crate::output::progress;

#[derive(Debug, Args)]
pub(crate) struct CommitArgs {
    /// Author of the image
    #[arg(short, long, default_value = "")]
    author: String,
    /// Commit message
    #[arg(short, long, default_value = "")]
    message: String,
    /// Apply a Dockerfile instruction to the image
    #[arg(short, long)]
    change: Vec<String>,
    /// Pause the container meanwhile
    #[arg(
        short,
        long,
        value_name = "BOOL",
        default_value_t = true,
        num_args = 0..=1,
        default_missing_value = "true",
        require_equals = true
    )]
    pause: bool,
    container: String,
    #[arg(value_name = "REPOSITORY[:TAG]")]
    reference: Option<String>,
}

pub(crate) async fn commit(client: &Client, args: CommitArgs) -> anyhow::Result<()> {
    let (repository, tag) = match &args.reference {
        Some(reference) => {
            let (repository, tag) = split_reference(reference);
            (Some(repository.to_owned()), tag.map(str::to_owned))
        }
        None => (None, None),
    };
    let bar = progress::waiting("Committing");
    let made = client
        .commit(&CommitOptions {
            container: args.container,
            repository,
            tag,
            author: args.author,
            comment: args.message,
            changes: args.change,
            config: None,
            keep_running: !args.pause,
        })
        .await;
    bar.finish_and_clear();
    println!("{}", made?.id);
    Ok(())
}
