//! Removing containers that nobody runs.

use std::sync::Arc;

use gantry_wire::{ContainersPruned, Timestamp};

use crate::container::{Containers, View};
use crate::core::Core;
use crate::moment::moment;
use crate::request::RemoveOptions;
use crate::{Filters, Result};

/// Removes every container that does not run and that the filters name.
pub(crate) async fn containers(
    core: &Arc<Core>,
    containers: &Containers,
    filters: &Filters,
) -> Result<ContainersPruned> {
    filters.only(&["label", "label!", "until"])?;
    let until = filters
        .values("until")
        .next()
        .map(|text| moment(text, Timestamp::now()));
    let until = until.transpose()?;
    let mut pruned = ContainersPruned::default();
    for view in core.registry.views() {
        if !is_chosen(&view, filters, until) {
            continue;
        }
        let id = view.id().as_str().to_owned();
        let bytes = containers.written_by(&view).await;
        // Started or removed meanwhile: then it is not for us.
        if containers
            .remove(&id, RemoveOptions::default())
            .await
            .is_ok()
        {
            pruned.containers_deleted.push(id);
            pruned.space_reclaimed += bytes;
        }
    }
    core.feed.pruned("container", pruned.space_reclaimed);
    Ok(pruned)
}

fn is_chosen(view: &View, filters: &Filters, until: Option<Timestamp>) -> bool {
    let labels = &view.definition.config.labels;
    !view.state.is_running()
        && until.is_none_or(|until| view.definition.created <= until)
        && filters.matches_labels("label", labels)
        && (!filters.has("label!") || !filters.matches_labels("label!", labels))
}
