//! The lines that are kept of a log: the last fifty thousand, or sixteen megabytes.

use std::collections::VecDeque;

use gantry_view::LogLine;

use super::ansi;

const MOST_LINES: usize = 50_000;
const MOST_BYTES: usize = 16 << 20;

/// A line as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub number: u64,
    pub time: i64,
    pub stderr: bool,
    /// A part of the line before it, which was too long.
    pub continued: bool,
    /// As printed, with its colours.
    pub raw: Box<str>,
    /// Without control sequences; `None` when the raw text is free of them.
    plain: Option<Box<str>>,
}

impl Line {
    fn new(line: LogLine, continued: bool) -> Self {
        let plain = (!ansi::is_plain(&line.text)).then(|| ansi::paint(&line.text).text.into());
        Self {
            number: line.number,
            time: line.time,
            stderr: line.stderr,
            continued,
            raw: line.text.into(),
            plain,
        }
    }

    /// What is read and searched.
    pub fn text(&self) -> &str {
        self.plain.as_deref().unwrap_or(&self.raw)
    }

    fn bytes(&self) -> usize {
        self.raw.len() + self.plain.as_ref().map_or(0, |plain| plain.len())
    }
}

/// The kept lines. Each has a serial that never changes while older ones are let go.
#[derive(Debug, Default)]
pub struct Buffer {
    lines: VecDeque<Line>,
    /// The serial of the oldest line.
    first: u64,
    bytes: usize,
    errors: usize,
    partial: bool,
}

impl Buffer {
    /// Takes a line unless it is here already; says which serial it got.
    pub fn push(&mut self, line: LogLine) -> Option<u64> {
        let known = self.lines.back().map_or(0, |last| last.number);
        if line.number < known || (line.number == known && !self.partial) {
            return None;
        }
        let goes_on = line.partial;
        let line = Line::new(line, self.partial);
        self.partial = goes_on;
        self.bytes += line.bytes();
        self.errors += usize::from(line.stderr);
        self.lines.push_back(line);
        Some(self.next() - 1)
    }

    /// Lets the oldest go until the rest fits; says the serial of what is the oldest then.
    pub fn trim(&mut self) -> u64 {
        while self.lines.len() > MOST_LINES || (self.bytes > MOST_BYTES && self.lines.len() > 1) {
            if let Some(line) = self.lines.pop_front() {
                self.first += 1;
                self.bytes -= line.bytes();
                self.errors -= usize::from(line.stderr);
            }
        }
        self.first
    }

    /// Lets everything go; serials go on.
    pub fn clear(&mut self) {
        self.first = self.next();
        self.lines.clear();
        self.bytes = 0;
        self.errors = 0;
    }

    pub fn get(&self, serial: u64) -> Option<&Line> {
        let index = serial.checked_sub(self.first)?;
        self.lines.get(index as usize)
    }

    /// Serials and lines from the oldest on.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Line)> {
        (self.first..).zip(&self.lines)
    }

    /// The serial that the next line will get.
    pub fn next(&self) -> u64 {
        self.first + self.lines.len() as u64
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many of the kept lines went to the error stream.
    pub fn errors(&self) -> usize {
        self.errors
    }

    pub fn last_number(&self) -> u64 {
        self.lines.back().map_or(0, |line| line.number)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use gantry_view::LogLine;

    use super::{Buffer, MOST_LINES};

    pub fn line(number: u64, text: &str) -> LogLine {
        LogLine {
            number,
            time: number as i64 * 1000,
            stderr: text.starts_with('!'),
            partial: false,
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_line_that_comes_twice_is_kept_once() {
        let mut buffer = Buffer::default();
        assert_eq!(buffer.push(line(7, "a")), Some(0));
        assert_eq!(buffer.push(line(7, "a")), None);
        assert_eq!(buffer.push(line(8, "!b")), Some(1));
        assert_eq!((buffer.len(), buffer.errors()), (2, 1));
    }

    #[test]
    fn parts_of_a_long_line_follow_each_other() {
        let mut buffer = Buffer::default();
        let mut part = line(1, "first");
        part.partial = true;
        buffer.push(part);
        assert_eq!(buffer.push(line(1, "second")), Some(1));
        assert!(buffer.get(1).is_some_and(|line| line.continued));
    }

    #[test]
    fn the_oldest_are_let_go_and_serials_stay() {
        let mut buffer = Buffer::default();
        for number in 1..=(MOST_LINES as u64 + 3) {
            buffer.push(line(number, "x"));
        }
        assert_eq!(buffer.trim(), 3);
        assert_eq!(buffer.get(3).map(|line| line.number), Some(4));
        assert_eq!(buffer.get(2), None);
    }
}
