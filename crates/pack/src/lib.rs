//! Writes image archives from a description in Rust.
//!
//! A [`Tree`] becomes the tar of one layer, an [`Image`] is a stack of layers with a config, and
//! [`Archive`] writes images in each form that Gantry reads. The same description gives the same
//! bytes on every computer: times are fixed and entries keep the order they were added in.
//!
//! The crate shares no code with `gantry-store` on purpose. The tests feed its archives to the
//! store, and a mistake that both sides made together would never show.

#![forbid(unsafe_code)]

mod archive;
mod compression;
pub mod fixtures;
pub mod hostile;
mod image;
mod tree;

pub use archive::{Archive, write_layout};
pub use compression::Compression;
pub use image::{Image, Step};
pub use tree::Tree;

/// The time of every file and image: 2023-11-14 22:13:20 UTC.
pub const TIME: u64 = 1_700_000_000;
/// [`TIME`] as image configs write it.
pub const TIME_TEXT: &str = "2023-11-14T22:13:20Z";

/// The SHA-256 of some bytes, in hex.
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(bytes))
}
