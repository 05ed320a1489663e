//! `create`, and the first half of `run`.

use std::fs;

use clap::Args;
use gantry_client::{Client, Error};
use gantry_wire::ContainerCreate;

use crate::exit::Exit;
use crate::options::ContainerOptions;

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
    let made = client
        .create_container(options.name.as_deref(), options.platform.as_deref(), body)
        .await;
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
