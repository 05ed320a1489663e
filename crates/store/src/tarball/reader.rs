//! Members and their data, one after the other, from a buffered stream.

use std::io::{self, BufRead};

use super::pax::Extended;
use super::{BLOCK, Kind, Member, Time, padding, sparse};

/// All long names and extended records of a member may take this much; xattrs are the largest part.
const EXTENSION_LIMIT: u64 = 4 << 20;

/// Why a tar could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TarError {
    /// The stream ends inside a member: `got` of its `expected` bytes were there.
    #[error("ends after {got} of {expected} bytes")]
    Truncated { got: u64, expected: u64 },
    #[error("invalid tar: {0}")]
    Invalid(String),
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn invalid(why: &str) -> TarError {
    TarError::Invalid(why.to_owned())
}

/// Reads a tar stream.
///
/// After [`TarReader::next_member`] the member's data is taken with [`TarReader::data`] and
/// [`TarReader::consume`], straight from the input's buffer; what is left is skipped by the next call.
pub struct TarReader<R> {
    input: R,
    /// Bytes of the current member that are still in the stream.
    remaining: u64,
    /// Bytes of the current member in the stream, without padding.
    stored: u64,
    padding: u64,
    offset: u64,
    ended: bool,
}

impl<R: BufRead> TarReader<R> {
    pub fn new(input: R) -> Self {
        Self {
            input,
            remaining: 0,
            stored: 0,
            padding: 0,
            offset: 0,
            ended: false,
        }
    }

    /// Bytes taken from the input.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether the end mark was read: a stream without one may have been cut between members.
    pub fn saw_end(&self) -> bool {
        self.ended
    }

    /// The input, positioned behind what was taken.
    pub fn input_mut(&mut self) -> &mut R {
        &mut self.input
    }

    /// Bytes to the next header.
    pub fn left(&self) -> u64 {
        self.remaining + self.padding
    }

    /// Tells the reader that the rest of the member (data and padding) was passed by other means,
    /// such as seeking; returns how many bytes that is.
    pub fn skip_by_seeking(&mut self) -> u64 {
        let rest = self.left();
        self.offset += rest;
        (self.remaining, self.padding) = (0, 0);
        rest
    }

    /// The next member, or `None` at the end.
    pub fn next_member(&mut self) -> Result<Option<Member>, TarError> {
        self.skip_data()?;
        let mut extended = Extended::default();
        let (mut dangling, mut before) = (false, 0_u64);
        loop {
            let mut block = [0; BLOCK as usize];
            if self.ended || !self.try_read_block(&mut block)? {
                return if dangling {
                    Err(invalid("an extension without member"))
                } else {
                    Ok(None)
                };
            }
            if block.iter().all(|&byte| byte == 0) {
                // One block of zeros ends the archive; the second is not always written.
                self.ended = true;
                continue;
            }
            let header = tar::Header::from_byte_slice(&block);
            check_sum(header, &block)?;
            let size = header.entry_size().map_err(|_| invalid("size field"))?;
            if matches!(header.entry_type().as_byte(), b'L' | b'K' | b'x' | b'X') {
                before = before.saturating_add(size);
                if before > EXTENSION_LIMIT {
                    return Err(invalid("extended headers that are too large"));
                }
            }
            match header.entry_type().as_byte() {
                b'L' => extended.path = Some(self.long_name(size)?),
                b'K' => extended.link = Some(self.long_name(size)?),
                b'x' | b'X' => {
                    let records = self.extension(size)?;
                    extended.parse(&records)?;
                }
                // Global records are ignored, as Docker does.
                b'g' => drop(self.extension(size)?),
                _ => return self.member(header, extended, size).map(Some),
            }
            dangling = header.entry_type().as_byte() != b'g' || dangling;
        }
    }

    fn member(
        &mut self,
        header: &tar::Header,
        extended: Extended,
        size: u64,
    ) -> Result<Member, TarError> {
        let mut member = from_header(header)?;
        let mut stored = match member.kind {
            Kind::File | Kind::Other(_) => extended.size.unwrap_or(size),
            // Only these carry data, whatever the size field says.
            _ => 0,
        };
        if stored > i64::MAX as u64 {
            return Err(invalid("a size beyond what a file can have"));
        }
        let records = extended.apply(&mut member);
        member.size = stored;
        if let (b'S', Some(gnu)) = (header.entry_type().as_byte(), header.as_gnu()) {
            let (real, segments) = sparse::old_gnu(gnu, self)?;
            member.size = real;
            member.sparse = Some(segments);
        } else if records.map_in_data && records.real_size.is_some() {
            let (segments, taken) = sparse::in_data(self, stored)?;
            stored -= taken;
            member.sparse = Some(segments);
            member.size = records.real_size.unwrap_or(stored);
        } else if let Some(segments) = records.segments {
            member.size = records.real_size.unwrap_or(stored);
            member.sparse = Some(segments);
        }
        if let Some(segments) = &member.sparse {
            sparse::check(segments, member.size, stored)?;
        }
        (self.stored, self.remaining, self.padding) = (stored, stored, padding(stored));
        Ok(member)
    }

    /// The next piece of the current member's data; empty at its end.
    pub fn data(&mut self) -> Result<&[u8], TarError> {
        if self.remaining == 0 {
            return Ok(&[]);
        }
        let (stored, remaining) = (self.stored, self.remaining);
        let buffer = fill(&mut self.input)?;
        if buffer.is_empty() {
            return Err(TarError::Truncated {
                got: stored - remaining,
                expected: stored,
            });
        }
        let length = usize::try_from(remaining)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        Ok(&buffer[..length])
    }

    /// Takes `count` bytes of what [`TarReader::data`] gave.
    pub fn consume(&mut self, count: usize) {
        self.input.consume(count);
        self.remaining -= count as u64;
        self.offset += count as u64;
    }

    /// Reads the current member's data into memory; it must not be larger than `limit`.
    pub fn read_all(&mut self, limit: u64) -> Result<Vec<u8>, TarError> {
        if self.remaining > limit {
            return Err(invalid("a document that is too large"));
        }
        let mut all = Vec::with_capacity(usize::try_from(self.remaining.min(1 << 20)).unwrap_or(0));
        loop {
            let piece = self.data()?;
            if piece.is_empty() {
                return Ok(all);
            }
            all.extend_from_slice(piece);
            let count = piece.len();
            self.consume(count);
        }
    }

    fn skip_data(&mut self) -> Result<(), TarError> {
        loop {
            let count = self.data()?.len();
            if count == 0 {
                break;
            }
            self.consume(count);
        }
        while self.padding > 0 {
            let available = fill(&mut self.input)?.len();
            if available == 0 {
                return Err(TarError::Truncated {
                    got: self.stored,
                    expected: self.stored,
                });
            }
            let count = available.min(usize::try_from(self.padding).unwrap_or(0));
            self.input.consume(count);
            self.padding -= count as u64;
            self.offset += count as u64;
        }
        Ok(())
    }

    fn extension(&mut self, size: u64) -> Result<Vec<u8>, TarError> {
        if size > EXTENSION_LIMIT {
            return Err(invalid("an extended header that is too large"));
        }
        (self.stored, self.remaining, self.padding) = (size, size, padding(size));
        let bytes = self.read_all(EXTENSION_LIMIT)?;
        self.skip_data()?;
        Ok(bytes)
    }

    fn long_name(&mut self, size: u64) -> Result<Vec<u8>, TarError> {
        let mut name = self.extension(size)?;
        name.truncate(
            name.iter()
                .position(|&byte| byte == 0)
                .unwrap_or(name.len()),
        );
        Ok(name)
    }

    /// Reads a block that must be there.
    pub(super) fn read_block(&mut self, block: &mut [u8]) -> Result<(), TarError> {
        if self.try_read_block(block)? {
            return Ok(());
        }
        Err(TarError::Truncated {
            got: 0,
            expected: BLOCK,
        })
    }

    /// Reads a block, or nothing at the end of the stream.
    fn try_read_block(&mut self, block: &mut [u8]) -> Result<bool, TarError> {
        let mut filled = 0;
        while filled < block.len() {
            let buffer = fill(&mut self.input)?;
            if buffer.is_empty() {
                if filled == 0 {
                    return Ok(false);
                }
                return Err(TarError::Truncated {
                    got: filled as u64,
                    expected: BLOCK,
                });
            }
            let count = buffer.len().min(block.len() - filled);
            block[filled..filled + count].copy_from_slice(&buffer[..count]);
            self.input.consume(count);
            filled += count;
            self.offset += count as u64;
        }
        Ok(true)
    }
}

/// `fill_buf` that repeats what a signal interrupted.
fn fill<R: BufRead>(input: &mut R) -> io::Result<&[u8]> {
    loop {
        match input.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    // The buffer is not empty now, or the stream has ended: this call reads nothing new.
    input.fill_buf()
}

/// Both ways in which the sum was computed over the years are accepted.
fn check_sum(header: &tar::Header, block: &[u8; BLOCK as usize]) -> Result<(), TarError> {
    let stored = header.cksum().map_err(|_| invalid("checksum field"))?;
    let bytes = || block[..148].iter().chain(&[b' '; 8]).chain(&block[156..]);
    let unsigned: u32 = bytes().map(|&byte| u32::from(byte)).sum();
    let signed: i32 = bytes().map(|&byte| i32::from(byte.cast_signed())).sum();
    if stored == unsigned || i64::from(stored) == i64::from(signed) {
        return Ok(());
    }
    Err(invalid("header checksum"))
}

fn from_header(header: &tar::Header) -> Result<Member, TarError> {
    let old = header.as_old();
    // Some tools leave a field empty, which every reader takes for zero.
    let is_empty = |field: &[u8]| field.iter().all(|byte| matches!(byte, 0 | b' '));
    let field = |raw: &[u8], result: io::Result<u64>, name: &str| -> Result<u32, TarError> {
        if is_empty(raw) {
            return Ok(0);
        }
        let value = result.map_err(|_| invalid(name))?;
        u32::try_from(value).map_err(|_| invalid(name))
    };
    let path = header.path_bytes().into_owned();
    let kind = match header.entry_type().as_byte() {
        // Before POSIX a directory was a file whose name ends with a slash.
        b'\0' if path.ends_with(b"/") => Kind::Directory,
        b'\0' | b'0' | b'7' | b'S' => Kind::File,
        b'1' => Kind::Hardlink,
        b'2' => Kind::Symlink,
        b'3' => Kind::CharDevice,
        b'4' => Kind::BlockDevice,
        b'5' => Kind::Directory,
        b'6' => Kind::Fifo,
        other => Kind::Other(other),
    };
    let mut member = Member::new(path, kind);
    member.link = header
        .link_name_bytes()
        .map(std::borrow::Cow::into_owned)
        .unwrap_or_default();
    member.mode = field(&old.mode, header.mode().map(u64::from), "mode field")? & 0o7777;
    member.uid = field(&old.uid, header.uid(), "uid field")?;
    member.gid = field(&old.gid, header.gid(), "gid field")?;
    let seconds = match header.mtime() {
        Err(_) if is_empty(&old.mtime) => 0,
        read => read.map_err(|_| invalid("mtime field"))?,
    };
    member.mtime = Time {
        seconds: seconds.cast_signed(),
        nanos: 0,
    };
    if matches!(kind, Kind::CharDevice | Kind::BlockDevice) {
        let number = |result: io::Result<Option<u32>>| {
            result
                .map(Option::unwrap_or_default)
                .map_err(|_| invalid("device field"))
        };
        member.device = (
            number(header.device_major())?,
            number(header.device_minor())?,
        );
    }
    Ok(member)
}

/// Whether a file starts like a tar: a valid header block, or the zeros of an empty archive.
pub fn looks_like_tar(head: &[u8]) -> bool {
    let Some(block) = head.first_chunk::<{ BLOCK as usize }>() else {
        return false;
    };
    block.iter().all(|&byte| byte == 0)
        || check_sum(tar::Header::from_byte_slice(block), block).is_ok()
}
