//! `load` and `save`, `import` and `export`.

use std::fs::Metadata;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use futures_util::{Stream, StreamExt};
use gantry_client::{Client, Error, ImportOptions, Lines};
use gantry_wire::Progress;
use gantry_wire::gantry::{Compression, LoadRequest, SaveFormat, SaveRequest};
use indicatif::ProgressBar;
use tempfile::NamedTempFile;
use tokio::fs::File;

use super::task;
use crate::exit::Exit;
use crate::options::split_reference;
use crate::output::progress;

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

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The tar of a root file system, or - for stdin
    #[arg(value_name = "FILE")]
    file: String,
    /// Name of the image
    #[arg(value_name = "REPOSITORY[:TAG]")]
    reference: Option<String>,
    /// Apply a Dockerfile instruction to the image
    #[arg(short, long, value_name = "INSTRUCTION")]
    change: Vec<String>,
    /// Say why, in the image's history
    #[arg(short, long, default_value = "", hide_default_value = true)]
    message: String,
    /// Set the platform of the image
    #[arg(long, value_name = "OS/ARCH")]
    platform: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Write to a file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    container: String,
}

pub(crate) async fn load(client: &Client, args: LoadArgs) -> anyhow::Result<()> {
    let (progress, bar) = match &args.input {
        Some(path) if path.metadata().is_ok_and(|found| !is_stream(&found)) => {
            return load_path(client, absolute(path)?, args.quiet).await;
        }
        Some(path) => {
            let file = File::open(path)
                .await
                .map_err(|error| Exit::with(1, format!("open {}: {error}", path.display())))?;
            let bar = reading(
                file.metadata().await.ok().map(|found| found.len()),
                args.quiet,
            );
            let file = bar.wrap_async_read(file);
            (client.load_images(file, args.quiet).await?, bar)
        }
        None if io::stdin().is_terminal() => {
            anyhow::bail!("requested load from stdin, but stdin is empty");
        }
        None => {
            let bar = reading(None, args.quiet);
            let input = bar.wrap_async_read(tokio::io::stdin());
            (client.load_images(input, args.quiet).await?, bar)
        }
    };
    follow_load(progress, &bar).await
}

/// Prints what is loaded, beside the bar of what is read.
pub(super) async fn follow_load(
    mut progress: Lines<Progress>,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    while let Some(message) = progress.next().await {
        let message = message?;
        if let Some(error) = message.error_detail {
            bar.finish_and_clear();
            return Err(Exit::with(1, error.message).into());
        }
        bar.suspend(|| {
            print!("{}", message.stream);
            io::stdout().flush()
        })?;
    }
    bar.finish_and_clear();
    Ok(())
}

/// The engine reads a file or a layout folder itself, and of it only what it does not have.
async fn load_path(client: &Client, path: String, quiet: bool) -> anyhow::Result<()> {
    let request = LoadRequest { path };
    let bar = reading(None, quiet);
    let started = client.load_task(&request).await?;
    let loaded = task::follow(client, &started, &bar).await?;
    for (name, id) in loaded.images.iter().zip(&loaded.ids) {
        if name == id {
            println!("Loaded image ID: {id}");
        } else {
            println!("Loaded image: {name}");
        }
    }
    Ok(())
}

/// A pipe or device has no second reading.
fn is_stream(found: &Metadata) -> bool {
    !found.is_file() && !found.is_dir()
}

/// As the engine takes it, which runs in another folder.
fn absolute(path: &Path) -> anyhow::Result<String> {
    let absolute = std::path::absolute(path)?;
    let text = absolute.into_os_string().into_string();
    text.map_err(|path| anyhow::anyhow!("{}: the name is not UTF-8", path.display()))
}

pub(crate) async fn save(client: &Client, args: SaveArgs) -> anyhow::Result<()> {
    let Some(path) = &args.output else {
        if io::stdout().is_terminal() {
            anyhow::bail!("cowardly refusing to save to a terminal. Use the -o flag or redirect");
        }
        let archive = client.save_images(&args.images).await?;
        return copy(archive, io::stdout()).await;
    };
    let bar = progress::bytes("Saving", None);
    if path.metadata().is_ok_and(|found| is_stream(&found)) {
        let archive = client.save_images(&args.images).await?;
        return into_file(counted(archive, &bar), path).await;
    }
    let request = SaveRequest {
        images: args.images,
        path: absolute(path)?,
        format: SaveFormat::DockerArchive,
        compression: Compression::None,
        overwrite: true,
        checksum: false,
    };
    let started = client.save_task(&request).await?;
    task::follow(client, &started, &bar).await?;
    Ok(())
}

/// The bar of an archive that is read.
fn reading(size: Option<u64>, quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    progress::bytes("Loading", size)
}

/// Writes an archive to a path, so that the name appears only once the archive is whole.
async fn into_file(
    archive: impl Stream<Item = Result<bytes::Bytes, Error>> + Unpin,
    path: &Path,
) -> anyhow::Result<()> {
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        // A pipe or a device takes the bytes as they come.
        return copy(archive, std::fs::File::options().write(true).open(path)?).await;
    }
    // Beside its place first.
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = NamedTempFile::new_in(folder)?;
    copy(archive, &mut file).await?;
    file.persist(path)?;
    Ok(())
}

/// Makes an image of a root file system and prints its id.
pub(crate) async fn import(client: &Client, args: ImportArgs) -> anyhow::Result<()> {
    let (repository, tag) = match &args.reference {
        Some(name) => {
            let (repository, tag) = split_reference(name);
            (Some(repository.to_owned()), tag.map(str::to_owned))
        }
        None => (None, None),
    };
    let options = ImportOptions {
        repository,
        tag,
        message: args.message,
        changes: args.change,
        platform: args.platform,
    };
    let mut progress = if args.file == "-" {
        client.import_image(tokio::io::stdin(), &options).await?
    } else {
        let file = File::open(&args.file)
            .await
            .map_err(|error| Exit::with(1, format!("open {}: {error}", args.file)))?;
        client.import_image(file, &options).await?
    };
    while let Some(message) = progress.next().await {
        let message = message?;
        if let Some(error) = message.error_detail {
            return Err(Exit::with(1, error.message).into());
        }
        println!("{}", message.status);
    }
    Ok(())
}

pub(crate) async fn export(client: &Client, args: ExportArgs) -> anyhow::Result<()> {
    let terminal = args.output.is_none() && io::stdout().is_terminal();
    if terminal {
        anyhow::bail!("cowardly refusing to save to a terminal. Use the -o flag or redirect");
    }
    let archive = client.export_container(&args.container).await?;
    match &args.output {
        Some(path) => {
            let bar = progress::bytes("Exporting", None);
            into_file(counted(archive, &bar), path).await
        }
        None => copy(archive, io::stdout()).await,
    }
}

/// An archive whose bytes a bar counts.
fn counted(
    archive: impl Stream<Item = Result<bytes::Bytes, Error>> + Unpin,
    bar: &ProgressBar,
) -> impl Stream<Item = Result<bytes::Bytes, Error>> + Unpin {
    archive.inspect(|chunk| {
        if let Ok(chunk) = chunk {
            bar.inc(chunk.len() as u64);
        }
    })
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
