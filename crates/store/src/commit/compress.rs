//! Hashing and compressing a new layer.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use gantry_oci::{Compression, DiffId, Digest, Hasher};

use super::{GZIP_LEVEL, ZSTD_LEVEL};
use crate::stream::Chunk;
use crate::{Error, Result};

/// A layer as it is stored.
pub(crate) struct Compressed {
    pub diff_id: DiffId,
    pub blob: Digest,
    pub size: u64,
}

/// Writes what is compressed, hashing it.
struct HashingFile {
    file: io::BufWriter<File>,
    hasher: Hasher,
    size: u64,
}

impl Write for HashingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        self.size += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

enum Encoder {
    Plain(HashingFile),
    Zstd(zstd::stream::write::Encoder<'static, HashingFile>),
}

impl Encoder {
    fn new(file: HashingFile, compression: Compression) -> io::Result<Self> {
        Ok(match compression {
            // gzip has a way of its own.
            Compression::None | Compression::Gzip => Self::Plain(file),
            Compression::Zstd => Self::Zstd(zstd::stream::write::Encoder::new(file, ZSTD_LEVEL)?),
        })
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.write_all(bytes),
            Self::Zstd(encoder) => encoder.write_all(bytes),
        }
    }

    fn finish(self) -> io::Result<HashingFile> {
        let mut file = match self {
            Self::Plain(file) => file,
            Self::Zstd(encoder) => encoder.finish()?,
        };
        file.flush()?;
        Ok(file)
    }
}

/// Compresses the chunks of a tar into a new file.
pub(crate) fn compress(
    chunks: Receiver<Chunk>,
    target: &Path,
    compression: Compression,
) -> Result<Compressed> {
    let failed = |source| Error::io("writing the layer", target, source);
    let file = File::create_new(target).map_err(failed)?;
    let file = io::BufWriter::with_capacity(1 << 18, file);
    let file = HashingFile {
        file,
        hasher: Hasher::default(),
        size: 0,
    };
    if compression == Compression::Gzip {
        return gzip(chunks, file).map_err(failed);
    }
    let mut encoder = Encoder::new(file, compression).map_err(failed)?;
    let mut hasher = Hasher::default();
    for chunk in chunks {
        hasher.update(&chunk);
        encoder.write_all(&chunk).map_err(failed)?;
    }
    let file = encoder.finish().map_err(failed)?;
    Ok(Compressed {
        diff_id: DiffId(hasher.finish()),
        blob: file.hasher.finish(),
        size: file.size,
    })
}

/// Bytes of one gzip member. Larger ones compress hardly better.
const BLOCK: usize = 1 << 20;

/// A block on its way: what is compressed, and where the result is awaited.
type Block = (Vec<Chunk>, SyncSender<io::Result<Vec<u8>>>);

/// Compresses on all processors: a gzip file is a sequence of members, and each block becomes one.
/// The same tar gives the same bytes, whatever the number of processors.
fn gzip(chunks: Receiver<Chunk>, mut file: HashingFile) -> io::Result<Compressed> {
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let (to_workers, blocks) = sync_channel::<Block>(workers);
    let blocks = Mutex::new(blocks);
    let (in_order, results) = sync_channel::<Receiver<io::Result<Vec<u8>>>>(2 * workers);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| work(&blocks));
        }
        let writing = scope.spawn(move || -> io::Result<HashingFile> {
            for result in results {
                // A worker that is gone has left its sender behind.
                let member = result.recv().map_err(io::Error::other)??;
                file.write_all(&member)?;
            }
            file.flush()?;
            Ok(file)
        });
        let mut hasher = Hasher::default();
        let (mut block, mut size) = (Vec::new(), 0);
        let send = |block: Vec<Chunk>| -> bool {
            let (result, awaited) = sync_channel(1);
            in_order.send(awaited).is_ok() && to_workers.send((block, result)).is_ok()
        };
        for chunk in chunks {
            hasher.update(&chunk);
            size += chunk.len();
            block.push(chunk);
            if size >= BLOCK {
                size = 0;
                if !send(std::mem::take(&mut block)) {
                    break;
                }
            }
        }
        if !block.is_empty() {
            send(block);
        }
        drop((in_order, to_workers));
        let file = writing
            .join()
            .map_err(|_| io::Error::other("a thread ended"))??;
        Ok(Compressed {
            diff_id: DiffId(hasher.finish()),
            blob: file.hasher.finish(),
            size: file.size,
        })
    })
}

/// Compresses blocks until there are no more.
fn work(blocks: &Mutex<Receiver<Block>>) {
    loop {
        let next = blocks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((block, result)) = next else {
            return;
        };
        let level = flate2::Compression::new(GZIP_LEVEL);
        let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(BLOCK / 2), level);
        let written = block.iter().try_for_each(|chunk| encoder.write_all(chunk));
        // Where nobody waits, the commit has failed already.
        let _ = result.send(written.and_then(|()| encoder.finish()));
    }
}
