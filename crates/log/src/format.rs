//! The bytes of a log file and of its index.
//!
//! Both begin with a header of 16 bytes: a mark with the format's version, and the number of the
//! file's first row. All numbers are little-endian.
//!
//! * A log file goes on with records: length of the bytes (u16), flags (u8), a mark (u8), a
//!   checksum of all the rest (u32), the time (u64), the bytes. The mark and the checksum tell a
//!   torn or zero-filled tail from a record.
//! * An index file goes on with points: the row (u64), its record's offset in the log file (u64),
//!   the latest time among all rows before it (u64), which never falls from point to point even
//!   where the clock was set back, and how many rows of the file before it are of stderr (u64).

use crate::{MAX_ENTRY, Stream};

pub const FILE_HEADER: usize = 16;
pub const RECORD_HEADER: usize = 16;
pub const POINT: usize = 32;

pub const LOG_MARK: [u8; 8] = *b"gntrlog\x01";
pub const INDEX_MARK: [u8; 8] = *b"gntridx\x02";

const RECORD_MARK: u8 = 0xa5;
const STDERR: u8 = 1;
const PARTIAL: u8 = 2;

/// The header of a file.
pub fn file_header(mark: [u8; 8], first_line: u64) -> [u8; FILE_HEADER] {
    let mut header = [0; FILE_HEADER];
    header[..8].copy_from_slice(&mark);
    header[8..].copy_from_slice(&first_line.to_le_bytes());
    header
}

/// The first row of a file, if its header is one.
pub fn parse_file_header(mark: [u8; 8], header: &[u8]) -> Option<u64> {
    (header.len() >= FILE_HEADER && header[..8] == mark).then(|| u64_at(header, 8))
}

/// One record, borrowed from a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    pub time: u64,
    pub stream: Stream,
    pub partial: bool,
    pub bytes: &'a [u8],
}

/// What the beginning of a buffer is.
#[derive(Debug, PartialEq, Eq)]
pub enum Parsed<'a> {
    Record(Record<'a>),
    /// A record that goes on behind the buffer, if there is anything behind it.
    Incomplete,
    /// No record.
    Damaged,
}

impl<'a> Record<'a> {
    /// The length of the record in the file.
    pub fn length(&self) -> usize {
        RECORD_HEADER + self.bytes.len()
    }

    pub fn append_to(&self, buffer: &mut Vec<u8>) {
        let mut flags = 0;
        if self.stream == Stream::Stderr {
            flags |= STDERR;
        }
        if self.partial {
            flags |= PARTIAL;
        }
        let length = self.bytes.len() as u16;
        buffer.extend(length.to_le_bytes());
        buffer.extend([flags, RECORD_MARK]);
        buffer.extend(checksum(length, flags, self.time, self.bytes).to_le_bytes());
        buffer.extend(self.time.to_le_bytes());
        buffer.extend(self.bytes);
    }

    pub fn parse(buffer: &'a [u8]) -> Parsed<'a> {
        if buffer.len() < RECORD_HEADER {
            return Parsed::Incomplete;
        }
        let length = u16::from_le_bytes([buffer[0], buffer[1]]);
        let (flags, mark) = (buffer[2], buffer[3]);
        if mark != RECORD_MARK || usize::from(length) > MAX_ENTRY {
            return Parsed::Damaged;
        }
        let Some(bytes) = buffer.get(RECORD_HEADER..RECORD_HEADER + usize::from(length)) else {
            return Parsed::Incomplete;
        };
        let time = u64_at(buffer, 8);
        let sum = u32::from_le_bytes([buffer[4], buffer[5], buffer[6], buffer[7]]);
        if sum != checksum(length, flags, time, bytes) {
            return Parsed::Damaged;
        }
        Parsed::Record(Self::read(&buffer[..RECORD_HEADER + usize::from(length)]))
    }

    /// A record that [`Record::parse`] found whole: exactly its bytes.
    pub fn read(buffer: &'a [u8]) -> Self {
        let flags = buffer[2];
        Self {
            time: u64_at(buffer, 8),
            stream: if flags & STDERR == 0 {
                Stream::Stdout
            } else {
                Stream::Stderr
            },
            partial: flags & PARTIAL != 0,
            bytes: &buffer[RECORD_HEADER..],
        }
    }
}

/// A point of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    pub line: u64,
    pub offset: u64,
    /// The latest time of all rows before.
    pub latest_before: u64,
    /// Rows of stderr before, in this file.
    pub stderr_before: u64,
}

impl Point {
    pub fn to_bytes(self) -> [u8; POINT] {
        let mut bytes = [0; POINT];
        bytes[..8].copy_from_slice(&self.line.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.offset.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.latest_before.to_le_bytes());
        bytes[24..].copy_from_slice(&self.stderr_before.to_le_bytes());
        bytes
    }

    pub fn from_bytes(bytes: &[u8; POINT]) -> Self {
        Self {
            line: u64_at(bytes, 0),
            offset: u64_at(bytes, 8),
            latest_before: u64_at(bytes, 16),
            stderr_before: u64_at(bytes, 24),
        }
    }
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(number)
}

/// A quick checksum against torn writes, not against malice: words are mixed in by
/// multiplication with the golden ratio, as in Fibonacci hashing.
fn checksum(length: u16, flags: u8, time: u64, bytes: &[u8]) -> u32 {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(GOLDEN).rotate_left(29);
    let mut sum = mix(mix(GOLDEN, time), u64::from(length) << 8 | u64::from(flags));
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        sum = mix(sum, u64::from_le_bytes(*word));
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    sum = mix(sum, u64::from_le_bytes(last));
    (sum ^ sum >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_survive_and_damage_is_seen() {
        let record = Record {
            time: 7,
            stream: Stream::Stderr,
            partial: true,
            bytes: b"some bytes\0\xff",
        };
        let mut buffer = Vec::new();
        record.append_to(&mut buffer);
        assert_eq!(Record::parse(&buffer), Parsed::Record(record));
        assert_eq!(
            Record::parse(&buffer[..buffer.len() - 1]),
            Parsed::Incomplete
        );
        for at in 0..buffer.len() {
            let mut damaged = buffer.clone();
            damaged[at] ^= 0x10;
            assert_ne!(Record::parse(&damaged), Parsed::Record(record), "byte {at}");
        }
        assert_eq!(Record::parse(&[0; 64]), Parsed::Damaged);
    }
}
