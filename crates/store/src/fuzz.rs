//! A way in for fuzzers to what is otherwise private.

use std::io::BufRead;

use crate::tarball::TarReader;

/// Reads a tar to its end or its first fault; returns the bytes that were taken.
pub fn tar(bytes: &[u8]) -> u64 {
    let mut reader = TarReader::new(bytes);
    while let Ok(Some(member)) = reader.next_member() {
        let mut stored = 0;
        while let Ok(piece) = reader.data() {
            let count = piece.len();
            if count == 0 {
                break;
            }
            stored += count as u64;
            reader.consume(count);
        }
        // What a sparse file's map says was checked against what is stored.
        let parts = member.sparse.iter().flatten();
        let data: u64 = parts.map(|part| part.length).sum();
        debug_assert!(member.sparse.is_none() || stored <= data);
    }
    let _ = reader.input_mut().fill_buf();
    reader.offset()
}
