//! `create`, and the first half of `run`.

use std::fs;

use clap::Args;
use gantry_client::{Client, Error, PullOptions};
use gantry_wire::{ContainerCreate, ContainerCreated};

use super::{account, pull};
use crate::exit::Exit;
use crate::options::{ContainerOptions, PullPolicy};

#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    options: ContainerOptions,
}

pub(crate) async fn create(client: &Client, args: CreateArgs) -> anyhow::Result<()> {
    let mut body = args.options.to_body()?;
    body.config.attach_stdout = true;
    body.config.attach_stderr = true;
    body.config.attach_stdin = args.options.interactive;
    body.config.stdin_once = args.options.interactive;
    let id = make(client, &args.options, &body)
        .await
        .map_err(|error| Exit::run_failed(&error))?;
    println!("{id}");
    Ok(())
}

/// Makes the container; pulls its image before, or when it turns out to be missing.
async fn make_or_pull(
    client: &Client,
    options: &ContainerOptions,
    body: &ContainerCreate,
) -> Result<ContainerCreated, Error> {
    let make =
        || client.create_container(options.name.as_deref(), options.platform.as_deref(), body);
    let wanted = || async {
        PullOptions {
            reference: options.image.clone(),
            platform: options.platform.clone(),
            auth: account::of_image(&options.image).await,
            ..PullOptions::default()
        }
    };
    if options.pull == PullPolicy::Always {
        pull::aside(client, &wanted().await).await?;
        return make().await;
    }
    match make().await {
        Err(error) if options.pull == PullPolicy::Missing && error.code() == "image-not-found" => {
            eprintln!("Unable to find image '{}' locally", options.image);
            pull::aside(client, &wanted().await).await?;
            make().await
        }
        made => made,
    }
}

/// Makes the container, prints what the engine warns about, and writes the id file.
pub(super) async fn make(
    client: &Client,
    options: &ContainerOptions,
    body: &ContainerCreate,
) -> Result<String, Error> {
    let id_file = options
        .cidfile
        .as_ref()
        .map(|path| fs::File::create_new(path).map(|file| (file, path)))
        .transpose()?;
    let made = make_or_pull(client, options, body).await;
    let created = match made {
        Ok(created) => created,
        Err(error) => {
            if let Some((_, path)) = id_file {
                // Nothing was made, so nothing is to be found there.
                let _ = fs::remove_file(path);
            }
            return Err(error);
        }
    };
    for warning in &created.warnings {
        eprintln!("WARNING: {warning}");
    }
    if let Some((mut file, _)) = id_file {
        std::io::Write::write_all(&mut file, created.id.as_bytes())?;
    }
    Ok(created.id)
}
