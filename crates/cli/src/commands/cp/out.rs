//! Out of a container.

use std::io;
use std::path::Path;

use futures_util::TryStreamExt;
use gantry_client::Client;
use gantry_store::{CancelFlag, Extraction, Replace, TakeOwner};
use gantry_wire::gantry::FilesOf;
use tokio_util::io::{StreamReader, SyncIoBridge};

use super::place::{There, absolute, here, target};
use super::{Counting, How};

pub(super) async fn copy(
    client: &Client,
    container: &str,
    path: &str,
    to: &str,
    how: How,
) -> anyhow::Result<()> {
    let to = if to == "-" { None } else { Some(absolute(to)?) };
    let there = match &to {
        Some(to) => look(to)?,
        None => There::Nothing,
    };
    let of = FilesOf::Container(container.to_owned());
    let (path, name) = source(client, &of, path, how).await?;
    let (stat, archive) = client.archive(&of, &path).await?;
    let archive = StreamReader::new(archive.map_err(io::Error::other));
    let bar = how.bar();
    let mut archive = Counting {
        inner: SyncIoBridge::new(archive),
        bar: bar.clone(),
    };
    let Some(to) = to else {
        let copied =
            tokio::task::spawn_blocking(move || io::copy(&mut archive, &mut io::stdout().lock()));
        copied.await??;
        bar.finish_and_clear();
        return Ok(());
    };
    let target = target(&to, there, stat.is_folder())?;
    let extraction = Extraction {
        owner: TakeOwner::Me,
        replace: Replace::SameKind,
        rename: target.name.or(name),
    };
    let copied = tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
        let cancel = CancelFlag::new();
        Ok(here()?.extract(&target.folder, archive, &extraction, &(), &cancel)?)
    });
    copied.await??;
    how.tell(&bar, &to);
    Ok(())
}

/// The path to ask for. With `-L` that is where a link leads, and the link's name stays.
async fn source(
    client: &Client,
    of: &FilesOf,
    path: &str,
    how: How,
) -> anyhow::Result<(String, Option<String>)> {
    if how.follow {
        let stat = client.path_stat(of, path).await?;
        if stat.is_symlink() {
            return Ok((stat.link_target, Some(stat.name)));
        }
    }
    Ok((path.to_owned(), None))
}

/// What is at the destination, whose folder must be there.
fn look(path: &str) -> anyhow::Result<There> {
    match Path::new(path).metadata() {
        Ok(found) if found.is_dir() => Ok(There::Folder),
        Ok(found) if found.is_file() => Ok(There::File),
        Ok(_) => anyhow::bail!("destination {path:?} must be a directory or a regular file"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let above = Path::new(path).parent().unwrap_or(Path::new("/"));
            if above.is_dir() {
                return Ok(There::Nothing);
            }
            anyhow::bail!(
                "invalid output path: directory {:?} does not exist",
                above.display().to_string()
            )
        }
        Err(error) => anyhow::bail!("{path}: {error}"),
    }
}
