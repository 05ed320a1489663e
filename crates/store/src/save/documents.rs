//! The documents of an archive.

use std::collections::BTreeMap;

use gantry_oci::{
    ChainId, Descriptor, Digest, DockerManifest, Index, OciLayout, Repositories, annotation,
};
use serde::Serialize;

use super::selection::{Selected, Selection};
use crate::{Error, Result};

fn blob_path(digest: &Digest) -> String {
    format!("blobs/sha256/{}", digest.to_hex())
}

fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Error::Invalid {
        what: "a document".to_owned(),
        why: error.to_string(),
    })
}

/// The documents with their paths; with or without those that only Docker knows.
pub(super) fn all(selection: &Selection, docker: bool) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let mut documents = vec![("oci-layout", json(&OciLayout::default())?)];
    documents.push(("index.json", json(&index(selection))?));
    if docker {
        let manifests: Vec<_> = selection.images.iter().map(manifest).collect();
        documents.push(("manifest.json", json(&manifests)?));
        let repositories = repositories(selection);
        if !repositories.is_empty() {
            documents.push(("repositories", json(&repositories)?));
        }
    }
    Ok(documents)
}

/// One descriptor per name, with the annotations of Docker 25 and containerd.
fn index(selection: &Selection) -> Index {
    let mut manifests = Vec::new();
    for image in &selection.images {
        let manifest = &image.record.manifest;
        let mut descriptor = Descriptor::new(&manifest.media_type, manifest.digest, manifest.size);
        let platform = image.config.platform();
        descriptor.platform = (!platform.architecture.is_empty()).then_some(platform);
        if image.names.is_empty() {
            manifests.push(descriptor);
            continue;
        }
        for name in &image.names {
            let tag = name.tag().unwrap_or_default().to_owned();
            let annotations = BTreeMap::from([
                (annotation::CONTAINERD_NAME.to_owned(), name.to_string()),
                (annotation::REF_NAME.to_owned(), tag),
            ]);
            manifests.push(Descriptor {
                annotations: Some(annotations),
                ..descriptor.clone()
            });
        }
    }
    Index::oci(manifests)
}

fn manifest(image: &Selected) -> DockerManifest {
    let layers = &image.record.layers;
    let source = |layer: &crate::catalogue::LayerRecord| {
        let blob = &layer.blob;
        let descriptor = Descriptor::new(&blob.media_type, blob.digest, blob.size);
        (layer.diff_id.to_string(), descriptor)
    };
    DockerManifest {
        config: blob_path(&image.id.digest()),
        repo_tags: (!image.names.is_empty()).then(|| {
            image
                .names
                .iter()
                .map(gantry_oci::Reference::familiar)
                .collect()
        }),
        layers: Some(
            layers
                .iter()
                .map(|layer| blob_path(&layer.blob.digest))
                .collect(),
        ),
        parent: None,
        layer_sources: Some(layers.iter().map(source).collect()),
    }
}

/// For readers of the first format the id of a layer is any text; the topmost chain is a stable one.
fn repositories(selection: &Selection) -> Repositories {
    let mut repositories = Repositories::new();
    for image in &selection.images {
        let Some(top) = ChainId::stack(&image.record.diff_ids()).pop() else {
            continue;
        };
        for name in &image.names {
            if let Some(tag) = name.tag() {
                let tags = repositories.entry(name.familiar_repository()).or_default();
                tags.insert(tag.to_owned(), top.to_hex());
            }
        }
    }
    repositories
}
