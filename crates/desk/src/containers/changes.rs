//! What a commit would hold.

use gantry_view::{Changes, ContainerChanges, EntryChange, Failure};
use gantry_wire::ChangeKind;

use crate::{Desk, failure::failure};

/// More paths than a person reads.
const SHOWN: usize = 2000;

pub(crate) async fn changes(desk: &Desk, request: ContainerChanges) -> Result<Changes, Failure> {
    let client = desk.link().client().await?;
    let changes = client.changes(&request.id).await.map_err(failure)?;
    let total = changes.len() as u64;
    let paths = changes.into_iter().take(SHOWN).map(|change| {
        let kind = match change.kind {
            ChangeKind::Added => EntryChange::Added,
            ChangeKind::Modified => EntryChange::Modified,
            ChangeKind::Deleted => EntryChange::Deleted,
        };
        (kind, change.path)
    });
    Ok(Changes {
        paths: paths.collect(),
        total,
    })
}
