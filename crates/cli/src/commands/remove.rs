//! `rm` and `rmi`.

use clap::Args;
use gantry_client::Client;
use gantry_wire::ImageDeleteItem;

use crate::exit::{Exit, describe};

#[derive(Debug, Args)]
pub(crate) struct RmArgs {
    /// Kill the container first if it runs
    #[arg(short, long)]
    force: bool,
    /// Remove its anonymous volumes
    #[arg(short, long)]
    volumes: bool,
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RmiArgs {
    /// Remove an image that has several names or that a stopped container uses
    #[arg(short, long)]
    force: bool,
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<String>,
}

pub(crate) async fn rm(client: &Client, args: RmArgs) -> anyhow::Result<()> {
    let mut failed = false;
    for name in &args.containers {
        match client
            .remove_container(name, args.force, args.volumes)
            .await
        {
            Ok(()) => println!("{name}"),
            Err(error) => {
                eprintln!("gantry: {}", describe(&error));
                // By force, what is gone is as good as removed.
                failed |= !(args.force && error.is_not_found());
            }
        }
    }
    if failed {
        return Err(Exit::silent(1).into());
    }
    Ok(())
}

pub(crate) async fn rmi(client: &Client, args: RmiArgs) -> anyhow::Result<()> {
    let mut failed = false;
    for name in &args.images {
        match client.remove_image(name, args.force).await {
            Ok(lines) => lines.iter().for_each(print),
            Err(error) => {
                eprintln!("gantry: {}", describe(&error));
                failed |= !(args.force && error.is_not_found());
            }
        }
    }
    if failed {
        return Err(Exit::silent(1).into());
    }
    Ok(())
}

fn print(line: &ImageDeleteItem) {
    match line {
        ImageDeleteItem::Untagged(name) => println!("Untagged: {name}"),
        ImageDeleteItem::Deleted(id) => println!("Deleted: {id}"),
    }
}
