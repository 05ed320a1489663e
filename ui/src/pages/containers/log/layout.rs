//! Which rows a log has and where: lines of the chosen stream, quiet marks between them, and how
//! many rows high each is when long lines wrap.

use std::collections::VecDeque;

use super::buffer::{Buffer, Line};

/// A pause longer than this gets a mark.
const QUIET_MS: i64 = 60_000;

/// Which stream is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stream {
    #[default]
    All,
    Output,
    Errors,
}

impl Stream {
    fn shows(self, line: &Line) -> bool {
        match self {
            Self::All => true,
            Self::Output => !line.stderr,
            Self::Errors => line.stderr,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Line,
    /// Nothing was printed for this long before the line.
    Quiet(i64),
}

/// One entry of the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    pub kind: Kind,
    /// The line, or the line after the mark.
    pub serial: u64,
    /// Text rows above, counted from the first that ever was.
    at: u64,
    /// Text rows high.
    pub height: u32,
}

/// The rows in order. Positions count text rows of one height.
#[derive(Debug, Default)]
pub struct Layout {
    rows: VecDeque<Row>,
    /// Text rows that were let go above.
    gone: u64,
    end: u64,
    last_time: Option<i64>,
    pub stream: Stream,
    /// Letters in a row when long lines wrap.
    pub columns: Option<u32>,
}

impl Layout {
    /// Lays out everything anew.
    pub fn rebuild(&mut self, buffer: &Buffer) {
        self.rows.clear();
        (self.gone, self.end, self.last_time) = (0, 0, None);
        for (serial, line) in buffer.iter() {
            self.append(serial, line);
        }
    }

    pub fn append(&mut self, serial: u64, line: &Line) {
        if !self.stream.shows(line) {
            return;
        }
        if let Some(pause) = self.last_time.map(|last| line.time - last)
            && pause >= QUIET_MS
        {
            self.push(Kind::Quiet(pause), serial, 1);
        }
        self.last_time = Some(line.time);
        let height = match self.columns {
            Some(columns) => width(line.text()).div_ceil(columns.max(1)).max(1),
            None => 1,
        };
        self.push(Kind::Line, serial, height);
    }

    fn push(&mut self, kind: Kind, serial: u64, height: u32) {
        self.rows.push_back(Row {
            kind,
            serial,
            at: self.end,
            height,
        });
        self.end += u64::from(height);
    }

    /// Lets go of what lies before a serial; says how many text rows that were.
    pub fn drop_before(&mut self, serial: u64) -> u64 {
        let before = self.gone;
        while let Some(row) = self.rows.front().filter(|row| row.serial < serial) {
            self.gone = row.at + u64::from(row.height);
            self.rows.pop_front();
        }
        self.gone - before
    }

    /// Text rows altogether.
    pub fn total(&self) -> u64 {
        self.end - self.gone
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows that a window of text rows touches, each with its position.
    pub fn window(&self, first: u64, count: u64) -> impl Iterator<Item = (u64, Row)> {
        let from = self.gone + first;
        let start = self
            .rows
            .partition_point(|row| row.at + u64::from(row.height) <= from);
        self.rows
            .range(start..)
            .take_while(move |row| row.at < from + count)
            .map(|row| (row.at - self.gone, *row))
    }

    /// Where a line is, and how high; `None` when it is not shown.
    pub fn place(&self, serial: u64) -> Option<(u64, u32)> {
        let from = self.rows.partition_point(|row| row.serial < serial);
        self.rows
            .range(from..)
            .take_while(|row| row.serial == serial)
            .find(|row| row.kind == Kind::Line)
            .map(|row| (row.at - self.gone, row.height))
    }
}

/// Columns of a terminal that a text takes: two for the letters of East Asia.
fn width(text: &str) -> u32 {
    if text.is_ascii() {
        return text.len() as u32;
    }
    text.chars()
        .map(|letter| match u32::from(letter) {
            0x0300..=0x036f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
            0x1100..=0x115f
            | 0x2e80..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0xffe0..=0xffe6
            | 0x1f300..=0x1faff
            | 0x20000..=0x3fffd => 2,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::{Buffer, Kind, Layout, Stream, width};
    use crate::pages::containers::log::buffer::tests::line;

    fn buffer(texts: &[&str]) -> Buffer {
        let mut buffer = Buffer::default();
        for (index, text) in texts.iter().enumerate() {
            buffer.push(line(index as u64 + 1, text));
        }
        buffer
    }

    #[test]
    fn wrapped_lines_are_as_high_as_their_letters_need() {
        let mut layout = Layout {
            columns: Some(4),
            ..Layout::default()
        };
        layout.rebuild(&buffer(&["", "abcd", "abcde", "한글한"]));
        let heights: Vec<u32> = layout.window(0, 99).map(|(_, row)| row.height).collect();
        assert_eq!(heights, [1, 1, 2, 2]);
        assert_eq!(layout.total(), 6);
        assert_eq!(layout.place(3), Some((4, 2)));
    }

    #[test]
    fn a_window_begins_inside_a_high_row() {
        let mut layout = Layout {
            columns: Some(1),
            ..Layout::default()
        };
        layout.rebuild(&buffer(&["abc", "d", "e"]));
        let serials: Vec<u64> = layout.window(2, 2).map(|(_, row)| row.serial).collect();
        assert_eq!(serials, [0, 1]);
    }

    #[test]
    fn one_stream_alone_and_a_mark_for_a_long_pause() {
        let mut buffer = buffer(&["a", "!b", "c"]);
        buffer.push(line(120, "d"));
        let mut layout = Layout {
            stream: Stream::Output,
            ..Layout::default()
        };
        layout.rebuild(&buffer);
        let kinds: Vec<Kind> = layout.window(0, 99).map(|(_, row)| row.kind).collect();
        assert_eq!(
            kinds,
            [Kind::Line, Kind::Line, Kind::Quiet(117_000), Kind::Line]
        );
        assert_eq!(layout.place(1), None);
    }

    #[test]
    fn letting_go_moves_the_rest_up() {
        let mut layout = Layout::default();
        layout.rebuild(&buffer(&["a", "b", "c"]));
        assert_eq!(layout.drop_before(2), 2);
        assert_eq!((layout.total(), layout.place(2)), (1, Some((0, 1))));
    }

    #[test]
    fn letters_of_east_asia_are_wide() {
        assert_eq!((width("abc"), width("한글 a")), (3, 6));
    }
}
