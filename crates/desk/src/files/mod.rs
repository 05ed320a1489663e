//! Files of a container or a volume: changed by hand, carried in, out and across.

mod copied;
mod upload;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use gantry_client::{Client, PutArchive};
use gantry_view::{
    Copied, CopyFile, Failure, FilesOf, MakeFolder, RemoveFile, RenameFile, SaveFile,
};
use gantry_wire::gantry;
use tokio_util::io::StreamReader;

use self::copied::{Count, told};
use crate::{Desk, failure::failure, file, path};

pub(crate) use upload::upload;

/// The files of a person belong to those who use them.
const BY_HAND: PutArchive = PutArchive {
    replace_kinds: false,
    to_its_user: true,
};

pub(crate) async fn make_folder(desk: &Desk, request: MakeFolder) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let made = client.make_folder(&of(request.of), &request.path).await;
    made.map_err(failure)
}

pub(crate) async fn rename(desk: &Desk, request: RenameFile) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let names = gantry::RenameFile {
        from: request.from,
        to: request.to,
    };
    let renamed = client.rename_file(&of(request.of), &names).await;
    renamed.map_err(failure)
}

pub(crate) async fn remove(desk: &Desk, request: RemoveFile) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let removed = client.remove_file(&of(request.of), &request.path).await;
    removed.map_err(failure)
}

pub(crate) async fn save(desk: &Desk, request: SaveFile) -> Result<u64, Failure> {
    let target = path::absolute(&request.target)?;
    let client = desk.link().client().await?;
    let content = content(&client, request.of, &request.path, request.folder).await?;
    let written = file::write_stream(&target, content).await;
    written.map_err(|error| file::failure("file-not-saved", &target, &error))
}

/// The engine's own archive goes back to it as it comes.
pub(crate) fn copy(
    desk: &Desk,
    request: CopyFile,
) -> impl Stream<Item = Result<Copied, Failure>> + Send + 'static {
    let desk = desk.clone();
    told(async move |count| across(&desk, request, count).await)
}

async fn across(desk: &Desk, request: CopyFile, count: Count) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let path = format!("/{}", request.path);
    let (_, archive) = client
        .archive(&of(request.from), &path)
        .await
        .map_err(failure)?;
    let archive = StreamReader::new(archive.map_err(std::io::Error::other));
    let dir = format!("/{}", request.dir);
    // Owners are kept: they mean the same to both.
    let how = PutArchive::default();
    let copied = client
        .put_archive(&of(request.to), &dir, count.of(archive), how)
        .await;
    copied.map_err(failure)
}

/// The bytes of a file, or of a folder as a tar.
pub(crate) async fn content(
    client: &Client,
    whose: FilesOf,
    path: &str,
    folder: bool,
) -> Result<impl Stream<Item = std::io::Result<Bytes>> + Send + Unpin + use<>, Failure> {
    let (whose, path) = (of(whose), format!("/{path}"));
    let content = if folder {
        let (_, archive) = client.archive(&whose, &path).await.map_err(failure)?;
        archive.left_stream()
    } else {
        let read = client.read_file(&whose, &path, None).await;
        let (_, content) = read.map_err(failure)?;
        content.right_stream()
    };
    Ok(content.map(|chunk| chunk.map_err(std::io::Error::other)))
}

/// The same in the engine's words.
pub(crate) fn of(whose: FilesOf) -> gantry::FilesOf {
    match whose {
        FilesOf::Container(id) => gantry::FilesOf::Container(id),
        FilesOf::Volume(name) => gantry::FilesOf::Volume(name),
    }
}
