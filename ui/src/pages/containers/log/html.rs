//! A line as HTML: its colours, and the finds in it.

use std::{fmt::Write, ops::Range};

use super::ansi::{self, Style};

/// Writes a line's text with `span`s for colours and `mark`s for finds; `now` is the find that is
/// stood at. Ranges are of the plain text.
pub fn line(raw: &str, finds: &[Range<usize>], now: Option<usize>) -> String {
    let painted = if ansi::is_plain(raw) {
        ansi::Painted {
            text: raw.to_owned(),
            styles: Vec::new(),
        }
    } else {
        ansi::paint(raw)
    };
    let mut out = String::with_capacity(painted.text.len() + 32);
    let mut at = 0;
    for (index, find) in finds.iter().enumerate() {
        styled(&mut out, &painted, at..find.start);
        out.push_str(if now == Some(index) {
            "<mark data-now>"
        } else {
            "<mark>"
        });
        styled(&mut out, &painted, find.clone());
        out.push_str("</mark>");
        at = find.end;
    }
    styled(&mut out, &painted, at..painted.text.len());
    out
}

/// A part of the text, cut where its style changes.
fn styled(out: &mut String, painted: &ansi::Painted, part: Range<usize>) {
    let mut at = part.start;
    for (range, style) in &painted.styles {
        let (start, end) = (range.start.max(part.start), range.end.min(part.end));
        if start < end {
            escape(out, &painted.text[at..start]);
            piece(out, &painted.text[start..end], *style);
            at = end;
        }
    }
    escape(out, &painted.text[at..part.end]);
}

fn piece(out: &mut String, text: &str, style: Style) {
    // Writing to a string cannot fail.
    let _ = write!(out, "<span class=\"{}\">", style.classes());
    escape(out, text);
    out.push_str("</span>");
}

fn escape(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            letter => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn nothing_in_a_line_becomes_markup() {
        assert_eq!(line("<b>&", &[], None), "&lt;b&gt;&amp;");
    }

    #[test]
    fn finds_cross_colours() {
        let raw = "a\u{1b}[31mbc\u{1b}[0md";
        assert_eq!(
            line(raw, &[0..1, 2..4], Some(1)),
            "<mark>a</mark><span class=\"ar_\">b</span>\
             <mark data-now><span class=\"ar_\">c</span>d</mark>"
        );
    }
}
