//! Removing containers that nobody runs.

use std::sync::Arc;

use gantry_wire::{ContainersPruned, Timestamp};

use crate::container::{Containers, View};
use crate::core::Core;
use crate::request::RemoveOptions;
use crate::{Error, Filters, Result};

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
    Ok(pruned)
}

fn is_chosen(view: &View, filters: &Filters, until: Option<Timestamp>) -> bool {
    let labels = &view.definition.config.labels;
    !view.state.is_running()
        && until.is_none_or(|until| view.definition.created <= until)
        && filters.matches_labels("label", labels)
        && (!filters.has("label!") || !filters.matches_labels("label!", labels))
}

/// A time as Docker reads it: seconds since 1970, RFC 3339, or a length of time before now.
pub(crate) fn moment(text: &str, now: Timestamp) -> Result<Timestamp> {
    let invalid = || Error::Invalid(format!("invalid filter 'until=[{text}]'"));
    if let Ok(seconds) = text.parse::<i64>() {
        return Timestamp::from_second(seconds).map_err(|_| invalid());
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let span: jiff::SignedDuration = text.parse().map_err(|_| invalid())?;
    now.checked_sub(span).map_err(|_| invalid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_docker_reads_them() {
        let now = Timestamp::from_second(10_000).unwrap();
        let second = |text: &str| moment(text, now).unwrap().as_second();
        assert_eq!(second("1234"), 1234);
        assert_eq!(second("1970-01-01T00:01:00Z"), 60);
        assert_eq!(second("1h30m"), 10_000 - 5400);
        assert_eq!(second("10s"), 9990);
        assert!(moment("soon", now).is_err());
    }
}
