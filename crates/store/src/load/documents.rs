//! What an archive contains, by path.

use std::collections::HashMap;
use std::sync::Arc;

use gantry_oci::{Digest, ImageConfig, Reference};
use serde::de::DeserializeOwned;

use crate::catalogue::LayerRecord;
use crate::layer::LayerFacts;
use crate::limits::STACK;
use crate::{Error, Result};

/// Links to links to links… old archives have one step.
const LINKS: usize = 8;

/// A file of the archive.
#[derive(Debug, Clone)]
pub(crate) enum ArchiveFile {
    /// Small enough to be a document.
    Document(Document),
    /// Too large to be a document, and no layer: its size.
    Oversized(u64),
    /// A layer that is being staged: its number.
    Layer(usize),
    /// A blob of a layer that is here already.
    Present(Box<PresentLayer>),
    /// Another path of the archive.
    Link(String),
}

/// A document with its digest.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub bytes: Arc<[u8]>,
    pub digest: Digest,
}

impl From<Vec<u8>> for Document {
    fn from(bytes: Vec<u8>) -> Self {
        let digest = Digest::of(&bytes);
        let bytes = bytes.into();
        Self { bytes, digest }
    }
}

/// A layer that is here already.
#[derive(Debug, Clone)]
pub(crate) struct PresentLayer {
    pub record: LayerRecord,
    pub facts: LayerFacts,
}

/// The files of the archive.
#[derive(Debug, Default)]
pub(crate) struct ArchiveFiles(HashMap<String, ArchiveFile>);

/// An image that the documents describe.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub config: Document,
    pub parsed: Arc<ImageConfig>,
    pub names: Vec<Reference>,
    /// Lowest first.
    pub layers: Vec<ArchiveFile>,
    /// The manifest as it came, with its media type.
    pub manifest: Option<(Arc<[u8]>, String)>,
}

/// The path of a blob inside a layout.
pub(super) fn blob_path(digest: &Digest) -> String {
    format!("blobs/sha256/{}", digest.to_hex())
}

/// A path without `./` in front and without empty parts; `..` goes up, at most to the top.
pub(super) fn normalise(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

impl ArchiveFiles {
    pub fn insert(&mut self, path: String, file: ArchiveFile) {
        self.0.insert(path, file);
    }

    /// The file at `path`, links followed.
    pub fn get(&self, path: &str) -> Option<&ArchiveFile> {
        let mut file = self.0.get(&normalise(path))?;
        for _ in 0..LINKS {
            match file {
                ArchiveFile::Link(target) => file = self.0.get(target)?,
                file => return Some(file),
            }
        }
        None
    }

    /// The layer at `path`.
    pub fn layer(&self, path: &str) -> Result<ArchiveFile> {
        match self.get(path) {
            Some(file @ (ArchiveFile::Layer(_) | ArchiveFile::Present(_))) => Ok(file.clone()),
            Some(_) => Err(Error::Invalid {
                what: path.to_owned(),
                why: "it is named as a layer and is no tar".to_owned(),
            }),
            None => Err(Error::Missing {
                what: format!("the layer {path}"),
            }),
        }
    }

    /// The document at `path`, when there is one.
    pub fn document(&self, path: &str) -> Result<Option<Document>> {
        match self.get(path) {
            Some(ArchiveFile::Document(document)) => Ok(Some(document.clone())),
            Some(ArchiveFile::Oversized(size)) => Err(Error::TooLarge {
                what: path.to_owned(),
                why: format!("{size} bytes are more than documents may have"),
            }),
            _ => Ok(None),
        }
    }

    /// The parsed document at `path`, when there is one.
    pub fn json<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>> {
        self.document(path)?
            .map(|document| parse(&document.bytes, path))
            .transpose()
    }
}

/// Parses a document.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| Error::Invalid {
        what: what.to_owned(),
        why: error.to_string(),
    })
}

/// Parses an image config.
pub(super) fn parse_config(bytes: &[u8]) -> Result<ImageConfig> {
    let config: ImageConfig = parse(bytes, "the image config")?;
    if config.rootfs.kind != "layers" {
        return Err(Error::Invalid {
            what: "the image config".to_owned(),
            why: format!("rootfs of type {:?}", config.rootfs.kind),
        });
    }
    if config.rootfs.diff_ids.len() > STACK {
        return Err(Error::TooLarge {
            what: "the image".to_owned(),
            why: format!(
                "{} layers; an image may have {STACK}",
                config.rootfs.diff_ids.len()
            ),
        });
    }
    Ok(config)
}

/// Parses a name that an archive gives an image.
pub(super) fn parse_name(text: &str) -> Result<Reference> {
    let name: Reference = text.parse().map_err(|source| Error::Reference {
        text: text.to_owned(),
        source,
    })?;
    Ok(name.or_latest())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_inside_the_archive() {
        let mut files = ArchiveFiles::default();
        files.insert("a/layer.tar".to_owned(), ArchiveFile::Layer(3));
        files.insert(
            "b/layer.tar".to_owned(),
            ArchiveFile::Link("a/layer.tar".to_owned()),
        );
        files.insert("loop".to_owned(), ArchiveFile::Link("loop".to_owned()));
        assert!(matches!(
            files.layer("./b/layer.tar"),
            Ok(ArchiveFile::Layer(3))
        ));
        assert!(files.get("loop").is_none());
        assert_eq!(normalise("b/../../../a//./x"), "a/x");
    }
}
