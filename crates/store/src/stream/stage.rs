//! A blob that is written by one thread and read by another at the same time.

use std::fs::File;
use std::io::{self, BufRead, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::{Error, Result};

const BUFFER: usize = 1 << 18;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Open,
    Complete,
    Aborted,
}

/// A staged blob. What was appended is on disk (at least in the page cache): a reader that is slower
/// than the writer costs no memory, and a writer never waits for it. A blob that is neither written
/// nor read holds no open file: an archive may bring thousands.
#[derive(Debug)]
pub(crate) struct Stage {
    path: PathBuf,
    /// Open while it is written.
    file: Mutex<Option<File>>,
    state: Mutex<(u64, End)>,
    grown: Condvar,
}

impl Stage {
    pub fn create(path: PathBuf) -> Result<Arc<Self>> {
        let file =
            File::create_new(&path).map_err(|source| Error::io("staging a blob", &path, source))?;
        Ok(Self::new(path, file))
    }

    /// A stage in a file that holds the beginning of a blob already. None of that is there for
    /// readers before it was [recalled](Self::recall).
    pub fn resume(path: PathBuf) -> Result<Arc<Self>> {
        let file = File::options()
            .append(true)
            .create(true)
            .open(&path)
            .map_err(|source| Error::io("staging a blob", &path, source))?;
        Ok(Self::new(path, file))
    }

    fn new(path: PathBuf, file: File) -> Arc<Self> {
        Arc::new(Self {
            path,
            file: Mutex::new(Some(file)),
            state: Mutex::new((0, End::Open)),
            grown: Condvar::new(),
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends bytes. There is one writer.
    pub fn append(&self, bytes: &[u8]) -> Result<()> {
        if let Some(file) = self.writer().as_mut() {
            file.write_all(bytes)
                .map_err(|source| Error::io("staging a blob", &self.path, source))?;
        }
        self.set(|state| state.0 += bytes.len() as u64);
        Ok(())
    }

    /// The next bytes are in the file already.
    pub fn recall(&self, bytes: u64) {
        self.set(|state| state.0 += bytes);
    }

    /// Nothing more comes.
    pub fn complete(&self) {
        drop(self.writer().take());
        self.set(|state| state.1 = End::Complete);
    }

    /// The writer gave up: readers fail. A complete stage stays complete.
    pub fn abort(&self) {
        self.set(|state| {
            if state.1 == End::Open {
                state.1 = End::Aborted;
            }
        });
    }

    fn writer(&self) -> MutexGuard<'_, Option<File>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A reader from the beginning.
    pub fn follow(self: &Arc<Self>) -> Result<Follower> {
        let file = File::open(&self.path)
            .map_err(|source| Error::io("reading a staged blob", &self.path, source))?;
        Ok(Follower {
            stage: Arc::clone(self),
            file,
            at: 0,
            buffer: vec![0; BUFFER],
            filled: 0,
            used: 0,
        })
    }

    fn set(&self, change: impl FnOnce(&mut (u64, End))) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.grown.notify_all();
    }

    /// Waits until there is more than `at`; returns what is there, which is `at` at the end.
    fn wait_beyond(&self, at: u64) -> io::Result<u64> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self
            .grown
            .wait_while(state, |(available, end)| {
                *available == at && *end == End::Open
            })
            .unwrap_or_else(PoisonError::into_inner);
        if state.1 == End::Aborted {
            return Err(Error::Cancelled.into_stream());
        }
        Ok(state.0)
    }
}

/// Bytes that tell how a blob is compressed.
const HEAD: u64 = 4;

/// Reads a stage while it grows.
pub(crate) struct Follower {
    stage: Arc<Stage>,
    file: File,
    at: u64,
    buffer: Vec<u8>,
    filled: usize,
    used: usize,
}

impl Follower {
    /// The first bytes, fewer only where there are no more; nothing is taken.
    pub fn head(&mut self) -> io::Result<Vec<u8>> {
        let mut there = 0;
        while there < HEAD {
            let now = self.stage.wait_beyond(there)?;
            if now == there {
                break;
            }
            there = now;
        }
        let mut head = vec![0; there.min(HEAD) as usize];
        self.file.read_exact_at(&mut head, 0)?;
        Ok(head)
    }
}

impl BufRead for Follower {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.used == self.filled {
            let available = self.stage.wait_beyond(self.at)? - self.at;
            let count = usize::try_from(available).unwrap_or(BUFFER).min(BUFFER);
            (self.used, self.filled) = (0, 0);
            self.file
                .read_exact_at(&mut self.buffer[..count], self.at)?;
            self.filled = count;
            self.at += count as u64;
        }
        Ok(&self.buffer[self.used..self.filled])
    }

    fn consume(&mut self, count: usize) {
        self.used += count;
    }
}

impl Read for Follower {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}
