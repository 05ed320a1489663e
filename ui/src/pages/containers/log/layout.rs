//! How high each line is and so where it stands: one text row, and more where a long line wraps or
//! a quiet mark stands above it. Lines that were not read yet count as one row.

use std::{collections::BTreeMap, ops::Range};

use super::pages::{Line, PAGE};

/// Heights of the lines in a range of positions. Text rows are counted from the range's start.
#[derive(Debug, Default)]
pub struct Layout {
    range: Range<u64>,
    /// Rows beyond the first, by page and position.
    extras: BTreeMap<u64, Extras>,
    /// Letters in a row when long lines wrap.
    columns: Option<u32>,
}

#[derive(Debug, Default)]
struct Extras {
    total: u64,
    lines: BTreeMap<u64, u32>,
}

impl Layout {
    pub fn columns(&self) -> Option<u32> {
        self.columns
    }

    /// Forgets all heights, which are other ones from now on.
    pub fn start_over(&mut self, columns: Option<u32>) {
        self.columns = columns;
        self.extras.clear();
    }

    /// The positions that are laid out.
    pub fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    /// Lays out other positions; those that stay keep their heights.
    pub fn set_range(&mut self, range: Range<u64>) {
        if range.start > self.range.start {
            self.extras = self.extras.split_off(&(range.start / PAGE));
            if let Some(mut first) = self.extras.first_entry() {
                let kept = first.get_mut().lines.split_off(&range.start);
                first.insert(Extras {
                    total: kept.values().copied().map(u64::from).sum(),
                    lines: kept,
                });
            }
        }
        self.range = range;
    }

    /// Measures a line.
    pub fn measure(&mut self, position: u64, line: &Line) {
        if position < self.range.start {
            return;
        }
        let extra = self.text_height(line) - 1 + u32::from(line.quiet.is_some());
        let page = position / PAGE;
        if extra == 0 && !self.extras.contains_key(&page) {
            return;
        }
        let extras = self.extras.entry(page).or_default();
        let old = if extra == 0 {
            extras.lines.remove(&position)
        } else {
            extras.lines.insert(position, extra)
        };
        extras.total = extras.total + u64::from(extra) - u64::from(old.unwrap_or(0));
    }

    /// The rows that the text of a line takes.
    pub fn text_height(&self, line: &Line) -> u32 {
        match self.columns {
            Some(columns) => width(line.text()).div_ceil(columns.max(1)).max(1),
            None => 1,
        }
    }

    /// Rows altogether.
    pub fn total(&self) -> u64 {
        let extra: u64 = self.extras.values().map(|page| page.total).sum();
        self.range.end - self.range.start + extra
    }

    /// How many rows are above a position.
    pub fn top(&self, position: u64) -> u64 {
        let position = position.clamp(self.range.start, self.range.end);
        let page = position / PAGE;
        let above: u64 = self.extras.range(..page).map(|(_, page)| page.total).sum();
        let within = self.extras.get(&page).map_or(0, |page| {
            let above = page.lines.range(..position);
            above.map(|(_, extra)| u64::from(*extra)).sum()
        });
        position - self.range.start + above + within
    }

    /// The position that a row belongs to.
    pub fn at(&self, row: u64) -> u64 {
        let start = self.range.start;
        let mut above = 0;
        for (page, extras) in &self.extras {
            let page_end = ((page + 1) * PAGE).saturating_sub(start) + above + extras.total;
            if page_end <= row {
                above += extras.total;
                continue;
            }
            for (position, extra) in &extras.lines {
                let top = position - start + above;
                if row < top {
                    return start + row - above;
                }
                if row <= top + u64::from(*extra) {
                    return *position;
                }
                above += u64::from(*extra);
            }
        }
        start + row - above
    }

    /// The positions that rows touch, each with its first row.
    pub fn window(&self, rows: Range<u64>) -> impl Iterator<Item = (u64, u64)> {
        let first = self.at(rows.start.min(self.total()));
        (first..self.range.end)
            .map(|position| (position, self.top(position)))
            .take_while(move |(_, top)| *top < rows.end)
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
    use super::{super::pages::Pages, Layout, width};
    use crate::pages::containers::log::pages::tests::line;

    /// Lines from a position on, and one more for each that was not read.
    fn layout(from: u64, texts: &[&str], columns: Option<u32>) -> Layout {
        let mut pages = Pages::default();
        let mut layout = Layout::default();
        layout.start_over(columns);
        layout.set_range(from..from + texts.len() as u64);
        for (index, text) in (from..).zip(texts) {
            pages.insert(index, line(index + 1, text), None);
            layout.measure(index, pages.get(index).expect("just put"));
        }
        layout
    }

    #[test]
    fn wrapped_lines_are_as_high_as_their_letters_need() {
        let layout = layout(0, &["", "abcd", "abcde", "한글한"], Some(4));
        assert_eq!(layout.total(), 6);
        let window: Vec<_> = layout.window(0..99).collect();
        assert_eq!(window, [(0, 0), (1, 1), (2, 2), (3, 4)]);
    }

    #[test]
    fn a_window_begins_inside_a_high_row() {
        let layout = layout(250, &["abc", "d", "e", "f", "g", "h", "ij", "k"], Some(1));
        let window: Vec<_> = layout.window(2..4).collect();
        assert_eq!(window, [(250, 0), (251, 3)]);
        // Behind the end of a page.
        let window: Vec<_> = layout.window(9..99).collect();
        assert_eq!(window, [(256, 8), (257, 10)]);
    }

    #[test]
    fn every_row_belongs_to_a_line() {
        let layout = layout(254, &["a", "bb", "ccc", "d", "ee"], Some(1));
        let lines: Vec<u64> = (0..9).map(|row| layout.at(row) - 254).collect();
        assert_eq!(lines, [0, 1, 1, 2, 2, 2, 3, 4, 4]);
    }

    #[test]
    fn letting_go_moves_the_rest_up() {
        let mut layout = layout(0, &["aa", "b", "cc", "d"], Some(1));
        assert_eq!(layout.total(), 6);
        layout.set_range(2..4);
        assert_eq!((layout.total(), layout.top(3)), (3, 2));
    }

    #[test]
    fn letters_of_east_asia_are_wide() {
        assert_eq!((width("abc"), width("한글 a")), (3, 6));
    }
}
