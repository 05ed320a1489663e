//! Files of the kernel that are read again and again through one descriptor.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// An open file of /proc or of a control group. It stays what it was opened as, whatever its path
/// names later.
#[derive(Debug)]
pub(super) struct Kept(File);

impl Kept {
    /// `None` where there is no such file, or none that may be read.
    pub(super) fn open(path: impl AsRef<Path>) -> Option<Self> {
        File::open(path).ok().map(Self)
    }

    /// Puts what the file says now into the buffer; whether it could be read.
    pub(super) fn read<'a>(&self, buffer: &'a mut Vec<u8>) -> Option<&'a [u8]> {
        let mut length = 0;
        loop {
            if buffer.len() < length + ROOM {
                buffer.resize(length + ROOM, 0);
            }
            match self.0.read_at(&mut buffer[length..], length as u64).ok()? {
                0 => return Some(&buffer[..length]),
                // What is made in one piece comes in one piece: asking again costs as much.
                count if length == 0 && count < PIECE => return Some(&buffer[..count]),
                count => length += count,
            }
        }
    }

    /// The file's only number; `max` and the like are none.
    pub(super) fn number(&self, buffer: &mut Vec<u8>) -> Option<u64> {
        number(self.read(buffer)?.trim_ascii())
    }
}

/// Room for one more read.
const ROOM: usize = 16 * 1024;

/// The kernel makes lists in pieces of about a page; a shorter one was the last.
const PIECE: usize = 2048;

/// The lines of `key number`.
pub(super) fn keyed(text: &[u8]) -> impl Iterator<Item = (&[u8], u64)> {
    text.split(|byte| *byte == b'\n').filter_map(|line| {
        let mut words = words(line);
        Some((words.next()?, number(words.next()?)?))
    })
}

pub(super) fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
}

pub(super) fn number(word: &[u8]) -> Option<u64> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_again_and_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        let mut buffer = Vec::new();
        assert!(Kept::open(&path).is_none());
        std::fs::write(&path, "7\n").unwrap();
        let kept = Kept::open(&path).unwrap();
        assert_eq!(kept.number(&mut buffer), Some(7));
        let long = "word\n".repeat(20_000);
        std::fs::write(&path, &long).unwrap();
        assert_eq!(kept.read(&mut buffer), Some(long.as_bytes()));
        std::fs::write(&path, "max\n").unwrap();
        assert_eq!(kept.number(&mut buffer), None);
    }

    #[test]
    fn lines_that_are_no_pairs_are_left_out() {
        let text = b"usage_usec 12\n\nhead\nuser_usec  5 \n";
        let found: Vec<_> = keyed(text).collect();
        assert_eq!(found, [(&b"usage_usec"[..], 12), (b"user_usec", 5)]);
    }
}
