//! Docker's own format: `manifest.json`.

use gantry_oci::{Digest, DockerManifest, Index, Manifest};

use super::documents::{ArchiveFile, Candidate, Document, blob_path, parse, parse_name};
use super::session::Session;
use crate::limits::IMAGES;
use crate::{Error, Result};

/// The images that `manifest.json` lists.
pub(super) fn resolve(
    session: &mut Session<'_>,
    images: Vec<DockerManifest>,
) -> Result<Vec<Candidate>> {
    if images.is_empty() {
        return Err(Error::NotAnImage("manifest.json lists no image".to_owned()));
    }
    if images.len() > IMAGES {
        return Err(Error::TooLarge {
            what: "manifest.json".to_owned(),
            why: format!("{} images; an archive may have {IMAGES}", images.len()),
        });
    }
    // Docker 25 writes an OCI layout around the same blobs: its manifests are kept as they came.
    let index: Option<Index> = session.files.json("index.json").ok().flatten();
    images
        .into_iter()
        .map(|image| candidate(session, &image, index.as_ref()))
        .collect()
}

fn candidate(
    session: &mut Session<'_>,
    image: &DockerManifest,
    index: Option<&Index>,
) -> Result<Candidate> {
    let config = session
        .files
        .document(&image.config)?
        .ok_or_else(|| Error::Missing {
            what: format!("the image config {}", image.config),
        })?;
    check_name(&image.config, &config)?;
    let parsed = session.config(&config)?;
    let paths = image.layers.as_deref().unwrap_or_default();
    let diff_ids = &parsed.rootfs.diff_ids;
    if paths.len() != diff_ids.len() {
        return Err(Error::Invalid {
            what: "manifest.json".to_owned(),
            why: format!(
                "layers length mismatch: expected {}, got {}",
                diff_ids.len(),
                paths.len()
            ),
        });
    }
    let mut layers = Vec::new();
    for (path, diff_id) in paths.iter().zip(diff_ids) {
        // An archive may leave out a layer whose content its reader has.
        let layer = match session.files.layer(path) {
            Err(Error::Missing { what }) => match session.present_diff(diff_id) {
                Some(present) => ArchiveFile::Present(Box::new(present)),
                None => return Err(Error::Missing { what }),
            },
            layer => layer?,
        };
        layers.push(layer);
    }
    let names = image
        .repo_tags
        .iter()
        .flatten()
        .map(|name| parse_name(name));
    let names = names.collect::<Result<_>>()?;
    let manifest = index.and_then(|index| find_manifest(session, index, &config, &layers));
    Ok(Candidate {
        config,
        parsed,
        names,
        layers,
        manifest,
    })
}

/// Checks a config against its own file name, which is its digest where tools follow the custom:
/// `<64 digits>.json`, `sha256:<64 digits>` or a blob's path.
fn check_name(path: &str, config: &Document) -> Result<()> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let digits = name
        .strip_prefix("sha256:")
        .or(name.strip_suffix(".json"))
        .unwrap_or(name);
    let Ok(expected) = Digest::from_hex(digits) else {
        return Ok(());
    };
    let got = config.digest;
    if got == expected {
        return Ok(());
    }
    Err(Error::DigestMismatch {
        what: format!("the image config {path}"),
        expected,
        got,
    })
}

/// The OCI manifest of the same config and the same stored layers.
fn find_manifest(
    session: &Session<'_>,
    index: &Index,
    config: &Document,
    layers: &[ArchiveFile],
) -> Option<(std::sync::Arc<[u8]>, String)> {
    let id = config.digest;
    let blobs: Vec<Digest> = layers
        .iter()
        .filter_map(|layer| match layer {
            ArchiveFile::Layer(number) => Some(session.tickets[*number].blob),
            ArchiveFile::Present(present) => Some(present.record.blob.digest),
            _ => None,
        })
        .collect();
    index.manifests.iter().find_map(|descriptor| {
        let path = blob_path(&descriptor.digest);
        let bytes = session.files.document(&path).ok()??.bytes;
        let manifest: Manifest = parse(&bytes, "a manifest").ok()?;
        let same = manifest.config.digest == id
            && manifest
                .layers
                .iter()
                .map(|layer| layer.digest)
                .eq(blobs.iter().copied());
        same.then(|| (bytes, manifest.media_type().to_owned()))
    })
}
