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
//! known, `Session::resolve` finds the images, everything is checked against its digest,
//! and only then `adopt` makes it visible. The rest disappears with the staging
//! folder. Workers follow the staged blobs, so a slow disk or a slow layer never stops the reading,
//! and no layer is held in memory.

mod docker;
mod documents;
mod finish;
mod folder;
mod legacy;
mod members;
mod oci;
mod remote;
mod seek;
mod session;
mod spool;
mod worker;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use gantry_oci::Compression;

pub(crate) use self::documents::{ArchiveFile, Candidate, Document};
pub(crate) use self::remote::candidate as remote_candidate;
use self::seek::{PassOver, Seekable, Stream};
pub(crate) use self::session::Session;
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
        let (file, metadata) = open_file(path)?;
        if metadata.is_dir() {
            return Session::load(self, progress, cancel, |session| {
                folder::read(session, path)
            });
        }
        if !metadata.is_file() {
            return Err(Error::NotAnImage(
                "it is neither a file nor a folder".to_owned(),
            ));
        }
        let total = metadata.len();
        let head = head_of(&file).map_err(|source| Error::io("reading", path, source))?;
        let plain = looks_like_tar(&head);
        let loaded = if plain {
            self.load_file(file, total, progress, cancel)
        } else {
            self.load_stream(file, Some(total), progress, cancel)
        };
        // The size of the file says how much of a stream there was.
        loaded.map_err(|error| match error {
            Error::Truncated {
                what,
                got: 0,
                expected: None,
            } => Error::Truncated {
                what,
                got: total,
                expected: None,
            },
            error => error,
        })
    }

    /// Loads an uncompressed archive from a file, passing over what is here already.
    fn load_file(
        &self,
        file: File,
        total: u64,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<Vec<Loaded>> {
        Session::load(self, progress, cancel, |session| {
            session.known = seek::present_layers(session, &file)?;
            // Looking around moved the position, which all handles of the file share.
            (&file)
                .rewind()
                .map_err(|error| Error::from_stream(error, "reading the archive", "the archive"))?;
            let counted = CountingReader::new(&file, Some(total), progress, cancel);
            let input = BufReader::with_capacity(BUFFER, counted);
            read_tar(session, Seekable(input, total))
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
            return Err(load_failed(head));
        }
        Session::load(self, progress, cancel, |session| {
            if compression == Compression::None {
                return read_tar(session, Stream(input));
            }
            std::thread::scope(|scope| {
                let (mut chunks, _) = inflate(scope, input, compression, self.limits());
                let head = peek(&mut chunks)?;
                if !looks_like_tar(head) {
                    return Err(load_failed(head));
                }
                read_tar(session, Stream(chunks))
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

/// Opens what somebody named. A pipe that nobody writes would otherwise be opened for ever.
pub(crate) fn open_file(path: &Path) -> Result<(File, std::fs::Metadata)> {
    let failed = |source| Error::io("opening", path, source);
    let file = File::options()
        .read(true)
        .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
        .open(path)
        .map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    Ok((file, metadata))
}

/// Why something that begins like this cannot be read.
pub(crate) fn load_failed(head: &[u8]) -> Error {
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

/// The first block of a file, which stays where it is.
fn head_of(file: &File) -> std::io::Result<Vec<u8>> {
    let mut head = vec![0; 512];
    let count = std::os::unix::fs::FileExt::read_at(file, &mut head, 0)?;
    head.truncate(count);
    Ok(head)
}

fn read_tar(session: &mut Session<'_>, input: impl PassOver) -> Result<()> {
    let mut reader = TarReader::new(input);
    let failed = |error| Error::from_tar(error, "the archive");
    let reading = |error| Error::from_stream(error, "reading the archive", "the archive");
    while let Some(member) = reader.next_member().map_err(failed)? {
        session.member(&member, &mut reader)?;
        // What the session did not take, it does not want.
        let rest = reader.left();
        let at = reader.offset();
        let passed = rest > 0 && reader.input_mut().pass_over(at, rest).map_err(reading)?;
        if passed {
            reader.skip_by_seeking();
        }
    }
    session.ended(reader.saw_end());
    if reader.input_mut().pass_over(0, 0).map_err(reading)? {
        return Ok(());
    }
    // A compressed archive is checked to its end: its checksum comes last.
    loop {
        let count = peek(reader.input_mut())?.len();
        if count == 0 {
            return Ok(());
        }
        reader.input_mut().consume(count);
    }
}
