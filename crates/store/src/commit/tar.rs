//! An upper directory as the tar of a layer.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use rustix::fs::FileType;

use crate::stream::{CHUNK, Chunk};
use crate::tarball::{Kind, Member, TarWriter};
use crate::upper::{Found, Walk, join};
use crate::{CancelFlag, Error, Progress, ProgressEvent, Result};

const WHITEOUT: &[u8] = b".wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";
const BUFFER: usize = 1 << 18;
/// Bytes between two reports.
const STEP: u64 = 4 << 20;

/// Sends the same bytes to two readers.
pub(super) struct Fork {
    chunk: Vec<u8>,
    unpack: SyncSender<io::Result<Chunk>>,
    compress: SyncSender<Chunk>,
    bytes: u64,
}

impl Fork {
    pub fn new(unpack: SyncSender<io::Result<Chunk>>, compress: SyncSender<Chunk>) -> Self {
        Self {
            chunk: Vec::with_capacity(CHUNK),
            unpack,
            compress,
            bytes: 0,
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
        self.bytes += count as u64;
        if self.chunk.len() == CHUNK {
            self.send()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

/// Writes an upper directory as a tar; returns the tar's size.
pub(super) fn write_upper(
    walk: &Walk,
    output: Fork,
    progress: &dyn Progress,
    cancel: &CancelFlag,
) -> Result<u64> {
    let mut packer = Packer {
        walk,
        tar: TarWriter::new(output),
        links: HashMap::new(),
        reported: 0,
        progress,
        cancel,
    };
    // Depth first, directories before what is in them, in the order of names: the same directory
    // always gives the same bytes.
    let mut pending = vec![Vec::new()];
    while let Some(directory) = pending.pop() {
        let directories = packer.directory(&directory)?;
        pending.extend(directories.into_iter().rev());
    }
    let mut output = packer.tar.finish().map_err(sending)?;
    output.flush().map_err(sending)?;
    progress.report(ProgressEvent::Read {
        bytes: output.bytes,
        total: None,
    });
    Ok(output.bytes)
}

fn sending(source: io::Error) -> Error {
    Error::Stream {
        doing: "packing the layer",
        source,
    }
}

struct Packer<'a> {
    walk: &'a Walk,
    tar: TarWriter<Fork>,
    /// The first path of each file that has several.
    links: HashMap<(u64, u64), Vec<u8>>,
    reported: u64,
    progress: &'a dyn Progress,
    cancel: &'a CancelFlag,
}

impl Packer<'_> {
    /// Writes what lies in a directory; returns the directories among it.
    fn directory(&mut self, directory: &[u8]) -> Result<Vec<Vec<u8>>> {
        if self.walk.is_opaque(directory)? {
            self.mark(&join(directory, OPAQUE))?;
        }
        let mut directories = Vec::new();
        for found in self.walk.list(directory)? {
            self.cancel.check()?;
            let path = join(directory, &found.name);
            if found.whiteout {
                self.mark(&join(directory, &[WHITEOUT, &found.name].concat()))?;
            } else if found.name.starts_with(WHITEOUT) {
                // In a layer this name would remove another one.
                let path = String::from_utf8_lossy(&path);
                tracing::warn!(%path, "a file that a layer cannot hold is left out");
            } else {
                self.entry(&path, &found)?;
                if found.kind == FileType::Directory {
                    directories.push(path);
                }
            }
        }
        Ok(directories)
    }

    fn mark(&mut self, path: &[u8]) -> Result<()> {
        let mut member = Member::new(path, Kind::File);
        member.mode = 0o600;
        self.tar.start(&member).map_err(sending)
    }

    fn entry(&mut self, path: &[u8], found: &Found) -> Result<()> {
        let kind = match found.kind {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Directory,
            FileType::Symlink => Kind::Symlink,
            FileType::CharacterDevice => Kind::CharDevice,
            FileType::BlockDevice => Kind::BlockDevice,
            FileType::Fifo => Kind::Fifo,
            // A socket without its process is nothing; Docker leaves it out as well.
            _ => return Ok(()),
        };
        let mut member = Member::new(path, kind);
        member.mode = found.mode();
        (member.uid, member.gid) = (found.stat.st_uid, found.stat.st_gid);
        member.mtime = found.mtime();
        if kind != Kind::Directory && found.stat.st_nlink > 1 {
            let inode = (found.stat.st_dev, found.stat.st_ino);
            if let Some(first) = self.links.get(&inode) {
                member.kind = Kind::Hardlink;
                member.link.clone_from(first);
                return self.tar.start(&member).map_err(sending);
            }
            self.links.insert(inode, path.to_vec());
        }
        member.xattrs = self.walk.attributes(path)?;
        match kind {
            Kind::File => self.file(path, &mut member, found),
            Kind::Directory => {
                member.path.push(b'/');
                self.tar.start(&member).map_err(sending)
            }
            Kind::Symlink => match self.walk.link(path)? {
                Some(link) => {
                    member.link = link;
                    self.tar.start(&member).map_err(sending)
                }
                None => Ok(()),
            },
            _ => {
                let device = found.stat.st_rdev;
                member.device = (rustix::fs::major(device), rustix::fs::minor(device));
                self.tar.start(&member).map_err(sending)
            }
        }
    }

    fn file(&mut self, path: &[u8], member: &mut Member, found: &Found) -> Result<()> {
        let Some(mut file) = self.walk.file(path)? else {
            return Ok(());
        };
        member.size = found.stat.st_size.cast_unsigned();
        self.tar.start(member).map_err(sending)?;
        let mut buffer = vec![0; BUFFER.min(usize::try_from(member.size).unwrap_or(BUFFER))];
        let mut left = member.size;
        while left > 0 {
            self.cancel.check()?;
            let wanted = usize::try_from(left).unwrap_or(BUFFER).min(buffer.len());
            let count = file.read(&mut buffer[..wanted]).map_err(|source| {
                Error::io("reading", String::from_utf8_lossy(path).as_ref(), source)
            })?;
            if count == 0 {
                // The file shrank while it was read. The header stands: zeros fill it up.
                buffer.fill(0);
                self.tar.data(&buffer[..wanted]).map_err(sending)?;
                left -= wanted as u64;
                continue;
            }
            self.tar.data(&buffer[..count]).map_err(sending)?;
            left -= count as u64;
            let bytes = self.tar.output_mut().bytes;
            if bytes - self.reported >= STEP {
                self.reported = bytes;
                self.progress
                    .report(ProgressEvent::Read { bytes, total: None });
            }
        }
        self.tar.end_data(member.size).map_err(sending)
    }
}
