//! Names of images: giving one more, taking one away.

use gantry_view::{Failure, RemoveImage, Removed, TagImage};
use gantry_wire::{ImageDeleteItem, gantry};

use crate::{Desk, failure::failure};

pub(crate) async fn tag(desk: &Desk, request: TagImage) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let (repository, tag) = split(request.reference.trim());
    let tagged = client.tag_image(&request.id, repository, tag).await;
    tagged.map_err(failure)
}

pub(crate) async fn remove(desk: &Desk, request: RemoveImage) -> Result<Removed, Failure> {
    let client = desk.link().client().await?;
    if request.undo_ms == 0 {
        let removed = client.remove_image(&request.reference, request.force).await;
        let lines = removed.map_err(failure)?.into_iter().map(line);
        return Ok(Removed {
            undo: None,
            lines: lines.collect(),
        });
    }
    let later = gantry::RemoveImage {
        image: request.reference,
        force: request.force,
        undo_ms: Some(request.undo_ms.into()),
    };
    let removed = client.remove_image_later(&later).await.map_err(failure)?;
    Ok(Removed {
        undo: removed.undo,
        lines: removed.lines,
    })
}

/// As Docker prints it.
fn line(item: ImageDeleteItem) -> String {
    match item {
        ImageDeleteItem::Untagged(name) => format!("Untagged: {name}"),
        ImageDeleteItem::Deleted(id) => format!("Deleted: {id}"),
    }
}

/// Repository and tag. A colon before a slash belongs to the registry's port.
fn split(reference: &str) -> (&str, Option<&str>) {
    match reference.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (reference, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_not_a_tag() {
        assert_eq!(split("a/b:1"), ("a/b", Some("1")));
        assert_eq!(split("localhost:5000/b"), ("localhost:5000/b", None));
        assert_eq!(split("b"), ("b", None));
    }
}
