//! Colours in a log: what a terminal would draw, as pieces of plain text with a style.

use std::ops::Range;

/// Letters by the classes of the kit; the default has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// 0 to 7 as ANSI numbers them, 8 for dim.
    colour: Option<u8>,
    bold: bool,
}

impl Style {
    /// The class attribute; empty without a style.
    pub fn classes(self) -> &'static str {
        const PLAIN: [&str; 9] = ["ak", "ar_", "ag", "ay", "ab", "am", "ac", "aw", "ak"];
        const BOLD: [&str; 9] = [
            "ak bo", "ar_ bo", "ag bo", "ay bo", "ab bo", "am bo", "ac bo", "aw bo", "ak bo",
        ];
        match (self.colour, self.bold) {
            (None, false) => "",
            (None, true) => "bo",
            (Some(colour), false) => PLAIN[usize::from(colour)],
            (Some(colour), true) => BOLD[usize::from(colour)],
        }
    }

    /// Takes the numbers of one `ESC [ … m`.
    fn select(&mut self, numbers: &str) {
        let mut codes = numbers
            .split([';', ':'])
            .map(|code| code.parse::<u16>().unwrap_or(0));
        while let Some(code) = codes.next() {
            match code {
                0 => *self = Self::default(),
                1 => self.bold = true,
                2 => self.colour = Some(8),
                22 => {
                    self.bold = false;
                    self.colour = self.colour.filter(|&colour| colour != 8);
                }
                30..=37 => self.colour = Some((code - 30) as u8),
                90..=97 => self.colour = Some((code - 90) as u8),
                39 => self.colour = None,
                38 => self.colour = extended(&mut codes),
                // A background would not be readable on every ground of ours.
                48 => drop(extended(&mut codes)),
                _ => {}
            }
        }
    }
}

/// One of 256 colours or a true colour; only the first sixteen have a counterpart.
fn extended(codes: &mut impl Iterator<Item = u16>) -> Option<u8> {
    match codes.next() {
        Some(5) => codes
            .next()
            .filter(|&colour| colour < 16)
            .map(|colour| (colour % 8) as u8),
        Some(2) => {
            for _ in 0..3 {
                codes.next();
            }
            None
        }
        _ => None,
    }
}

/// A line without its control sequences, and the styles of its parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Painted {
    pub text: String,
    /// Ranges of `text` in order; what is between them is plain.
    pub styles: Vec<(Range<usize>, Style)>,
}

/// Whether a line is plain already.
pub fn is_plain(raw: &str) -> bool {
    !raw.bytes().any(|byte| byte < b' ' || byte == 0x7f)
}

/// Reads a line as a terminal would: colours are kept, other sequences dropped, tabs filled with
/// blanks, and what a carriage return overwrote is gone.
pub fn paint(raw: &str) -> Painted {
    const TAB: usize = 8;
    let mut out = Painted::default();
    let mut style = Style::default();
    let mut from = 0;
    let mut column = 0;
    let mut chars = raw.char_indices().peekable();
    let close = |out: &mut Painted, from: usize, style: Style| {
        if style != Style::default() && out.text.len() > from {
            out.styles.push((from..out.text.len(), style));
        }
    };
    while let Some((at, letter)) = chars.next() {
        match letter {
            '\u{1b}' => {
                close(&mut out, from, style);
                let length = sequence(&raw[at..], &mut style);
                while chars.peek().is_some_and(|(next, _)| *next < at + length) {
                    chars.next();
                }
                from = out.text.len();
            }
            '\t' => {
                let blanks = TAB - column % TAB;
                out.text.extend(std::iter::repeat_n(' ', blanks));
                column += blanks;
            }
            '\r' if chars.peek().is_some() => {
                out = Painted::default();
                (from, column) = (0, 0);
            }
            letter if letter.is_control() => {}
            letter => {
                out.text.push(letter);
                column += 1;
            }
        }
    }
    close(&mut out, from, style);
    out
}

/// The length in bytes of the sequence that starts here; colours are taken into `style`.
fn sequence(raw: &str, style: &mut Style) -> usize {
    let bytes = raw.as_bytes();
    match bytes.get(1) {
        Some(b'[') => {
            let end = bytes
                .iter()
                .skip(2)
                .position(|byte| (0x40..=0x7e).contains(byte));
            match end {
                Some(end) => {
                    if bytes[end + 2] == b'm' {
                        style.select(&raw[2..end + 2]);
                    }
                    end + 3
                }
                None => raw.len(),
            }
        }
        // An operating system command ends with BEL or ESC \.
        Some(b']') => raw
            .find('\u{7}')
            .map(|end| end + 1)
            .or_else(|| raw[2..].find("\u{1b}\\").map(|end| end + 4))
            .unwrap_or(raw.len()),
        Some(byte) if byte.is_ascii() => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_plain, paint};

    fn pieces(raw: &str) -> Vec<(String, &'static str)> {
        let painted = paint(raw);
        painted
            .styles
            .iter()
            .map(|(range, style)| (painted.text[range.clone()].to_owned(), style.classes()))
            .collect()
    }

    #[test]
    fn colours_become_classes() {
        let raw = "\u{1b}[1;34mINFO\u{1b}[0m up in \u{1b}[36m2.14\u{1b}[39m s";
        assert_eq!(paint(raw).text, "INFO up in 2.14 s");
        assert_eq!(
            pieces(raw),
            [("INFO".to_owned(), "ab bo"), ("2.14".to_owned(), "ac")]
        );
        assert_eq!(pieces("\u{1b}[38;5;9mhot"), [("hot".to_owned(), "ar_")]);
    }

    #[test]
    fn other_sequences_leave_nothing() {
        assert_eq!(
            paint("\u{1b}[2K\u{1b}[1Gdone\u{1b}]0;title\u{7}!").text,
            "done!"
        );
        assert_eq!(paint("\u{1b}[").text, "");
        assert_eq!(paint("\u{1b}한글").text, "한글");
        assert_eq!(paint("a\u{7f}b\u{8}").text, "ab");
    }

    #[test]
    fn a_carriage_return_starts_over_and_tabs_line_up() {
        assert_eq!(paint("10 %\r90 %").text, "90 %");
        assert_eq!(paint("90 %\r").text, "90 %");
        assert_eq!(paint("a\tb").text, "a       b");
    }

    #[test]
    fn plain_lines_are_told_apart() {
        assert!(is_plain("GET / 200 한글"));
        assert!(!is_plain("a\tb"));
        assert!(!is_plain("\u{1b}[0m"));
    }
}
