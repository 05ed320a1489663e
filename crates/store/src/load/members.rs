//! What the members of an archive are: layers, documents, links, or nothing.

use std::io::BufRead;

use gantry_oci::{Compression, Digest};

use super::documents::{ArchiveFile, Document, normalise};
use super::session::Session;
use crate::tarball::{Kind, Member, TarError, TarReader, looks_like_tar};
use crate::{Error, LayerState, Result};

/// Bytes that a member costs besides its name.
const NAME: usize = 128;
/// Enough to recognise a tar.
const HEAD: usize = 512;

impl Session<'_> {
    /// Takes one member of an archive.
    pub fn member<R: BufRead>(&mut self, member: &Member, reader: &mut TarReader<R>) -> Result<()> {
        self.cancel.check()?;
        let path = normalise(&String::from_utf8_lossy(&member.path));
        self.count((member.path.len() + member.link.len() + NAME) as u64)?;
        match member.kind {
            Kind::Symlink | Kind::Hardlink => {
                let link = String::from_utf8_lossy(&member.link);
                // A symlink is relative to its folder, a hardlink to the archive.
                let target = match (member.kind, path.rsplit_once('/')) {
                    (Kind::Symlink, Some((folder, _))) => format!("{folder}/{link}"),
                    _ => link.into_owned(),
                };
                self.files
                    .insert(path, ArchiveFile::Link(normalise(&target)));
                Ok(())
            }
            Kind::File if member.sparse.is_none() => self.file(path, member.size, reader),
            _ => Ok(()),
        }
    }

    fn file<R: BufRead>(
        &mut self,
        path: String,
        size: u64,
        reader: &mut TarReader<R>,
    ) -> Result<()> {
        let announced = announced(&path)?;
        let known = self.known.remove(&path);
        if let Some(present) = known.or_else(|| self.present(&announced?)) {
            self.report(
                &path,
                &present.record.blob.digest,
                LayerState::AlreadyHere,
                size,
                size,
            );
            self.files
                .insert(path, ArchiveFile::Present(Box::new(present)));
            return Ok(());
        }
        let failed = |error| Error::from_tar(error, &path);
        let mut head = Vec::with_capacity(HEAD);
        while head.len() < HEAD {
            let piece = reader.data().map_err(failed)?;
            let count = piece.len().min(HEAD - head.len());
            if count == 0 {
                break;
            }
            head.extend_from_slice(&piece[..count]);
            reader.consume(count);
        }
        let compression = Compression::detect(&head);
        let is_layer = compression != Compression::None
            || looks_like_tar(&head)
            || path.ends_with("layer.tar");
        if !is_layer {
            return self.document(path, size, head, announced, reader);
        }
        let mut spool = self.spool(path, Some(size), compression, announced)?;
        spool.append(&head)?;
        loop {
            let piece = reader
                .data()
                .map_err(|error| Error::from_tar(error, &spool.name))?;
            if piece.is_empty() {
                break;
            }
            spool.append(piece)?;
            let count = piece.len();
            reader.consume(count);
        }
        self.end_spool(spool)
    }

    fn document<R: BufRead>(
        &mut self,
        path: String,
        size: u64,
        head: Vec<u8>,
        announced: Option<Digest>,
        reader: &mut TarReader<R>,
    ) -> Result<()> {
        let limits = self.store.limits();
        if size > limits.document {
            // Something else, passed by, unless an image needs it.
            self.files.insert(path, ArchiveFile::Oversized(size));
            return Ok(());
        }
        self.count(size)?;
        let mut bytes = head;
        let rest = reader.read_all(limits.document);
        bytes.extend_from_slice(&rest.map_err(failed_in(&path))?);
        self.add_document(path, bytes, announced)
    }

    /// Adds a small file.
    pub fn add_document(
        &mut self,
        path: String,
        bytes: Vec<u8>,
        announced: Option<Digest>,
    ) -> Result<()> {
        let document = Document::from(bytes);
        if let Some(expected) = announced.filter(|expected| *expected != document.digest) {
            return Err(Error::DigestMismatch {
                what: path,
                expected,
                got: document.digest,
            });
        }
        self.files.insert(path, ArchiveFile::Document(document));
        Ok(())
    }
}

fn failed_in(name: &str) -> impl Fn(TarError) -> Error + use<> {
    let name = name.to_owned();
    move |error| Error::from_tar(error, &name)
}

/// The digest that a blob's path announces.
fn announced(path: &str) -> Result<Option<Digest>> {
    let Some(name) = path.strip_prefix("blobs/sha256/") else {
        return Ok(None);
    };
    let digest = Digest::from_hex(name);
    digest.map(Some).map_err(|error| Error::Invalid {
        what: path.to_owned(),
        why: error.to_string(),
    })
}
