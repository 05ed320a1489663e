//! The entries of one directory of a layer, read a piece of the file at a time: a directory may have
//! a million.

use std::ops::Range;

use super::codec::{Broken, Input, take_entry};
use super::{Entry, LayerIndex};
use crate::Result;

/// Bytes that are read at once.
const PIECE: u64 = 64 * 1024;

/// Entries that are still to come, sorted by name.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Where the bytes lie that were not read yet.
    unread: Range<u64>,
    piece: Vec<u8>,
    /// How much of the piece has been taken.
    taken: usize,
    left: u64,
}

impl Block {
    pub fn new(bytes: Range<u64>, count: u64) -> Self {
        Self {
            unread: bytes,
            left: count,
            ..Self::default()
        }
    }

    /// The next entry, from the index that the block is of.
    pub fn next(&mut self, index: &LayerIndex) -> Result<Option<Entry>> {
        if self.left == 0 {
            return Ok(None);
        }
        loop {
            let mut input = Input(&self.piece[self.taken..]);
            match take_entry(&mut input) {
                Ok(entry) => {
                    self.taken = self.piece.len() - input.0.len();
                    self.left -= 1;
                    return Ok(Some(entry));
                }
                Err(Broken) if self.unread.is_empty() => return Err(index.broken()),
                // It is cut off by the end of the piece.
                Err(Broken) => self.fill(index)?,
            }
        }
    }

    fn fill(&mut self, index: &LayerIndex) -> Result<()> {
        self.piece.drain(..self.taken);
        self.taken = 0;
        let old = self.piece.len();
        let more = (self.unread.end - self.unread.start).min(PIECE);
        self.piece.resize(old + more as usize, 0);
        index.read_at(&mut self.piece[old..], self.unread.start)?;
        self.unread.start += more;
        Ok(())
    }
}
