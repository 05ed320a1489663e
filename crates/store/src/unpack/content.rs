//! The data of a member, straight from the stream's buffer into a file.

use std::fs::File;
use std::io::{self, BufRead, Write};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use crate::tarball::{Member, TarError, TarReader};
use crate::{Error, Result};

/// Why a member's data is not all in its file.
pub(crate) enum ContentError {
    Tar(TarError),
    /// Writing failed.
    File(io::Error),
    /// A sparse file has fewer bytes than its map says.
    Short,
    /// The budget is spent, or the caller cancelled.
    Refused(Error),
}

impl ContentError {
    /// The error in the words of the archive or layer `name`; `place` says where the file lies.
    pub fn told(self, name: &str, path: &[u8], place: impl FnOnce(String) -> PathBuf) -> Error {
        match self {
            Self::Tar(error) => Error::from_tar(error, name),
            Self::File(source) => Error::io("unpacking", place(super::clip(path)), source),
            Self::Short => Error::Hostile {
                layer: name.to_owned(),
                path: super::clip(path),
                why: "its data is shorter than its map".to_owned(),
            },
            Self::Refused(error) => error,
        }
    }
}

/// Writes the data of the current member into an empty file; `spend` is told of bytes before they
/// are written.
pub(crate) fn write<R: BufRead>(
    member: &Member,
    file: &mut File,
    reader: &mut TarReader<R>,
    spend: &mut dyn FnMut(usize) -> Result<()>,
) -> Result<(), ContentError> {
    let Some(segments) = &member.sparse else {
        loop {
            let piece = reader.data().map_err(ContentError::Tar)?;
            if piece.is_empty() {
                return Ok(());
            }
            spend(piece.len()).map_err(ContentError::Refused)?;
            file.write_all(piece).map_err(ContentError::File)?;
            let count = piece.len();
            reader.consume(count);
        }
    };
    file.set_len(member.size).map_err(ContentError::File)?;
    for segment in segments {
        let (mut at, end) = (segment.offset, segment.offset + segment.length);
        while at < end {
            let piece = reader.data().map_err(ContentError::Tar)?;
            let count = piece
                .len()
                .min(usize::try_from(end - at).unwrap_or(usize::MAX));
            if count == 0 {
                return Err(ContentError::Short);
            }
            spend(count).map_err(ContentError::Refused)?;
            file.write_all_at(&piece[..count], at)
                .map_err(ContentError::File)?;
            reader.consume(count);
            at += count as u64;
        }
    }
    Ok(())
}
