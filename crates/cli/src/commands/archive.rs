//! `load` and `save`.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use futures_util::{Stream, StreamExt};
use gantry_client::{Client, Error};
use tempfile::NamedTempFile;
use tokio::fs::File;

use crate::exit::Exit;

#[derive(Debug, Args)]
pub(crate) struct LoadArgs {
    /// Read from a file instead of stdin
    #[arg(short, long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Print the loaded images only
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SaveArgs {
    /// Write to a file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<String>,
}

pub(crate) async fn load(client: &Client, args: LoadArgs) -> anyhow::Result<()> {
    let mut progress = match &args.input {
        Some(path) => {
            let file = File::open(path)
                .await
                .map_err(|error| Exit::with(1, format!("open {}: {error}", path.display())))?;
            client.load_images(file, args.quiet).await?
        }
        None if io::stdin().is_terminal() => {
            anyhow::bail!("requested load from stdin, but stdin is empty");
        }
        None => client.load_images(tokio::io::stdin(), args.quiet).await?,
    };
    while let Some(message) = progress.next().await {
        let message = message?;
        if let Some(error) = message.error_detail {
            return Err(Exit::with(1, error.message).into());
        }
        print!("{}", message.stream);
        io::stdout().flush()?;
    }
    Ok(())
}

pub(crate) async fn save(client: &Client, args: SaveArgs) -> anyhow::Result<()> {
    let Some(path) = &args.output else {
        if io::stdout().is_terminal() {
            anyhow::bail!("cowardly refusing to save to a terminal. Use the -o flag or redirect");
        }
        let archive = client.save_images(&args.images).await?;
        return copy(archive, io::stdout()).await;
    };
    let archive = client.save_images(&args.images).await?;
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        // A pipe or a device takes the bytes as they come.
        return copy(archive, std::fs::File::options().write(true).open(path)?).await;
    }
    // Beside its place, so that the name appears only once the archive is whole.
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = NamedTempFile::new_in(folder)?;
    copy(archive, &mut file).await?;
    file.persist(path)?;
    Ok(())
}

async fn copy(
    mut archive: impl Stream<Item = Result<bytes::Bytes, Error>> + Unpin,
    mut target: impl Write,
) -> anyhow::Result<()> {
    while let Some(chunk) = archive.next().await {
        target.write_all(&chunk?)?;
    }
    target.flush()?;
    Ok(())
}
