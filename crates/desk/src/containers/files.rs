//! A container's files: folders, and what was changed against the image.

use gantry_view::{
    ChangeSums, ContainerChangeSums, ContainerFiles, EntryPage, Failure, RevertContainerFile,
};

use crate::{Desk, failure::failure, images};

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

pub(crate) async fn revert_file(desk: &Desk, request: RevertContainerFile) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let reverted = client.revert_file(&request.id, &request.path).await;
    reverted.map_err(failure)
}
