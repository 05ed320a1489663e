//! What a log holds.

use serde::{Deserialize, Serialize};

/// The most bytes one entry holds; a longer line becomes several entries, all but the last partial.
pub const MAX_ENTRY: usize = 16 * 1024;

/// Where the container wrote a line. A terminal has only [`Stream::Stdout`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    Stdout,
    Stderr,
}

/// One row of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The row's number, from 0 for the container's first row.
    pub line: u64,
    /// When its first byte was read, in nanoseconds since 1970 (UTC).
    pub time: u64,
    pub stream: Stream,
    /// No newline follows these bytes: the line goes on in this stream's next entry, or the
    /// stream ended without a newline.
    pub partial: bool,
    /// The bytes as the container wrote them, without the newline. They need not be UTF-8.
    pub bytes: Vec<u8>,
}
