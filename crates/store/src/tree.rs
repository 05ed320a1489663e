//! Plain trees: the files of a volume, from a tar.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use gantry_oci::Compression;

use crate::load::{load_failed, open_file};
use crate::stream::{CountingReader, inflate};
use crate::tarball::looks_like_tar;
use crate::unpack::{DIFF, INDEX, UnpackContext, Whiteouts, unpack};
use crate::{CancelFlag, Error, Limits, Progress, Result, Store};

const BUFFER: usize = 1 << 20;
/// What the stream is called in errors.
pub(crate) const ARCHIVE: &str = "the archive";

/// Hands a tar on that comes plain, or compressed with gzip or zstd.
pub(crate) fn with_tar(
    input: impl Read + Send,
    limits: &Limits,
    work: impl FnOnce(&mut dyn BufRead) -> Result<()>,
) -> Result<()> {
    let mut input = BufReader::with_capacity(BUFFER, input);
    let reading = |error| Error::from_stream(error, "reading the archive", ARCHIVE);
    let head = input.fill_buf().map_err(reading)?;
    let compression = Compression::detect(head);
    if compression == Compression::None {
        if !looks_like_tar(head) {
            return Err(load_failed(head));
        }
        return work(&mut input);
    }
    std::thread::scope(|scope| {
        let (mut chunks, thread) = inflate(scope, input, compression, limits);
        work(&mut chunks)?;
        drop(chunks);
        thread.join().ok().flatten().ok_or(Error::Cancelled)
    })?;
    Ok(())
}

impl Store {
    /// Unpacks a tar (plain, gzip or zstd) below `folder`, which must be empty, and returns where
    /// the files lie in it. Nothing is written outside, as with layers; the names of whiteouts
    /// are names like any other. What a failure leaves in `folder` is the caller's to remove.
    pub fn unpack_tree(
        &self,
        archive: &Path,
        folder: &Path,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<PathBuf> {
        let (file, metadata) = open_file(archive)?;
        let total = metadata.is_file().then_some(metadata.len());
        self.unpack_tree_from(file, total, folder, progress, cancel)
    }

    /// The same of a stream, of `total` bytes where that is known.
    pub fn unpack_tree_from(
        &self,
        input: impl Read + Send,
        total: Option<u64>,
        folder: &Path,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<PathBuf> {
        let context = UnpackContext {
            name: ARCHIVE,
            powers: self.powers(),
            limits: self.limits(),
            whiteouts: Whiteouts::Names,
            cancel,
        };
        let counted = CountingReader::new(input, total, progress, cancel);
        with_tar(counted, self.limits(), |tar| {
            unpack(tar, folder, &context).map(drop)
        })?;
        let index = folder.join(INDEX);
        fs::remove_file(&index).map_err(|source| Error::io("removing", &index, source))?;
        Ok(folder.join(DIFF))
    }
}
