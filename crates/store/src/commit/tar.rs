//! An upper directory as the tar of a layer.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use rustix::fs::FileType;

use crate::packer::{Packer, sending};
use crate::stream::{CHUNK, Chunk};
use crate::upper::{Found, Walk, join};
use crate::{CancelFlag, Progress, Result};

const WHITEOUT: &[u8] = b".wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";

/// Sends the same bytes to two readers.
pub(super) struct Fork {
    chunk: Vec<u8>,
    unpack: SyncSender<io::Result<Chunk>>,
    compress: SyncSender<Chunk>,
}

impl Fork {
    pub fn new(unpack: SyncSender<io::Result<Chunk>>, compress: SyncSender<Chunk>) -> Self {
        Self {
            chunk: Vec::with_capacity(CHUNK),
            unpack,
            compress,
        }
    }

    fn send(&mut self) -> io::Result<()> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        let chunk = Arc::new(std::mem::replace(
            &mut self.chunk,
            Vec::with_capacity(CHUNK),
        ));
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        self.unpack
            .send(Ok(Arc::clone(&chunk)))
            .map_err(|_| gone())?;
        self.compress.send(chunk).map_err(|_| gone())
    }
}

impl Write for Fork {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..count]);
        if self.chunk.len() == CHUNK {
            self.send()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

/// Writes an upper directory as a tar, or what was chosen of it; returns the tar's size.
pub(super) fn write_upper(
    walk: &Walk,
    chosen: &Chosen,
    output: Fork,
    progress: &dyn Progress,
    cancel: &CancelFlag,
) -> Result<u64> {
    let mut upper = Upper {
        walk,
        chosen,
        packer: Packer::new(output, progress, cancel),
    };
    // Depth first, directories before what is in them, in the order of names: the same directory
    // always gives the same bytes, and readers give a directory its time when they leave it.
    let mut pending = upper.directory(b"")?;
    while let Some((path, found)) = pending.pop() {
        cancel.check()?;
        if found.whiteout {
            let (parent, name) = split(&path);
            upper
                .packer
                .mark(&join(parent, &[WHITEOUT, name].concat()))?;
            continue;
        }
        upper.packer.entry(walk, &path, &found)?;
        if found.kind == FileType::Directory {
            pending.extend(upper.directory(&path)?);
        }
    }
    let (mut output, bytes) = upper.packer.finish()?;
    output.flush().map_err(sending)?;
    Ok(bytes)
}

struct Upper<'a> {
    walk: &'a Walk,
    chosen: &'a Chosen,
    packer: Packer<'a, Fork>,
}

impl Upper<'_> {
    /// Marks a directory that hides what is below; returns what lies in it, last name first.
    fn directory(&mut self, directory: &[u8]) -> Result<Vec<(Vec<u8>, Found)>> {
        if self.chosen.has(directory) && self.walk.is_opaque(directory)? {
            self.packer.mark(&join(directory, OPAQUE))?;
        }
        let mut found = Vec::new();
        for entry in self.walk.list(directory)?.into_iter().rev() {
            let path = join(directory, &entry.name);
            let on_the_way = entry.kind == FileType::Directory && self.chosen.is_above(&path);
            if !on_the_way && !self.chosen.has(&path) {
                continue;
            }
            if !entry.whiteout && entry.name.starts_with(WHITEOUT) {
                // In a layer this name would remove another one.
                let path = String::from_utf8_lossy(&path);
                tracing::warn!(%path, "a file that a layer cannot hold is left out");
                continue;
            }
            found.push((path, entry));
        }
        Ok(found)
    }
}

/// Which of the changes are written.
pub(super) enum Chosen {
    All,
    /// These, without leading slash, with what lies below.
    Paths(Vec<Vec<u8>>),
}

impl Chosen {
    pub fn new(paths: &[String]) -> Self {
        if paths.is_empty() {
            return Self::All;
        }
        let bare = |path: &String| path.trim_matches('/').as_bytes().to_vec();
        Self::Paths(paths.iter().map(bare).collect())
    }

    /// Whether a path was chosen, itself or by what it lies in.
    fn has(&self, path: &[u8]) -> bool {
        match self {
            Self::All => true,
            Self::Paths(paths) => paths.iter().any(|chosen| is_at_or_below(path, chosen)),
        }
    }

    /// Whether something below a path was chosen.
    fn is_above(&self, path: &[u8]) -> bool {
        match self {
            Self::All => true,
            Self::Paths(paths) => paths.iter().any(|chosen| is_at_or_below(chosen, path)),
        }
    }
}

fn is_at_or_below(path: &[u8], top: &[u8]) -> bool {
    let rest = path.strip_prefix(top);
    top.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// The directory and the last component of a path.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (b"", path),
    }
}
