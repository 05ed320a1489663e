//! Loading: one pass over an archive.
//!
//! ```text
//!  input ─ outer inflate ─ tar ─┬─ documents ───────────────────────────────► memory
//!                               └─ layers: hash + staged blob ┈┈► inflate + hash ─► unpack + index
//!                                          (reading thread)          (one worker per layer)
//! ```
//!
//! Which entries are layers, and of which image, may be said only at the end of an archive. So
//! everything that looks like a layer is staged and unpacked as it passes, and when the documents are
//! known, [`resolve`](self::documents) finds the images, everything is checked against its digest,
//! and only then [`adopt`](crate::adopt) makes it visible. The rest disappears with the staging
//! folder. Workers follow the staged blobs, so a slow disk or a slow layer never stops the reading,
//! and no layer is held in memory.

mod docker;
mod documents;
mod finish;
mod folder;
mod legacy;
mod oci;
mod session;
mod worker;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use gantry_oci::Compression;

use self::session::Session;
use crate::stream::{CountingReader, inflate};
use crate::tarball::{TarReader, looks_like_tar};
use crate::{CancelFlag, Error, Loaded, Progress, Result, Store};

const BUFFER: usize = 1 << 20;

impl Store {
    /// Loads all images of a tar stream: docker-archive or OCI archive, plain, gzip or zstd.
    ///
    /// Either all images of the archive are here afterwards or none is.
    pub fn load(
        &self,
        input: impl Read + Send,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<Vec<Loaded>> {
        self.load_stream(input, None, progress, cancel)
    }

    /// Loads an archive file or an OCI layout folder.
    pub fn load_path(
        &self,
        path: &Path,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<Vec<Loaded>> {
        let failed = |source| Error::io("opening", path, source);
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Session::run(self, progress, cancel, |session| {
                folder::read(session, path)
            });
        }
        let total = metadata.is_file().then_some(metadata.len());
        let loaded = self.load_stream(file, total, progress, cancel);
        // The size of the file says how much of a compressed stream there was.
        loaded.map_err(|error| match (error, total) {
            (
                Error::Truncated {
                    what,
                    got: 0,
                    expected: None,
                },
                Some(total),
            ) => Error::Truncated {
                what,
                got: total,
                expected: None,
            },
            (error, _) => error,
        })
    }

    fn load_stream(
        &self,
        input: impl Read + Send,
        total: Option<u64>,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<Vec<Loaded>> {
        let counted = CountingReader::new(input, total, progress, cancel);
        let mut input = BufReader::with_capacity(BUFFER, counted);
        let head = peek(&mut input)?;
        let compression = Compression::detect(head);
        if compression == Compression::None && !looks_like_tar(head) {
            return Err(not_a_tar(head));
        }
        Session::run(self, progress, cancel, |session| {
            if compression == Compression::None {
                return read_tar(session, input);
            }
            std::thread::scope(|scope| {
                let (mut chunks, _) = inflate(scope, input, compression, self.limits());
                let head = peek(&mut chunks)?;
                if !looks_like_tar(head) {
                    return Err(not_a_tar(head));
                }
                read_tar(session, chunks)
            })
        })
    }
}

/// The first bytes of a stream.
fn peek(input: &mut impl BufRead) -> Result<&[u8]> {
    input
        .fill_buf()
        .map_err(|error| Error::from_stream(error, "reading the archive", "the archive"))
}

fn not_a_tar(head: &[u8]) -> Error {
    let why = match head {
        [] => "the file is empty",
        [b'P', b'K', ..] => "it is a ZIP file",
        [0xfd, b'7', b'z', b'X', b'Z', ..] => {
            "it is compressed with xz, which image archives do not use"
        }
        [b'B', b'Z', b'h', ..] => "it is compressed with bzip2, which image archives do not use",
        [0x7f, b'E', b'L', b'F', ..] => "it is a program",
        _ if head.len() < 512 => "it is shorter than one block of a tar",
        _ => "it is no tar, gzip or zstd file",
    };
    Error::NotAnImage(why.to_owned())
}

fn read_tar(session: &mut Session<'_>, input: impl BufRead) -> Result<()> {
    let mut reader = TarReader::new(input);
    let failed = |error| Error::from_tar(error, "the archive");
    while let Some(member) = reader.next_member().map_err(failed)? {
        session.member(&member, &mut reader)?;
    }
    session.ended(reader.saw_end());
    // A compressed archive is checked to its end: its checksum comes last.
    loop {
        let count = peek(reader.input_mut())?.len();
        if count == 0 {
            return Ok(());
        }
        reader.input_mut().consume(count);
    }
}
