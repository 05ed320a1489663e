//! OCI layouts: `index.json`.

use std::sync::Arc;

use gantry_oci::{Descriptor, Index, Manifest, Platform, Reference, annotation, media_type};

use super::documents::{ArchiveFile, Candidate, blob_path, parse, parse_config, parse_name};
use super::session::Session;
use crate::{Error, Result};

/// Indexes inside indexes.
const DEPTH: usize = 4;
/// Manifests of one archive.
const MANIFESTS: usize = 4096;

/// The images of an index: all of them, but of one image for several platforms only the one that
/// fits this machine best.
pub(super) fn resolve(session: &mut Session<'_>, index: &Index) -> Result<Vec<Candidate>> {
    if index.manifests.is_empty() {
        return Err(Error::NotAnImage("index.json lists no image".to_owned()));
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
        let mut found = Vec::new();
        let mut missing = None;
        for descriptor in group {
            if let Err(error) = collect(session, descriptor, DEPTH, &mut found) {
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
    match images.iter_mut().find(|other| other.config == image.config) {
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

/// Collects the images that a descriptor leads to, as far as the archive holds them.
fn collect(
    session: &mut Session<'_>,
    descriptor: &Descriptor,
    depth: usize,
    found: &mut Vec<Candidate>,
) -> Result<()> {
    if is_attestation(descriptor) {
        return Ok(());
    }
    let path = blob_path(&descriptor.digest);
    let document = session
        .files
        .document(&path)
        .or_else(|| session.store.small_blob(&descriptor.digest))
        .ok_or_else(|| Error::Missing {
            what: format!("the manifest {}", descriptor.digest),
        })?;
    if document.len() as u64 != descriptor.size {
        return Err(Error::SizeMismatch {
            what: format!("the manifest {}", descriptor.digest),
            expected: descriptor.size,
            got: document.len() as u64,
        });
    }
    if media_type::is_index(&descriptor.media_type) {
        let index: Index = parse(&document, &path)?;
        if depth == 0 || found.len() + index.manifests.len() > MANIFESTS {
            return Err(Error::TooLarge {
                what: path,
                why: "indexes inside indexes".to_owned(),
            });
        }
        let mut missing = Ok(());
        for descriptor in &index.manifests {
            // Layouts often hold one platform of an index that names many.
            match collect(session, descriptor, depth - 1, found) {
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
    document: Arc<[u8]>,
) -> Result<Candidate> {
    let config = session
        .files
        .document(&blob_path(&manifest.config.digest))
        .or_else(|| session.store.small_blob(&manifest.config.digest))
        .ok_or_else(|| Error::Missing {
            what: format!("the image config {}", manifest.config.digest),
        })?;
    parse_config(&config)?;
    let layers = manifest
        .layers
        .iter()
        .map(|layer| layer_file(session, layer))
        .collect::<Result<_>>()?;
    let media_type = manifest.media_type().to_owned();
    Ok(Candidate {
        config,
        names: Vec::new(),
        layers,
        manifest: Some((document, media_type)),
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
    let rank = |image: &Candidate| {
        let platform = parse_config(&image.config).map(|config| config.platform().normalised());
        match platform {
            Ok(platform) if platform == host => 0,
            Ok(platform) if platform.runs_on(&host) => 1,
            _ => 2,
        }
    };
    let best = (0..found.len()).min_by_key(|&at| rank(&found[at]))?;
    Some(found.swap_remove(best))
}
