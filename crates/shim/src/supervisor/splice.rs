//! Moves pages from one descriptor to another without looking at what is in them (splice(2)).

use std::os::fd::AsFd;

use rustix::pipe::{SpliceFlags, splice};

/// What became of a wish to move bytes.
#[derive(Debug, PartialEq, Eq)]
pub enum Moved {
    Bytes(usize),
    /// Nothing is there, there is no room, or these two cannot do it: reading and writing tell which.
    Nothing,
    End,
}

/// Moves at most `count` bytes from what can be read at once to what can be written at once. One of
/// the two is a pipe.
pub fn move_pages(from: impl AsFd, to: impl AsFd, count: usize) -> Moved {
    let flags = SpliceFlags::NONBLOCK | SpliceFlags::MOVE;
    match splice(from, None, to, None, count, flags) {
        Ok(0) => Moved::End,
        Ok(count) => Moved::Bytes(count),
        Err(_) => Moved::Nothing,
    }
}
