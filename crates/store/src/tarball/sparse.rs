//! The maps of sparse files.

use std::io::BufRead;

use super::{BLOCK, Segment, TarError, TarReader};

/// More parts than any honest file system reports; a map of this size takes 16 MiB.
const SEGMENTS: usize = 1 << 20;

fn invalid() -> TarError {
    TarError::Invalid("the map of a sparse file".to_owned())
}

/// Checks a map against the file's size and the bytes that are stored for it.
pub(super) fn check(segments: &[Segment], size: u64, stored: u64) -> Result<(), TarError> {
    let mut end = 0;
    let mut sum: u64 = 0;
    for segment in segments {
        if segment.offset < end {
            return Err(invalid());
        }
        end = segment
            .offset
            .checked_add(segment.length)
            .ok_or_else(invalid)?;
        sum = sum.checked_add(segment.length).ok_or_else(invalid)?;
    }
    if end > size || sum != stored {
        return Err(invalid());
    }
    Ok(())
}

/// Reads the old GNU map: four parts in the header, 21 in each block that follows.
pub(super) fn old_gnu<R: BufRead>(
    header: &tar::GnuHeader,
    reader: &mut TarReader<R>,
) -> Result<(u64, Vec<Segment>), TarError> {
    let number = |result: std::io::Result<u64>| result.map_err(|_| invalid());
    let mut segments = Vec::new();
    let mut add = |parts: &[tar::GnuSparseHeader]| -> Result<(), TarError> {
        for part in parts.iter().filter(|part| !part.is_empty()) {
            if segments.len() == SEGMENTS {
                return Err(invalid());
            }
            let (offset, length) = (number(part.offset())?, number(part.length())?);
            segments.push(Segment { offset, length });
        }
        Ok(())
    };
    add(&header.sparse)?;
    let mut more = header.is_extended();
    while more {
        let mut block = tar::GnuExtSparseHeader::new();
        reader.read_block(block.as_mut_bytes())?;
        add(block.sparse())?;
        more = block.is_extended();
    }
    Ok((number(header.real_size())?, segments))
}

/// Reads the map of version 1.0, which stands in front of the data: decimal numbers in lines, filled
/// up to a block. Returns the map and the bytes it took.
pub(super) fn in_data<R: BufRead>(
    reader: &mut TarReader<R>,
    stored: u64,
) -> Result<(Vec<Segment>, u64), TarError> {
    let mut taken = 0;
    let mut block = [0; BLOCK as usize];
    let mut at = block.len();
    let mut number = || -> Result<u64, TarError> {
        let mut value: u64 = 0;
        for digits in 0.. {
            if at == block.len() {
                taken += BLOCK;
                if taken > stored {
                    return Err(invalid());
                }
                reader.read_block(&mut block)?;
                at = 0;
            }
            let byte = block[at];
            at += 1;
            match byte {
                b'0'..=b'9' => {
                    value = value.checked_mul(10).ok_or_else(invalid)?;
                    value = value
                        .checked_add(u64::from(byte - b'0'))
                        .ok_or_else(invalid)?;
                }
                b'\n' if digits > 0 => break,
                _ => return Err(invalid()),
            }
        }
        Ok(value)
    };
    let count = number()?;
    if count > SEGMENTS as u64 {
        return Err(invalid());
    }
    let mut segments = Vec::new();
    for _ in 0..count {
        segments.push(Segment {
            offset: number()?,
            length: number()?,
        });
    }
    Ok((segments, taken))
}
