//! Commit, and the end of tasks.

use gantry_view::{CancelTask, CommitContainer, DismissTask, Failure};
use gantry_wire::gantry::CommitRequest;

use crate::{Desk, failure::failure};

pub(crate) async fn commit(desk: &Desk, request: CommitContainer) -> Result<String, Failure> {
    let client = desk.link().client().await?;
    let commit = CommitRequest {
        container: request.id,
        reference: Some(request.reference).filter(|name| !name.is_empty()),
        author: request.author,
        comment: request.comment,
        changes: request.changes,
        paths: request.paths,
        pause: Some(request.pause),
    };
    let started = client.commit_task(&commit).await.map_err(failure)?;
    Ok(started.task)
}

pub(crate) async fn cancel(desk: &Desk, request: CancelTask) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    client.cancel_task(&request.id).await.map_err(failure)
}

/// The engine puts an ended task away with the same request that cancels a running one.
pub(crate) async fn dismiss(desk: &Desk, request: DismissTask) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    client.cancel_task(&request.id).await.map_err(failure)
}
