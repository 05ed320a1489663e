//! OCI layouts: `index.json`.

use std::collections::HashSet;
use std::sync::Arc;

use gantry_oci::{
    Descriptor, Digest, Index, Manifest, Platform, Reference, annotation, media_type,
};

use super::documents::{ArchiveFile, Candidate, Document, blob_path, parse, parse_name};
use super::session::Session;
use crate::limits::{IMAGES, STACK};
use crate::{Error, Result};

/// Indexes inside indexes.
const DEPTH: usize = 4;

/// The images of an index: all of them, but of one image for several platforms only the one that
/// fits this machine best.
pub(super) fn resolve(session: &mut Session<'_>, index: &Index) -> Result<Vec<Candidate>> {
    if index.manifests.is_empty() {
        return Err(Error::NotAnImage("index.json lists no image".to_owned()));
    }
    if index.manifests.len() > IMAGES {
        return Err(too_many("index.json"));
    }
    let mut groups: Vec<(Option<Reference>, Vec<&Descriptor>)> = Vec::new();
    for descriptor in &index.manifests {
        let name = name(descriptor)?;
        match groups
            .iter_mut()
            .find(|(other, _)| name.is_some() && *other == name)
        {
            Some((_, group)) => group.push(descriptor),
            None => groups.push((name, vec![descriptor])),
        }
    }
    let mut images = Vec::new();
    for (name, group) in groups {
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        let mut missing = None;
        for descriptor in group {
            if let Err(error) = collect(session, descriptor, DEPTH, &mut seen, &mut found) {
                missing = Some(error);
            }
        }
        let Some(mut image) = best(found) else {
            return Err(missing.unwrap_or_else(|| {
                Error::NotAnImage("index.json lists no image, only other artifacts".to_owned())
            }));
        };
        image.names.extend(name);
        merge(&mut images, image);
    }
    Ok(images)
}

/// One image under several names is listed once for each.
fn merge(images: &mut Vec<Candidate>, image: Candidate) {
    match images
        .iter_mut()
        .find(|other| other.config.digest == image.config.digest)
    {
        Some(other) => other.names.extend(image.names),
        None => images.push(image),
    }
}

/// The name that a descriptor carries. A bare tag, as skopeo and umoci write it, names no image.
fn name(descriptor: &Descriptor) -> Result<Option<Reference>> {
    if let Some(name) = descriptor.annotation(annotation::CONTAINERD_NAME) {
        return parse_name(name).map(Some);
    }
    match descriptor.annotation(annotation::REF_NAME) {
        Some(name) if name.contains(['/', ':']) => parse_name(name).map(Some),
        _ => Ok(None),
    }
}

fn is_attestation(descriptor: &Descriptor) -> bool {
    descriptor.annotation(annotation::REFERENCE_TYPE).is_some()
        || descriptor
            .platform
            .as_ref()
            .is_some_and(|platform| platform.os == "unknown")
}

fn too_many(what: &str) -> Error {
    Error::TooLarge {
        what: what.to_owned(),
        why: format!("an archive may have {IMAGES} images, and indexes only {DEPTH} deep"),
    }
}

/// A document of the archive, or of the store where the archive leaves out what is here.
fn document(session: &Session<'_>, digest: &Digest) -> Result<Option<Document>> {
    let found = session.files.document(&blob_path(digest))?;
    let stored = || session.store.small_blob(digest);
    Ok(found.or_else(|| {
        stored().map(|bytes| Document {
            bytes,
            digest: *digest,
        })
    }))
}

/// Collects the images that a descriptor leads to, as far as the archive holds them.
fn collect(
    session: &mut Session<'_>,
    descriptor: &Descriptor,
    depth: usize,
    seen: &mut HashSet<Digest>,
    found: &mut Vec<Candidate>,
) -> Result<()> {
    if is_attestation(descriptor) {
        return Ok(());
    }
    if !seen.insert(descriptor.digest) {
        return Ok(());
    }
    session.cancel.check()?;
    let path = blob_path(&descriptor.digest);
    let document = document(session, &descriptor.digest)?.ok_or_else(|| Error::Missing {
        what: format!("the manifest {}", descriptor.digest),
    })?;
    let document = document.bytes;
    if document.len() as u64 != descriptor.size {
        return Err(Error::SizeMismatch {
            what: format!("the manifest {}", descriptor.digest),
            expected: descriptor.size,
            got: document.len() as u64,
        });
    }
    if media_type::is_index(&descriptor.media_type) {
        let index: Index = parse(&document, &path)?;
        if depth == 0 || seen.len() + index.manifests.len() > IMAGES {
            return Err(too_many(&path));
        }
        let mut missing = Ok(());
        for descriptor in &index.manifests {
            // Layouts often hold one platform of an index that names many.
            match collect(session, descriptor, depth - 1, seen, found) {
                Err(error @ Error::Missing { .. }) => missing = Err(error),
                result => result?,
            }
        }
        return if found.is_empty() { missing } else { Ok(()) };
    }
    let manifest: Manifest = parse(&document, &path)?;
    if !media_type::is_image_config(&manifest.config.media_type) {
        return Ok(());
    }
    found.push(candidate(session, &manifest, document)?);
    Ok(())
}

fn candidate(
    session: &mut Session<'_>,
    manifest: &Manifest,
    bytes: Arc<[u8]>,
) -> Result<Candidate> {
    let config = document(session, &manifest.config.digest)?.ok_or_else(|| Error::Missing {
        what: format!("the image config {}", manifest.config.digest),
    })?;
    let size = config.bytes.len() as u64;
    if size != manifest.config.size {
        return Err(Error::SizeMismatch {
            what: format!("the image config {}", manifest.config.digest),
            expected: manifest.config.size,
            got: size,
        });
    }
    let parsed = session.config(&config)?;
    if manifest.layers.len() > STACK {
        return Err(Error::TooLarge {
            what: "the image".to_owned(),
            why: format!(
                "{} layers; an image may have {STACK}",
                manifest.layers.len()
            ),
        });
    }
    let layers = manifest
        .layers
        .iter()
        .map(|layer| layer_file(session, layer))
        .collect::<Result<_>>()?;
    let media_type = manifest.media_type().to_owned();
    Ok(Candidate {
        config,
        parsed,
        names: Vec::new(),
        layers,
        manifest: Some((bytes, media_type)),
    })
}

fn layer_file(session: &mut Session<'_>, layer: &Descriptor) -> Result<ArchiveFile> {
    let file = match session.files.layer(&blob_path(&layer.digest)) {
        Err(Error::Missing { what }) => match session.present(&layer.digest) {
            Some(present) => ArchiveFile::Present(Box::new(present)),
            None => return Err(Error::Missing { what }),
        },
        file => file?,
    };
    let got = match &file {
        ArchiveFile::Layer(number) => session.tickets[*number].size,
        ArchiveFile::Present(present) => present.record.blob.size,
        _ => layer.size,
    };
    if got != layer.size {
        let what = format!("the layer {}", layer.digest);
        return Err(Error::SizeMismatch {
            what,
            expected: layer.size,
            got,
        });
    }
    Ok(file)
}

/// The image that fits this machine best; without any that fits, the first.
fn best(mut found: Vec<Candidate>) -> Option<Candidate> {
    let host = Platform::host();
    let rank = |image: &Candidate| match image.parsed.platform().normalised() {
        platform if platform == host => 0,
        platform if platform.runs_on(&host) => 1,
        _ => 2,
    };
    let best = (0..found.len()).min_by_key(|&at| rank(&found[at]))?;
    Some(found.swap_remove(best))
}
