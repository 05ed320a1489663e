//! Reading and writing tar streams as layers and image archives use them.
//!
//! Header blocks are parsed by the `tar` crate. What lies between them is done here, because layers
//! need what the crate's entries do not give: the holes of sparse files in all four encodings,
//! extended records that override the size, names that are not UTF-8, and the input's own buffer
//! instead of a copy.

mod member;
mod pax;
mod reader;
mod sparse;
mod writer;

pub use member::{Kind, Member, Segment, Time};
pub use reader::{TarError, TarReader, looks_like_tar};
pub use writer::TarWriter;

/// Tar counts in blocks of this many bytes.
pub const BLOCK: u64 = 512;

/// Bytes from `size` to the next block.
pub fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK
}
