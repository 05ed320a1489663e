//! A container's files: folders, changes made by hand, and their way in and out.

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use gantry_client::Client;
use gantry_view::{
    ChangeSums, ContainerChangeSums, ContainerFiles, EntryPage, Failure, MakeContainerFolder,
    RemoveContainerFile, RenameContainerFile, RevertContainerFile, SaveContainerFile,
};
use gantry_wire::gantry::RenameFile;

use crate::{Desk, failure::failure, file, images, path};

pub(crate) async fn files(desk: &Desk, request: ContainerFiles) -> Result<EntryPage, Failure> {
    let client = desk.link().client().await?;
    let page = client
        .container_files(&request.id, &request.dir, request.changed, request.limit)
        .await
        .map_err(failure)?;
    Ok(images::page(page))
}

pub(crate) async fn change_sums(
    desk: &Desk,
    request: ContainerChangeSums,
) -> Result<ChangeSums, Failure> {
    let client = desk.link().client().await?;
    let sums = client.change_sums(&request.id).await.map_err(failure)?;
    Ok(ChangeSums {
        added: sums.added,
        modified: sums.modified,
        deleted: sums.deleted,
        bytes: sums.bytes,
    })
}

pub(crate) async fn make_folder(desk: &Desk, request: MakeContainerFolder) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let made = client.make_folder(&request.id, &request.path).await;
    made.map_err(failure)
}

pub(crate) async fn rename_file(desk: &Desk, request: RenameContainerFile) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let names = RenameFile {
        from: request.from,
        to: request.to,
    };
    let renamed = client.rename_file(&request.id, &names).await;
    renamed.map_err(failure)
}

pub(crate) async fn revert_file(desk: &Desk, request: RevertContainerFile) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let reverted = client.revert_file(&request.id, &request.path).await;
    reverted.map_err(failure)
}

pub(crate) async fn remove_file(desk: &Desk, request: RemoveContainerFile) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let removed = client.remove_file(&request.id, &request.path).await;
    removed.map_err(failure)
}

pub(crate) async fn save_file(desk: &Desk, request: SaveContainerFile) -> Result<u64, Failure> {
    let target = path::absolute(&request.target)?;
    let client = desk.link().client().await?;
    let content = content(&client, &request.id, &request.path, request.folder).await?;
    let written = file::write_stream(&target, content).await;
    written.map_err(|error| file::failure("file-not-saved", &target, &error))
}

/// The bytes of a file, or of a folder as a tar.
pub(crate) async fn content(
    client: &Client,
    id: &str,
    path: &str,
    folder: bool,
) -> Result<impl Stream<Item = std::io::Result<Bytes>> + Send + Unpin + use<>, Failure> {
    let path = format!("/{path}");
    let content = if folder {
        let (_, archive) = client.archive(id, &path).await.map_err(failure)?;
        archive.left_stream()
    } else {
        let (_, content) = client.read_file(id, &path, None).await.map_err(failure)?;
        content.right_stream()
    };
    Ok(content.map(|chunk| chunk.map_err(std::io::Error::other)))
}
