//! Counting what is taken from the caller's input.

use std::io::{self, Read, Seek, SeekFrom};

use crate::{CancelFlag, Error, Progress, ProgressEvent};

/// Bytes between two reports.
const STEP: u64 = 4 << 20;

/// Reports bytes as they are read and stops when the caller cancels.
pub(crate) struct CountingReader<'a, R> {
    input: R,
    bytes: u64,
    reported: u64,
    total: Option<u64>,
    progress: &'a dyn Progress,
    cancel: &'a CancelFlag,
}

impl<'a, R: Read> CountingReader<'a, R> {
    pub fn new(
        input: R,
        total: Option<u64>,
        progress: &'a dyn Progress,
        cancel: &'a CancelFlag,
    ) -> Self {
        Self {
            input,
            bytes: 0,
            reported: 0,
            total,
            progress,
            cancel,
        }
    }
}

impl<R: Seek> Seek for CountingReader<'_, R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        let at = self.input.seek(position)?;
        // What is passed over counts as read.
        self.bytes = at;
        Ok(at)
    }
}

impl<R: Read> Read for CountingReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.cancel.is_cancelled() {
            return Err(Error::Cancelled.into_stream());
        }
        let count = self.input.read(buffer)?;
        self.bytes += count as u64;
        if count == 0 || self.bytes.saturating_sub(self.reported) >= STEP {
            self.reported = self.bytes;
            self.progress.report(ProgressEvent::Read {
                bytes: self.bytes,
                total: self.total,
            });
        }
        Ok(count)
    }
}
