//! Bytes that wait until a descriptor takes them.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::os::fd::AsFd;

use rustix::io::{Errno, writev};

/// A queue before a non-blocking descriptor.
#[derive(Debug, Default)]
pub struct Backlog {
    waiting: VecDeque<u8>,
}

/// The other side takes nothing any more.
#[derive(Debug)]
pub struct Gone;

impl Backlog {
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Writes a piece and what goes before it, and keeps what the descriptor does not take.
    pub fn write(&mut self, target: impl AsFd, head: &[u8], body: &[u8]) -> Result<(), Gone> {
        let mut written = 0;
        if self.waiting.is_empty() {
            match writev(target, &[IoSlice::new(head), IoSlice::new(body)]) {
                Ok(count) => written = count,
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(_) => return Err(Gone),
            }
        }
        self.waiting.extend(&head[written.min(head.len())..]);
        self.waiting
            .extend(&body[written.saturating_sub(head.len())..]);
        Ok(())
    }

    /// Keeps a piece without trying to write it.
    pub fn keep(&mut self, head: &[u8], body: &[u8]) {
        self.waiting.extend(head);
        self.waiting.extend(body);
    }

    /// Writes what waits, as far as the descriptor takes it.
    pub fn flush(&mut self, target: impl AsFd) -> Result<(), Gone> {
        while !self.waiting.is_empty() {
            let (first, second) = self.waiting.as_slices();
            match writev(&target, &[IoSlice::new(first), IoSlice::new(second)]) {
                Ok(0) | Err(Errno::AGAIN) => break,
                Ok(count) => drop(self.waiting.drain(..count)),
                Err(Errno::INTR) => {}
                Err(_) => return Err(Gone),
            }
        }
        if self.waiting.is_empty() {
            self.waiting = VecDeque::new();
        }
        Ok(())
    }
}
