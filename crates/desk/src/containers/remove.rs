//! Removal, at once or with time to think again.

use gantry_view::{Failure, RemoveContainer, Removed, Undo};
use gantry_wire::gantry;

use crate::{Desk, failure::failure};

pub(crate) async fn remove(desk: &Desk, request: RemoveContainer) -> Result<Removed, Failure> {
    let client = desk.link().client().await?;
    if request.undo_ms == 0 {
        client
            .remove_container(&request.id, request.force, request.volumes)
            .await
            .map_err(failure)?;
        return Ok(Removed::default());
    }
    let later = gantry::RemoveContainer {
        force: request.force,
        volumes: request.volumes,
        undo_ms: Some(request.undo_ms.into()),
    };
    let removed = client.remove_container_later(&request.id, &later).await;
    Ok(Removed {
        undo: removed.map_err(failure)?.undo,
        lines: Vec::new(),
    })
}

pub(crate) async fn undo(desk: &Desk, request: Undo) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    client.undo(&request.undo).await.map_err(failure)
}
