//! Rows as they are read: without what only a terminal understands.

use std::borrow::Cow;

/// The bytes without control sequences, tabs filled with blanks, and without what a carriage return
/// overwrote: what a person sees of the row, and so what a search looks at.
pub fn plain(raw: &[u8]) -> Cow<'_, [u8]> {
    const TAB: usize = 8;
    if !raw.iter().any(|byte| *byte < b' ' || *byte == 0x7f) {
        return Cow::Borrowed(raw);
    }
    let mut out = Vec::with_capacity(raw.len());
    let mut column = 0;
    let mut at = 0;
    while at < raw.len() {
        match raw[at] {
            0x1b => {
                at += sequence(&raw[at..]);
                continue;
            }
            b'\t' => {
                let blanks = TAB - column % TAB;
                out.extend(std::iter::repeat_n(b' ', blanks));
                column += blanks;
            }
            b'\r' if at + 1 < raw.len() => {
                out.clear();
                column = 0;
            }
            byte if byte < b' ' || byte == 0x7f => {}
            byte => {
                out.push(byte);
                // The bytes behind the first of a letter take no column.
                column += usize::from(byte & 0xc0 != 0x80);
            }
        }
        at += 1;
    }
    Cow::Owned(out)
}

/// The length of the sequence that starts here.
fn sequence(raw: &[u8]) -> usize {
    match raw.get(1) {
        Some(b'[') => raw[2..]
            .iter()
            .position(|byte| (0x40..=0x7e).contains(byte))
            .map_or(raw.len(), |end| end + 3),
        // An operating system command ends with BEL or ESC \.
        Some(b']') => {
            let bell = memchr::memchr(0x7, raw).map(|end| end + 1);
            let escape = memchr::memmem::find(&raw[2..], b"\x1b\\").map(|end| end + 4);
            bell.or(escape).unwrap_or(raw.len())
        }
        Some(byte) if byte.is_ascii() => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_show_is_left() {
        for (raw, seen) in [
            ("GET /", "GET /"),
            ("\u{1b}[1;34mINFO\u{1b}[0m up", "INFO up"),
            ("\u{1b}[2K\u{1b}[1Gdone\u{1b}]0;title\u{7}!", "done!"),
            ("10 %\r90 %", "90 %"),
            ("90 %\r", "90 %"),
            ("a\tb", "a       b"),
            ("한\tb", "한       b"),
            ("\u{1b}[", ""),
            ("a\u{7f}b\u{8}", "ab"),
        ] {
            assert_eq!(plain(raw.as_bytes()), seen.as_bytes(), "{raw:?}");
        }
    }
}
