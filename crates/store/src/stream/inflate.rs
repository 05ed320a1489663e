//! Decompression on a thread of its own.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use gantry_oci::{Compression, DiffId, Hasher};

use crate::limits::Limits;
use crate::{Error, Result};

/// A piece of a stream that several threads may read.
pub(crate) type Chunk = Arc<Vec<u8>>;

pub(crate) const CHUNK: usize = 1 << 18;
/// Chunks in flight: two megabytes.
const CHUNKS: usize = 8;

/// What a decompression found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inflated {
    pub diff_id: DiffId,
    pub size: u64,
}

/// Decompresses `input` on a thread of `scope`, hashing on the way. The thread ends when the stream
/// does or when the reader is dropped.
pub(crate) fn inflate<'scope>(
    scope: &'scope Scope<'scope, '_>,
    input: impl BufRead + Send + 'scope,
    compression: Compression,
    limits: &Limits,
) -> (ChunkReader, ScopedJoinHandle<'scope, Option<Inflated>>) {
    let (sender, chunks) = sync_channel(CHUNKS);
    let guard = Guard::new(limits);
    let thread = scope.spawn(move || {
        let result = decompress(input, compression, guard, &sender);
        result
            .map_err(|error| {
                // Nobody reads any more: then nobody wants to know either.
                let _ = sender.send(Err(error));
            })
            .ok()
            .flatten()
    });
    (
        ChunkReader {
            chunks,
            current: Chunk::default(),
            used: 0,
        },
        thread,
    )
}

/// Refuses streams that grow beyond reason.
struct Guard {
    base: u64,
    ratio: u64,
}

impl Guard {
    fn new(limits: &Limits) -> Self {
        Self {
            base: limits.inflated_base,
            ratio: limits.inflated_ratio,
        }
    }

    fn check(&self, taken: u64, given: u64) -> Result<()> {
        if given <= self.base.saturating_add(taken.saturating_mul(self.ratio)) {
            return Ok(());
        }
        Err(Error::TooLarge {
            what: "a compressed layer or archive".to_owned(),
            why: format!("{taken} bytes grew to more than {given}"),
        })
    }
}

/// Counts the compressed bytes.
struct Taken<R> {
    input: R,
    bytes: u64,
}

impl<R: BufRead> Read for Taken<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Taken<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.bytes += count as u64;
        self.input.consume(count);
    }
}

/// A decoder that still gives access to its input.
enum Decoder<'a, R: BufRead> {
    Plain(Taken<R>),
    Gzip(Box<flate2::bufread::MultiGzDecoder<Taken<R>>>),
    Zstd(zstd::stream::read::Decoder<'a, Taken<R>>),
}

impl<R: BufRead> Decoder<'_, R> {
    fn new(input: R, compression: Compression) -> io::Result<Self> {
        let input = Taken { input, bytes: 0 };
        Ok(match compression {
            Compression::None => Self::Plain(input),
            Compression::Gzip => Self::Gzip(Box::new(flate2::bufread::MultiGzDecoder::new(input))),
            Compression::Zstd => Self::Zstd(zstd::stream::read::Decoder::with_buffer(input)?),
        })
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(input) => input.read(buffer),
            Self::Gzip(decoder) => decoder.read(buffer),
            Self::Zstd(decoder) => decoder.read(buffer),
        }
    }

    fn taken(&self) -> u64 {
        match self {
            Self::Plain(input) => input.bytes,
            Self::Gzip(decoder) => decoder.get_ref().bytes,
            Self::Zstd(decoder) => decoder.get_ref().bytes,
        }
    }
}

/// A broken compressed stream is the archive's fault, a failing input is not.
fn explain(error: io::Error, taken: u64) -> io::Error {
    if error
        .get_ref()
        .is_some_and(<dyn std::error::Error + Send + Sync>::is::<Error>)
    {
        return error;
    }
    let what = "the compressed data".to_owned();
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Error::Truncated {
            what,
            got: taken,
            expected: None,
        }
        .into_stream(),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::Other => {
            Error::Invalid {
                what,
                why: error.to_string(),
            }
            .into_stream()
        }
        _ => error,
    }
}

fn decompress(
    input: impl BufRead,
    compression: Compression,
    guard: Guard,
    sender: &SyncSender<io::Result<Chunk>>,
) -> io::Result<Option<Inflated>> {
    let mut decoder = Decoder::new(input, compression)?;
    let (mut hasher, mut size) = (Hasher::default(), 0_u64);
    loop {
        let mut chunk = vec![0; CHUNK];
        let mut filled = 0;
        while filled < CHUNK {
            match decoder.read(&mut chunk[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(explain(error, decoder.taken())),
            }
        }
        size += filled as u64;
        guard
            .check(decoder.taken(), size)
            .map_err(Error::into_stream)?;
        chunk.truncate(filled);
        hasher.update(&chunk);
        if filled > 0 && sender.send(Ok(Arc::new(chunk))).is_err() {
            return Ok(None);
        }
        if filled < CHUNK {
            return Ok(Some(Inflated {
                diff_id: DiffId(hasher.finish()),
                size,
            }));
        }
    }
}

/// Reads what another thread sends.
pub(crate) struct ChunkReader {
    chunks: Receiver<io::Result<Chunk>>,
    current: Chunk,
    used: usize,
}

impl ChunkReader {
    /// A reader and the sender that feeds it.
    pub fn pair() -> (SyncSender<io::Result<Chunk>>, Self) {
        let (sender, chunks) = sync_channel(CHUNKS);
        (
            sender,
            Self {
                chunks,
                current: Chunk::default(),
                used: 0,
            },
        )
    }
}

impl BufRead for ChunkReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.used == self.current.len() {
            match self.chunks.recv() {
                Ok(chunk) => (self.current, self.used) = (chunk?, 0),
                // The sender is done.
                Err(_) => return Ok(&[]),
            }
        }
        Ok(&self.current[self.used..])
    }

    fn consume(&mut self, count: usize) {
        self.used += count;
    }
}

impl Read for ChunkReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}
