//! Files of a directory as members of a tar: owners, attributes, hardlinks, holes.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use rustix::fs::FileType;
use rustix::io::Errno;

use crate::tarball::{Kind, Member, Segment, TarWriter};
use crate::upper::{Found, Walk};
use crate::{CancelFlag, Error, Progress, ProgressEvent, Result};

const BUFFER: usize = 1 << 18;
/// Bytes between two reports.
const STEP: u64 = 4 << 20;
/// Holes smaller than this together are written as zeros: every reader knows these.
const HOLES: u64 = 1 << 20;
/// Parts of a sparse file at most.
const SEGMENTS: usize = 1 << 16;

/// A tar under construction.
pub(crate) struct Packer<'a, W: Write> {
    tar: TarWriter<Counted<W>>,
    /// The first path of each file that has several.
    links: HashMap<(u64, u64), Vec<u8>>,
    reported: u64,
    progress: &'a dyn Progress,
    pub cancel: &'a CancelFlag,
}

/// Counts what is written.
struct Counted<W> {
    output: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.output.write(bytes)?;
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

pub(crate) fn sending(source: io::Error) -> Error {
    match source.downcast::<Error>() {
        Ok(error) => error,
        Err(source) => Error::Stream {
            doing: "packing the files",
            source,
        },
    }
}

impl<'a, W: Write> Packer<'a, W> {
    pub fn new(output: W, progress: &'a dyn Progress, cancel: &'a CancelFlag) -> Self {
        Self {
            tar: TarWriter::new(Counted { output, bytes: 0 }),
            links: HashMap::new(),
            reported: 0,
            progress,
            cancel,
        }
    }

    /// Writes the end mark; returns the output and the bytes that went into it.
    pub fn finish(self) -> Result<(W, u64)> {
        let counted = self.tar.finish().map_err(sending)?;
        self.progress.report(ProgressEvent::Read {
            bytes: counted.bytes,
            total: None,
        });
        Ok((counted.output, counted.bytes))
    }

    /// Adds an empty file that says that something is not there.
    pub fn mark(&mut self, path: &[u8]) -> Result<()> {
        let mut member = Member::new(path, Kind::File);
        member.mode = 0o600;
        self.tar.start(&member).map_err(sending)
    }

    /// Adds what a walk found at `path`.
    pub fn entry(&mut self, walk: &Walk, path: &[u8], found: &Found) -> Result<()> {
        let Some(member) = member_of(path, found) else {
            return Ok(());
        };
        self.member(walk, path, found, member)
    }

    /// Adds a member whose content and attributes lie at `path`, under the name that it has; where
    /// that is a further name of a file that was added before, a link to it.
    pub fn member(
        &mut self,
        walk: &Walk,
        path: &[u8],
        found: &Found,
        mut member: Member,
    ) -> Result<()> {
        if member.kind != Kind::Directory && found.stat.st_nlink > 1 {
            let inode = (found.stat.st_dev, found.stat.st_ino);
            if let Some(first) = self.links.get(&inode) {
                member.kind = Kind::Hardlink;
                member.link.clone_from(first);
                return self.tar.start(&member).map_err(sending);
            }
            self.links.insert(inode, member.path.clone());
        }
        member.xattrs = walk.attributes(path)?;
        match member.kind {
            Kind::File => self.file(walk, path, &mut member, found),
            Kind::Symlink => match walk.link(path)? {
                Some(link) => {
                    member.link = link;
                    self.tar.start(&member).map_err(sending)
                }
                None => Ok(()),
            },
            _ => self.bare(member),
        }
    }

    /// Adds a member that has no data.
    pub fn bare(&mut self, mut member: Member) -> Result<()> {
        if member.kind == Kind::Directory {
            member.path.push(b'/');
        }
        self.tar.start(&member).map_err(sending)
    }

    fn file(&mut self, walk: &Walk, path: &[u8], member: &mut Member, found: &Found) -> Result<()> {
        let Some(mut file) = walk.file(path)? else {
            return Ok(());
        };
        let failed = |source| Error::io("reading", String::from_utf8_lossy(path).as_ref(), source);
        member.size = found.stat.st_size.cast_unsigned();
        let stored = found.stat.st_blocks.cast_unsigned().saturating_mul(512);
        if stored.saturating_add(HOLES) <= member.size {
            member.sparse = segments(&file, member.size).map_err(failed)?;
        }
        self.tar.start(member).map_err(sending)?;
        let whole = [Segment {
            offset: 0,
            length: member.size,
        }];
        let segments = member.sparse.as_deref().unwrap_or(&whole);
        let mut buffer = vec![0; BUFFER.min(usize::try_from(member.size).unwrap_or(BUFFER))];
        let mut data = 0;
        for segment in segments {
            if member.sparse.is_some() {
                file.seek(SeekFrom::Start(segment.offset)).map_err(failed)?;
            }
            self.copy(&mut file, segment.length, &mut buffer)?
                .map_err(failed)?;
            data += segment.length;
        }
        self.tar.end_data(data).map_err(sending)
    }

    /// Copies `length` bytes. The inner error is the file's.
    fn copy(&mut self, file: &mut File, length: u64, buffer: &mut [u8]) -> Result<io::Result<()>> {
        let mut left = length;
        while left > 0 {
            self.cancel.check()?;
            let wanted = usize::try_from(left).unwrap_or(BUFFER).min(buffer.len());
            let mut count = match file.read(&mut buffer[..wanted]) {
                Ok(count) => count,
                Err(error) => return Ok(Err(error)),
            };
            if count == 0 {
                // The file shrank while it was read. The header stands: zeros fill it up.
                buffer.fill(0);
                count = wanted;
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
        Ok(Ok(()))
    }
}

/// What the kernel says about a file, as a member.
pub(crate) fn member_of(path: &[u8], found: &Found) -> Option<Member> {
    let kind = match found.kind {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Directory,
        FileType::Symlink => Kind::Symlink,
        FileType::CharacterDevice => Kind::CharDevice,
        FileType::BlockDevice => Kind::BlockDevice,
        FileType::Fifo => Kind::Fifo,
        // A socket without its process is nothing; Docker leaves it out as well.
        _ => return None,
    };
    let mut member = Member::new(path, kind);
    member.mode = found.mode();
    (member.uid, member.gid) = (found.stat.st_uid, found.stat.st_gid);
    member.mtime = found.mtime();
    let device = found.stat.st_rdev;
    member.device = (rustix::fs::major(device), rustix::fs::minor(device));
    Some(member)
}

/// The parts of a file that hold data; `None` where the file system does not tell, or the file has
/// no hole.
fn segments(file: &File, size: u64) -> io::Result<Option<Vec<Segment>>> {
    let mut segments = Vec::new();
    let mut at = 0;
    while at < size {
        let start = match rustix::fs::seek(file, rustix::fs::SeekFrom::Data(at)) {
            Ok(start) => start.min(size),
            // Nothing but a hole follows.
            Err(Errno::NXIO) => size,
            Err(_) => {
                rustix::fs::seek(file, rustix::fs::SeekFrom::Start(0))?;
                return Ok(None);
            }
        };
        if start == size {
            break;
        }
        let end = rustix::fs::seek(file, rustix::fs::SeekFrom::Hole(start))?.min(size);
        if end <= start {
            break;
        }
        segments.push(Segment {
            offset: start,
            length: end - start,
        });
        at = end;
        if segments.len() > SEGMENTS {
            rustix::fs::seek(file, rustix::fs::SeekFrom::Start(0))?;
            return Ok(None);
        }
    }
    rustix::fs::seek(file, rustix::fs::SeekFrom::Start(0))?;
    let data: u64 = segments.iter().map(|segment| segment.length).sum();
    Ok((data < size).then_some(segments))
}
