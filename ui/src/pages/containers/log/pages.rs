//! The lines that were read, in pages: those looked at last are kept.

use std::{collections::BTreeMap, ops::Range};

use gantry_view::LogLine;

use super::ansi;

/// Lines in a page.
pub const PAGE: u64 = 256;
/// The most that is kept: fifty thousand lines, or sixteen megabytes.
const MOST_PAGES: usize = 196;
const MOST_BYTES: usize = 16 << 20;
/// A pause longer than this gets a mark.
const QUIET_MS: i64 = 60_000;

/// A line as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub number: u64,
    pub time: i64,
    pub stderr: bool,
    /// A part of the line before it, which was too long.
    pub continued: bool,
    /// How long nothing was printed before it, if that is worth a mark.
    pub quiet: Option<i64>,
    /// As printed, with its colours.
    pub raw: Box<str>,
    partial: bool,
    /// Without control sequences; `None` when the raw text is free of them.
    plain: Option<Box<str>>,
}

impl Line {
    fn new(line: LogLine, before: Option<(i64, bool)>) -> Self {
        let plain = (!ansi::is_plain(&line.text)).then(|| ansi::paint(&line.text).text.into());
        let mut kept = Self {
            number: line.number,
            time: line.time,
            stderr: line.stderr,
            continued: false,
            quiet: None,
            raw: line.text.into(),
            partial: line.partial,
            plain,
        };
        if let Some((time, partial)) = before {
            kept.follow(time, partial);
        }
        kept
    }

    /// Stands behind a line of that time, which may go on in this one.
    fn follow(&mut self, time: i64, partial: bool) {
        self.continued = partial;
        self.quiet = Some(self.time - time).filter(|pause| *pause >= QUIET_MS);
    }

    /// What is read and searched.
    pub fn text(&self) -> &str {
        self.plain.as_deref().unwrap_or(&self.raw)
    }

    fn bytes(&self) -> usize {
        self.raw.len() + self.plain.as_ref().map_or(0, |plain| plain.len())
    }
}

#[derive(Debug, Default)]
struct Page {
    lines: BTreeMap<u64, Line>,
    bytes: usize,
    /// When it was looked at last.
    used: u64,
}

/// Lines by position.
#[derive(Debug, Default)]
pub struct Pages {
    by_number: BTreeMap<u64, Page>,
    bytes: usize,
    clock: u64,
}

impl Pages {
    /// Takes a line in. The line before it, if it is not here, may be told.
    pub fn insert(&mut self, position: u64, line: LogLine, before: Option<(i64, bool)>) {
        let known = position.checked_sub(1).and_then(|before| self.get(before));
        let before = known.map(|line| (line.time, line.partial)).or(before);
        let line = Line::new(line, before);
        self.clock += 1;
        let page = self.by_number.entry(position / PAGE).or_default();
        page.used = self.clock;
        let bytes = line.bytes();
        let old = page.lines.insert(position, line);
        let old = old.map_or(0, |old| old.bytes());
        page.bytes = page.bytes + bytes - old;
        self.bytes = self.bytes + bytes - old;
    }

    /// Tells a line that is here what stands before it, now that this is here too.
    pub fn link(&mut self, position: u64) {
        let before = position.checked_sub(1).and_then(|before| self.get(before));
        let Some((time, partial)) = before.map(|line| (line.time, line.partial)) else {
            return;
        };
        let page = self.by_number.get_mut(&(position / PAGE));
        if let Some(line) = page.and_then(|page| page.lines.get_mut(&position)) {
            line.follow(time, partial);
        }
    }

    pub fn get(&self, position: u64) -> Option<&Line> {
        self.by_number.get(&(position / PAGE))?.lines.get(&position)
    }

    /// Says that a part is looked at; the first stretch of it that is missing, within one page.
    pub fn look_at(&mut self, part: Range<u64>) -> Option<Range<u64>> {
        let mut missing = None;
        for number in part.start / PAGE..part.end.div_ceil(PAGE) {
            let within = part.start.max(number * PAGE)..part.end.min((number + 1) * PAGE);
            self.clock += 1;
            let page = self.by_number.get_mut(&number);
            let here = page.map(|page| {
                page.used = self.clock;
                &page.lines
            });
            let gap = within
                .clone()
                .find(|position| here.is_none_or(|lines| !lines.contains_key(position)));
            missing = missing.or(gap.map(|gap| gap..(number + 1) * PAGE));
        }
        missing
    }

    /// Lets go of what was not looked at for the longest time.
    pub fn trim(&mut self) {
        while self.by_number.len() > MOST_PAGES
            || (self.bytes > MOST_BYTES && self.by_number.len() > 2)
        {
            let oldest = self.by_number.iter().min_by_key(|(_, page)| page.used);
            let Some(oldest) = oldest.map(|(number, _)| *number) else {
                return;
            };
            let page = self.by_number.remove(&oldest);
            self.bytes -= page.map_or(0, |page| page.bytes);
        }
    }

    /// Positions and lines that are here.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Line)> {
        let pages = self.by_number.values();
        pages.flat_map(|page| page.lines.iter().map(|(position, line)| (*position, line)))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use gantry_view::LogLine;

    use super::{MOST_PAGES, PAGE, Pages};

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
    fn what_is_missing_is_told_page_by_page() {
        let mut pages = Pages::default();
        for position in 0..10 {
            pages.insert(position, line(position + 1, "x"), None);
        }
        assert_eq!(pages.look_at(0..10), None);
        assert_eq!(pages.look_at(5..12), Some(10..PAGE));
        assert_eq!(pages.look_at(PAGE + 3..PAGE + 5), Some(PAGE + 3..2 * PAGE));
    }

    #[test]
    fn parts_of_a_long_line_and_long_pauses_are_seen() {
        let mut pages = Pages::default();
        let mut part = line(1, "first");
        part.partial = true;
        pages.insert(0, part, None);
        pages.insert(1, line(2, "second"), None);
        assert!(pages.get(1).is_some_and(|line| line.continued));
        let mut late = line(500, "late");
        late.time = 500_000;
        pages.insert(499, late, Some((100_000, false)));
        assert_eq!(pages.get(499).and_then(|line| line.quiet), Some(400_000));
    }

    #[test]
    fn pages_that_nobody_looks_at_are_let_go() {
        let mut pages = Pages::default();
        for page in 0..MOST_PAGES as u64 + 3 {
            pages.insert(page * PAGE, line(page * PAGE + 1, "x"), None);
            pages.look_at(0..1);
            pages.trim();
        }
        assert_eq!(pages.by_number.len(), MOST_PAGES);
        assert!(pages.get(0).is_some() && pages.get(PAGE).is_none());
    }
}
