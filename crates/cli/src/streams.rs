//! Output of a container on its way to ours.

use std::io::{self, Write};

use gantry_client::{LogChunk, Output};

/// Writes a piece where it belongs, at once.
pub(crate) fn write(chunk: &LogChunk) -> io::Result<()> {
    fn all(mut target: impl Write, bytes: &[u8]) -> io::Result<()> {
        target.write_all(bytes)?;
        target.flush()
    }
    match chunk.output {
        Output::Stdout => all(io::stdout().lock(), &chunk.bytes),
        Output::Stderr => all(io::stderr().lock(), &chunk.bytes),
    }
}
