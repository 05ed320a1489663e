//! OCI layout folders.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use gantry_oci::{Compression, Descriptor, Digest, Index, Manifest, media_type};
use rustix::fs::{Mode, OFlags, ResolveFlags};

use super::documents::{ArchiveFile, blob_path, parse};
use super::session::Session;
use crate::{Error, Result};

const BUFFER: usize = 1 << 20;
const BLOBS: usize = 65_536;
/// Indexes inside indexes: more than the images' own search goes through.
const DEPTH: usize = 8;

/// Reads from a layout what its index leads to.
pub(super) fn read(session: &mut Session<'_>, path: &Path) -> Result<()> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = rustix::fs::open(path, flags, Mode::empty())
        .map_err(|error| Error::io("opening", path, error))?;
    let mut layout = Folder {
        path,
        root,
        seen: HashSet::new(),
    };
    let Some(index) = layout.small(session, "index.json")? else {
        return Err(Error::NotAnImage("the folder has no index.json".to_owned()));
    };
    let parsed: Index = parse(&index, "index.json")?;
    session.add_document("index.json".to_owned(), index, None)?;
    for descriptor in &parsed.manifests {
        layout.manifest(session, descriptor, DEPTH)?;
    }
    Ok(())
}

struct Folder<'a> {
    path: &'a Path,
    root: OwnedFd,
    seen: HashSet<Digest>,
}

impl Folder<'_> {
    /// Opens a file of the layout; links must not lead out of it.
    fn open(&self, name: &str) -> Result<Option<File>> {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let opened = rustix::fs::openat2(self.root.as_fd(), name, flags, Mode::empty(), resolve);
        match opened {
            Ok(file) => {
                let file = File::from(file);
                if file.metadata().is_ok_and(|found| found.is_file()) {
                    return Ok(Some(file));
                }
                Err(Error::Invalid {
                    what: name.to_owned(),
                    why: "it is no file".to_owned(),
                })
            }
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(rustix::io::Errno::XDEV | rustix::io::Errno::LOOP) => Err(Error::Invalid {
                what: name.to_owned(),
                why: "it is a link that leads out of the folder".to_owned(),
            }),
            Err(error) => Err(Error::io("opening", self.path.join(name), error)),
        }
    }

    fn small(&self, session: &Session<'_>, name: &str) -> Result<Option<Vec<u8>>> {
        let Some(file) = self.open(name)? else {
            return Ok(None);
        };
        let limit = session.store.limits().document;
        let mut bytes = Vec::new();
        let read = file.take(limit + 1).read_to_end(&mut bytes);
        read.map_err(|source| Error::io("reading", self.path.join(name), source))?;
        if bytes.len() as u64 > limit {
            return Err(Error::TooLarge {
                what: name.to_owned(),
                why: format!("a document of more than {limit} bytes"),
            });
        }
        Ok(Some(bytes))
    }

    /// Adds a manifest or index and what it leads to. What is missing is missed later, by name.
    fn manifest(
        &mut self,
        session: &mut Session<'_>,
        descriptor: &Descriptor,
        depth: usize,
    ) -> Result<()> {
        let enough = depth == 0 || self.seen.len() > BLOBS;
        if enough || !self.seen.insert(descriptor.digest) {
            return Ok(());
        }
        session.cancel.check()?;
        let path = blob_path(&descriptor.digest);
        let Some(bytes) = self.small(session, &path)? else {
            return Ok(());
        };
        session.count(bytes.len() as u64)?;
        session.add_document(path.clone(), bytes.clone(), Some(descriptor.digest))?;
        if media_type::is_index(&descriptor.media_type) {
            let index: Index = parse(&bytes, &path)?;
            for descriptor in &index.manifests {
                self.manifest(session, descriptor, depth - 1)?;
            }
            return Ok(());
        }
        let manifest: Manifest = parse(&bytes, &path)?;
        if !media_type::is_image_config(&manifest.config.media_type) {
            return Ok(());
        }
        let config = blob_path(&manifest.config.digest);
        if let Some(bytes) = self.small(session, &config)? {
            session.count(bytes.len() as u64)?;
            session.add_document(config, bytes, Some(manifest.config.digest))?;
        }
        for layer in &manifest.layers {
            self.layer(session, layer)?;
        }
        Ok(())
    }

    fn layer(&mut self, session: &mut Session<'_>, layer: &Descriptor) -> Result<()> {
        if !self.seen.insert(layer.digest) {
            return Ok(());
        }
        let name = blob_path(&layer.digest);
        if let Some(present) = session.present(&layer.digest) {
            let size = present.record.blob.size;
            session.report(
                &name,
                &layer.digest,
                crate::LayerState::AlreadyHere,
                size,
                size,
            );
            session
                .files
                .insert(name, ArchiveFile::Present(Box::new(present)));
            return Ok(());
        }
        let Some(file) = self.open(&name)? else {
            return Ok(());
        };
        let failed = |source| Error::io("reading", self.path.join(&name), source);
        let mut input = BufReader::with_capacity(BUFFER, file);
        let compression = Compression::detect(input.fill_buf().map_err(failed)?);
        let mut spool = session.spool(
            name.clone(),
            Some(layer.size),
            compression,
            Some(layer.digest),
        )?;
        loop {
            let piece = input.fill_buf().map_err(failed)?;
            if piece.is_empty() {
                return session.end_spool(spool);
            }
            spool.append(piece)?;
            let count = piece.len();
            input.consume(count);
        }
    }
}
