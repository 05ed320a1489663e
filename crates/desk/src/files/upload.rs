//! Files and folders of this computer on their way into a container or a volume.

use std::io;
use std::path::Path;

use futures_util::Stream;
use gantry_view::{Copied, Failure, UploadFiles};
use tokio_util::io::SyncIoBridge;

use super::{
    BY_HAND,
    copied::{Count, told},
    of,
};
use crate::{Desk, failure::failure, file, path};

/// Bytes that wait for the engine at most.
const PIPE: usize = 256 * 1024;

/// One after the other, each under its own name; the first that fails ends it.
pub(crate) fn upload(
    desk: &Desk,
    request: UploadFiles,
) -> impl Stream<Item = Result<Copied, Failure>> + Send + 'static {
    let desk = desk.clone();
    told(async move |count| send(&desk, request, count).await)
}

async fn send(desk: &Desk, request: UploadFiles, count: Count) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let (whose, dir) = (of(request.of), format!("/{}", request.dir));
    for typed in &request.paths {
        let path = path::absolute(typed)?;
        let (input, output) = tokio::io::duplex(PIPE);
        let from = path.clone();
        let packing = tokio::task::spawn_blocking(move || pack(&from, SyncIoBridge::new(output)));
        let input = count.of(input);
        let sent = client.put_archive(&whose, &dir, input, BY_HAND).await;
        let packed = packing.await.map_err(io::Error::other).flatten();
        match (sent, packed) {
            (Ok(()), Ok(())) => {}
            // The engine read no more, and says why.
            (Err(refused), Err(packed)) if packed.kind() == io::ErrorKind::BrokenPipe => {
                return Err(failure(refused));
            }
            (_, Err(unread)) => return Err(not_read(&path, &unread)),
            (Err(refused), Ok(())) => return Err(failure(refused)),
        }
    }
    Ok(())
}

/// Writes a file or a folder as a tar, links as links.
fn pack(path: &Path, output: impl io::Write) -> io::Result<()> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::other("it has no name"))?;
    let mut tar = tar::Builder::new(output);
    tar.follow_symlinks(false);
    if path.symlink_metadata()?.is_dir() {
        tar.append_dir_all(name, path)?;
    } else {
        tar.append_path_with_name(path, name)?;
    }
    tar.into_inner()?.flush()
}

fn not_read(path: &Path, error: &io::Error) -> Failure {
    let shown = path.display();
    Failure {
        what: format!("{shown} was not read"),
        why: file::reason(error),
        ..Failure::new("file-not-found", format!("{shown}: {error}")).with("path", shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_packed_under_its_own_name() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("site");
        std::fs::create_dir(&folder).expect("made");
        std::fs::write(folder.join("index.html"), "hello").expect("written");
        std::os::unix::fs::symlink("index.html", folder.join("link")).expect("made");
        let mut packed = Vec::new();
        pack(&folder, &mut packed).expect("packed");
        let mut archive = tar::Archive::new(&packed[..]);
        let mut names: Vec<_> = archive
            .entries()
            .expect("a tar")
            .map(|entry| {
                let entry = entry.expect("an entry");
                let kind = entry.header().entry_type();
                (
                    entry.path().expect("a path").into_owned(),
                    kind.is_symlink(),
                )
            })
            .collect();
        names.sort();
        let names: Vec<_> = names
            .iter()
            .map(|(name, link)| (name.to_str().expect("text").trim_end_matches('/'), *link))
            .collect();
        assert_eq!(
            names,
            [
                ("site", false),
                ("site/index.html", false),
                ("site/link", true)
            ]
        );
    }
}
