//! Bytes of the index file.

use super::entry::{IMPLICIT, OPAQUE, WITHHELD};
use super::{Entry, EntryKind, Time};

pub(super) const MAGIC: [u8; 8] = *b"GLINDEX1";
/// Offset of the table, count of directories, count of entries, magic.
pub(super) const FOOTER: usize = 32;

/// The bytes are not an index of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

pub(super) fn put_number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Takes numbers and texts from the front of a slice.
pub(super) struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    pub fn byte(&mut self) -> Result<u8, Broken> {
        let (&first, rest) = self.0.split_first().ok_or(Broken)?;
        self.0 = rest;
        Ok(first)
    }

    pub fn number(&mut self) -> Result<u64, Broken> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Broken)
    }

    pub fn small(&mut self) -> Result<u32, Broken> {
        u32::try_from(self.number()?).map_err(|_| Broken)
    }

    pub fn bytes(&mut self) -> Result<&'a [u8], Broken> {
        let length = usize::try_from(self.number()?).map_err(|_| Broken)?;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(Broken)?;
        self.0 = rest;
        Ok(bytes)
    }
}

fn is_device(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::CharDevice | EntryKind::BlockDevice)
}

pub(super) fn put_entry(out: &mut Vec<u8>, entry: &Entry) {
    put_bytes(out, &entry.name);
    let flag = |set: bool, bit: u8| if set { bit } else { 0 };
    let flags = flag(entry.opaque, OPAQUE)
        | flag(entry.implicit, IMPLICIT)
        | flag(entry.withheld, WITHHELD);
    out.push(entry.kind.to_byte() | flags << 4);
    if entry.kind == EntryKind::Whiteout {
        return;
    }
    put_number(out, entry.mode.into());
    put_number(out, entry.uid.into());
    put_number(out, entry.gid.into());
    // Zigzag: small on both sides of the epoch.
    let seconds = entry.mtime.seconds;
    put_number(out, ((seconds << 1) ^ (seconds >> 63)).cast_unsigned());
    put_number(out, entry.mtime.nanos.into());
    if entry.kind == EntryKind::File {
        put_number(out, entry.size);
    }
    if is_device(entry.kind) {
        put_number(out, entry.device.0.into());
        put_number(out, entry.device.1.into());
    }
    put_bytes(out, &entry.link);
}

pub(super) fn take_entry(input: &mut Input<'_>) -> Result<Entry, Broken> {
    let name = input.bytes()?.to_vec();
    let byte = input.byte()?;
    let kind = EntryKind::from_byte(byte & 0xf).ok_or(Broken)?;
    let flags = byte >> 4;
    let mut entry = Entry {
        name,
        kind,
        mode: 0,
        uid: 0,
        gid: 0,
        size: 0,
        mtime: Time::default(),
        link: Vec::new(),
        device: (0, 0),
        opaque: flags & OPAQUE != 0,
        implicit: flags & IMPLICIT != 0,
        withheld: flags & WITHHELD != 0,
    };
    if kind == EntryKind::Whiteout {
        return Ok(entry);
    }
    entry.mode = input.small()?;
    entry.uid = input.small()?;
    entry.gid = input.small()?;
    let zigzag = input.number()?;
    entry.mtime.seconds = (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
    entry.mtime.nanos = input.small()?;
    if kind == EntryKind::File {
        entry.size = input.number()?;
    }
    if is_device(kind) {
        entry.device = (input.small()?, input.small()?);
    }
    entry.link = input.bytes()?.to_vec();
    Ok(entry)
}
