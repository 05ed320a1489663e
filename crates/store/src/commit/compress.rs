//! Hashing and compressing a new layer.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc::Receiver;

use gantry_oci::{Compression, DiffId, Digest, Hasher};

use super::{GZIP_LEVEL, ZSTD_LEVEL};
use crate::stream::Chunk;
use crate::{Error, Result};

/// A layer as it is stored.
pub(super) struct Compressed {
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
    Gzip(flate2::write::GzEncoder<HashingFile>),
    Zstd(zstd::stream::write::Encoder<'static, HashingFile>),
}

impl Encoder {
    fn new(file: HashingFile, compression: Compression) -> io::Result<Self> {
        Ok(match compression {
            Compression::None => Self::Plain(file),
            Compression::Gzip => {
                let level = flate2::Compression::new(GZIP_LEVEL);
                Self::Gzip(flate2::write::GzEncoder::new(file, level))
            }
            Compression::Zstd => Self::Zstd(zstd::stream::write::Encoder::new(file, ZSTD_LEVEL)?),
        })
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.write_all(bytes),
            Self::Gzip(encoder) => encoder.write_all(bytes),
            Self::Zstd(encoder) => encoder.write_all(bytes),
        }
    }

    fn finish(self) -> io::Result<HashingFile> {
        let mut file = match self {
            Self::Plain(file) => file,
            Self::Gzip(encoder) => encoder.finish()?,
            Self::Zstd(encoder) => encoder.finish()?,
        };
        file.flush()?;
        Ok(file)
    }
}

/// Compresses the chunks of a tar into a new file.
pub(super) fn compress(
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
