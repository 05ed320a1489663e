//! Into a container.

use std::{fs, io};

use gantry_client::{Client, PutArchive};
use gantry_store::CancelFlag;
use gantry_wire::gantry::FilesOf;
use tokio_util::io::SyncIoBridge;

use super::place::{There, absolute, here, target};
use super::{Counting, How};

/// Bytes that wait for the engine at most.
const PIPE: usize = 256 * 1024;

pub(super) async fn copy(
    client: &Client,
    from: &str,
    container: &str,
    path: &str,
    how: How,
) -> anyhow::Result<()> {
    let of = FilesOf::Container(container.to_owned());
    let (path, there) = destination(client, &of, path).await?;
    let put = PutArchive {
        replace_kinds: false,
        to_its_user: how.to_its_user,
    };
    if from == "-" {
        if there != There::Folder {
            anyhow::bail!("destination \"{container}:{path}\" must be a directory");
        }
        let input = tokio::io::stdin();
        return Ok(client.put_archive(&of, &path, input, put).await?);
    }
    let given = absolute(from)?;
    // Seen as it is, or where it leads; the name stays the one that was given.
    let (source, name) = if how.follow {
        let real = fs::canonicalize(&given)?;
        let real = real
            .to_str()
            .ok_or_else(|| anyhow::anyhow!("{}: the name is not UTF-8", real.display()))?
            .to_owned();
        (real, Some(here()?.stat(&given)?.name))
    } else {
        (given, None)
    };
    let facts = here()?.stat(&source)?;
    let folder = facts.mode & 0o170_000 == 0o040_000;
    let target = target(&path, there, folder)?;
    let name = target.name.or(name);
    let bar = how.bar();
    let (input, output) = tokio::io::duplex(PIPE);
    let counted = Counting {
        inner: SyncIoBridge::new(output),
        bar: bar.clone(),
    };
    let packing = tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
        let cancel = CancelFlag::new();
        let name = name.as_deref();
        Ok(here()?.pack(&source, name, counted, &(), &cancel)?)
    });
    let sent = client.put_archive(&of, &target.folder, input, put).await;
    match (sent, packing.await?) {
        // The engine read no more, and says why.
        (Err(refused), Err(packed)) if is_broken_pipe(&packed) => return Err(refused.into()),
        (_, Err(packed)) => return Err(packed),
        (sent, Ok(())) => sent?,
    }
    how.tell(&bar, &format!("{container}:{path}"));
    Ok(())
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// Where the destination leads, and what is there. Whether the container is there, the copy says.
async fn destination(client: &Client, of: &FilesOf, path: &str) -> anyhow::Result<(String, There)> {
    let mut path = path.to_owned();
    let mut found = client.path_stat(of, &path).await;
    if let Ok(stat) = &found
        && stat.is_symlink()
    {
        path.clone_from(&stat.link_target);
        found = client.path_stat(of, &path).await;
    }
    let there = match found {
        Ok(stat) if stat.is_folder() => There::Folder,
        Ok(_) => There::File,
        Err(error) if error.is_not_found() => There::Nothing,
        Err(error) => return Err(error.into()),
    };
    Ok((path, there))
}
