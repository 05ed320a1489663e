//! Archives in a file: what is here already is passed over and not read.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use gantry_oci::DockerManifest;
use serde::de::DeserializeOwned;

use super::documents::{Document, PresentLayer, normalise};
use super::session::Session;
use crate::Result;
use crate::limits::IMAGES;
use crate::tarball::{Kind, TarReader};

/// Enough for a header: most of what follows is passed over.
const BUFFER: usize = 4096;
/// Members of an archive that are looked at before it is read; archives of images have fewer.
const MEMBERS: usize = 65_536;

/// How a reader gets past data that nobody wants.
pub(super) trait PassOver: BufRead {
    /// Passes over the next `count` bytes, which begin at `at`, or leaves them to be read.
    fn pass_over(&mut self, at: u64, count: u64) -> io::Result<bool>;
}

/// A stream that can only be read.
pub(super) struct Stream<R>(pub R);

/// A file of a known size.
pub(super) struct Seekable<R>(pub BufReader<R>, pub u64);

impl<R: BufRead> PassOver for Stream<R> {
    fn pass_over(&mut self, _at: u64, _count: u64) -> io::Result<bool> {
        Ok(false)
    }
}

impl<R: Read + Seek> PassOver for Seekable<R> {
    fn pass_over(&mut self, at: u64, count: u64) -> io::Result<bool> {
        // One may seek beyond the end of a file, and would not notice that it was cut.
        if at.saturating_add(count) > self.1 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.0
            .seek_relative(i64::try_from(count).map_err(io::Error::other)?)?;
        Ok(true)
    }
}

macro_rules! read_inner {
    ($name:ident, $bound:path, $inner:ty) => {
        impl<R: $bound> Read for $name<R>
        where
            $inner: BufRead,
        {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.0.read(buffer)
            }
        }

        impl<R: $bound> BufRead for $name<R>
        where
            $inner: BufRead,
        {
            fn fill_buf(&mut self) -> io::Result<&[u8]> {
                self.0.fill_buf()
            }

            fn consume(&mut self, count: usize) {
                self.0.consume(count);
            }
        }
    };
}

read_inner!(Stream, BufRead, R);
read_inner!(Seekable, Read, BufReader<R>);

/// Finds the layers of a docker-archive that are here already, by path, from the documents alone.
///
/// In the older form of that archive a layer's path does not tell its digest, and the documents that
/// do come last. What cannot be understood here is left for the pass that reports errors.
pub(super) fn present_layers(
    session: &mut Session<'_>,
    file: &File,
) -> Result<HashMap<String, PresentLayer>> {
    let mut present = HashMap::new();
    let Some(files) = positions(file) else {
        return Ok(present);
    };
    let limit = session.store.limits().document;
    let Some(images) = json::<Vec<DockerManifest>>(file, &files, "manifest.json", limit) else {
        return Ok(present);
    };
    for image in images.into_iter().take(IMAGES) {
        session.cancel.check()?;
        let config = bytes(file, &files, &image.config, limit).map(Document::from);
        let Some(config) = config.and_then(|document| session.config(&document).ok()) else {
            continue;
        };
        for (path, diff_id) in image.layers.iter().flatten().zip(&config.rootfs.diff_ids) {
            if let Some(layer) = session.present_diff(diff_id) {
                present.insert(normalise(path), layer);
            }
        }
    }
    Ok(present)
}

/// Where the content of each file of the archive lies.
fn positions(file: &File) -> Option<HashMap<String, (u64, u64)>> {
    let mut file = file.try_clone().ok()?;
    file.rewind().ok()?;
    let mut reader = TarReader::new(BufReader::with_capacity(BUFFER, file));
    let mut files = HashMap::new();
    while let Some(member) = reader.next_member().ok()? {
        if files.len() == MEMBERS {
            return None;
        }
        if member.kind == Kind::File && member.sparse.is_none() {
            let path = normalise(&String::from_utf8_lossy(&member.path));
            files.insert(path, (reader.offset(), member.size));
        }
        let rest = reader.skip_by_seeking();
        reader
            .input_mut()
            .seek_relative(i64::try_from(rest).ok()?)
            .ok()?;
    }
    Some(files)
}

fn bytes(
    file: &File,
    files: &HashMap<String, (u64, u64)>,
    path: &str,
    limit: u64,
) -> Option<Vec<u8>> {
    let (offset, size) = *files.get(&normalise(path))?;
    if size > limit {
        return None;
    }
    let mut file = file.try_clone().ok()?;
    file.seek(SeekFrom::Start(offset)).ok()?;
    let mut bytes = Vec::new();
    file.take(size).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn json<T: DeserializeOwned>(
    file: &File,
    files: &HashMap<String, (u64, u64)>,
    path: &str,
    limit: u64,
) -> Option<T> {
    serde_json::from_slice(&bytes(file, files, path, limit)?).ok()
}
