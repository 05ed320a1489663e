//! Docker's first format, before 1.10: a folder per layer with `json` and `layer.tar`, and the file
//! `repositories`. Each layer's document points to its parent; the topmost one is the image.

use gantry_oci::{HistoryItem, Repositories, RootFs};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::documents::{Candidate, Document, parse, parse_name};
use super::session::Session;
use crate::limits::{IMAGES, STACK};
use crate::{Error, Result};

/// Keys of the old document that the config does not have.
const DROPPED: [&str; 8] = [
    "id",
    "parent",
    "parent_id",
    "layer_id",
    "Size",
    "throwaway",
    "rootfs",
    "history",
];

#[derive(Deserialize)]
struct LayerDocument {
    #[serde(default)]
    parent: String,
    #[serde(default)]
    created: Option<String>,
    #[serde(default)]
    author: String,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    throwaway: bool,
    #[serde(default)]
    container_config: Option<Map<String, Value>>,
}

/// The images that `repositories` names.
pub(super) fn resolve(
    session: &mut Session<'_>,
    repositories: &Repositories,
) -> Result<Vec<Candidate>> {
    let mut images: Vec<(&str, Candidate)> = Vec::new();
    for (repository, tags) in repositories {
        for (tag, top) in tags {
            let name = parse_name(&format!("{repository}:{tag}"))?;
            if let Some((_, image)) = images.iter_mut().find(|(id, _)| id == top) {
                image.names.push(name);
                continue;
            }
            if images.len() == IMAGES {
                return Err(Error::TooLarge {
                    what: "repositories".to_owned(),
                    why: format!("an archive may have {IMAGES} images"),
                });
            }
            let mut image = candidate(session, top)?;
            image.names.push(name);
            images.push((top, image));
        }
    }
    if images.is_empty() {
        return Err(Error::NotAnImage("repositories names no image".to_owned()));
    }
    Ok(images.into_iter().map(|(_, image)| image).collect())
}

fn candidate(session: &mut Session<'_>, top: &str) -> Result<Candidate> {
    let mut chain = Vec::new();
    let mut id = top.to_owned();
    while !id.is_empty() {
        if chain.len() == STACK {
            return Err(Error::Invalid {
                what: format!("the layer {top}"),
                why: "its parents have no end".to_owned(),
            });
        }
        let path = format!("{id}/json");
        let document: LayerDocument = session.files.json(&path)?.ok_or_else(|| Error::Missing {
            what: format!("the layer {id}"),
        })?;
        let parent = document.parent.clone();
        chain.push((id, document));
        id = parent;
    }
    chain.reverse();
    let (mut layers, mut diff_ids, mut history) = (Vec::new(), Vec::new(), Vec::new());
    for (id, document) in chain {
        history.push(history_item(&document));
        if document.throwaway {
            continue;
        }
        let layer = session.files.layer(&format!("{id}/layer.tar"))?;
        diff_ids.push(session.diff_id_of(&layer)?);
        layers.push(layer);
    }
    let rootfs = RootFs {
        diff_ids,
        ..RootFs::default()
    };
    let config = Document::from(config(session, top, &rootfs, &history)?);
    let parsed = session.config(&config)?;
    Ok(Candidate {
        config,
        parsed,
        names: Vec::new(),
        layers,
        manifest: None,
    })
}

fn history_item(document: &LayerDocument) -> HistoryItem {
    let command = document
        .container_config
        .as_ref()
        .and_then(|config| config.get("Cmd"));
    let words = command
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    HistoryItem {
        created: document.created.clone(),
        created_by: words.collect::<Vec<_>>().join(" "),
        author: document.author.clone(),
        comment: document.comment.clone(),
        empty_layer: document.throwaway,
        other: Map::new(),
    }
}

/// The config that Docker itself makes of the topmost document.
fn config(
    session: &Session<'_>,
    top: &str,
    rootfs: &RootFs,
    history: &[HistoryItem],
) -> Result<Vec<u8>> {
    let path = format!("{top}/json");
    let bytes = session
        .files
        .document(&path)?
        .ok_or_else(|| Error::Missing {
            what: format!("the layer {top}"),
        })?;
    let mut document: Map<String, Value> = parse(&bytes.bytes, &path)?;
    document.retain(|key, _| !DROPPED.contains(&key.as_str()));
    let encode = || -> serde_json::Result<Vec<u8>> {
        document.insert("rootfs".to_owned(), serde_json::to_value(rootfs)?);
        document.insert("history".to_owned(), serde_json::to_value(history)?);
        serde_json::to_vec(&document)
    };
    let mut encode = encode;
    encode().map_err(|error| Error::Invalid {
        what: path.clone(),
        why: error.to_string(),
    })
}
