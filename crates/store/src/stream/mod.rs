//! Streams between threads: staged blobs that are read while they grow, decompression on a thread
//! of its own, and counting.

mod count;
mod inflate;
mod stage;

pub(crate) use count::CountingReader;
pub(crate) use inflate::{CHUNK, Chunk, ChunkReader, inflate};
pub(crate) use stage::Stage;
