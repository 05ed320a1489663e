//! Output as text: a letter may come in pieces.

/// Turns bytes into text as they come.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The beginning of a letter.
    rest: Vec<u8>,
}

impl Decoder {
    /// The text that is whole now; what is no text at all becomes U+FFFD.
    pub(super) fn take(&mut self, bytes: &[u8]) -> String {
        self.rest.extend_from_slice(bytes);
        let bytes = std::mem::take(&mut self.rest);
        let mut text = String::with_capacity(bytes.len());
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            text.push_str(chunk.valid());
            match chunk.invalid() {
                [] => {}
                begun if chunks.peek().is_none() && is_begun(begun) => {
                    self.rest = begun.to_vec();
                }
                _ => text.push(char::REPLACEMENT_CHARACTER),
            }
        }
        text
    }
}

/// Whether more bytes could make a letter of these.
fn is_begun(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::Decoder;

    #[test]
    fn letters_may_come_in_pieces() {
        let text = "컨테이너 ✓ 🦀 e";
        for size in 1..7 {
            let mut decoder = Decoder::default();
            let pieces = text.as_bytes().chunks(size);
            let whole: String = pieces.map(|piece| decoder.take(piece)).collect();
            assert_eq!(whole, text, "in pieces of {size}");
        }
    }

    #[test]
    fn what_is_no_text_is_marked_and_passed() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.take(b"a\xffb\xe2\x82"), "a\u{fffd}b");
        assert_eq!(decoder.take(b"c"), "\u{fffd}c");
    }
}
