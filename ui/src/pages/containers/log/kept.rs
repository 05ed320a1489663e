//! What a log view knows of its log. It is kept outside of the reactive graph, since thousands of
//! lines may come in a second.

use std::ops::Range;

use gantry_view::{LogFound, LogLine, LogNews};

use super::{
    html,
    layout::Layout,
    pages::Pages,
    search::Search,
    sequence::{Sequence, Stream},
    sheet::RowView,
};

/// The pace is measured over this many milliseconds.
const PACE_MS: i64 = 5000;

#[derive(Default)]
pub struct Kept {
    /// How far the log goes, without the lines.
    extent: LogNews,
    /// Lines up to this number were cleared from the view, and with them so many errors.
    cleared: (u64, u64),
    sequence: Sequence,
    /// The lines in the sequence are known to its end.
    sequence_complete: bool,
    pages: Pages,
    pub layout: Layout,
    pub search: Search,
    /// When lines came, for the rate: (time, lines), and since when that is looked at.
    pace: Vec<(i64, u64)>,
    watched_since: Option<i64>,
}

/// What the toolbar and the foot say.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Stats {
    pub lines: u64,
    pub bytes: u64,
    pub errors: usize,
    pub hits: (u64, u64),
    /// There is nothing to show.
    pub empty: bool,
    pub ended: bool,
}

/// What came with the news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Came {
    pub lines: u64,
    pub errors: u64,
}

impl Kept {
    /// The lines that are in view, if their stream is.
    pub fn lines(&self) -> Range<u64> {
        let first = self.extent.first.max(self.cleared.0 + 1);
        first..(self.extent.last + 1).max(first)
    }

    pub fn take_news(&mut self, news: LogNews, now: i64) -> Came {
        let known = &self.extent;
        let came = Came {
            lines: news.last.saturating_sub(known.last),
            errors: news.errors.saturating_sub(known.errors),
        };
        if known.last > 0 && came.lines > 0 {
            self.pace.push((now, came.lines));
        }
        self.watched_since.get_or_insert(now);
        let LogNews { lines, .. } = news;
        self.extent = LogNews {
            lines: Vec::new(),
            ..news
        };
        if matches!(self.sequence, Sequence::All) {
            self.take_lines(lines, None);
        }
        self.lay_out();
        came
    }

    /// Takes lines that were read; `before` is the line that stands before them.
    pub fn take_lines(&mut self, lines: Vec<LogLine>, before: Option<&LogLine>) {
        let mut before = before.map(|line| (line.time, line.partial));
        let mut last = None;
        for line in lines {
            let this = (line.time, line.partial);
            let position = self.sequence.position(line.number);
            self.pages.insert(position, line, before);
            if let Some(line) = self.pages.get(position) {
                self.layout.measure(position, line);
            }
            before = Some(this);
            last = Some(position);
        }
        // The line behind them may have waited for its mark.
        if let Some(next) = last.map(|last| last + 1) {
            self.pages.link(next);
            if let Some(line) = self.pages.get(next) {
                self.layout.measure(next, line);
            }
        }
        self.pages.trim();
    }

    /// Takes lines of the chosen stream.
    pub fn take_members(&mut self, found: &LogFound) {
        if let Sequence::Some(runs) = &mut self.sequence {
            for run in &found.runs {
                runs.push(*run);
            }
        }
        self.sequence_complete |= found.at_end;
        self.lay_out();
    }

    /// Shows another stream. Its lines are to be told; all of them are known.
    pub fn show(&mut self, stream: Stream) {
        self.sequence = match stream {
            Stream::All => Sequence::All,
            Stream::Output | Stream::Errors => Sequence::Some(super::runs::Runs::default()),
        };
        self.sequence_complete = stream == Stream::All;
        self.pages = Pages::default();
        let columns = self.layout.columns();
        self.layout = Layout::default();
        self.layout.start_over(columns);
        self.lay_out();
    }

    /// Wraps at this many letters, or not at all.
    pub fn wrap_at(&mut self, columns: Option<u32>) {
        self.layout.start_over(columns);
        for (position, line) in self.pages.iter() {
            self.layout.measure(position, line);
        }
    }

    /// Empties the view up to a line; the log itself stays. Says up to which.
    pub fn clear(&mut self) -> u64 {
        self.cleared = (self.extent.last, self.extent.errors);
        self.lay_out();
        self.cleared.0
    }

    pub fn show_from(&mut self, cleared: u64) {
        self.cleared = (cleared, 0);
        self.lay_out();
    }

    fn lay_out(&mut self) {
        self.layout.set_range(self.sequence.positions(self.lines()));
    }

    /// Where a line is in the view.
    pub fn position(&self, line: u64) -> u64 {
        self.sequence.position(line)
    }

    /// The number of the line at a position.
    pub fn line_at(&self, position: u64) -> Option<u64> {
        self.sequence.line(position)
    }

    /// Says that positions are looked at. What of them is to be read: the number of the first line
    /// (the one before, where there is one), and how many.
    pub fn look_at(&mut self, part: Range<u64>) -> Option<(u64, u64)> {
        let range = self.layout.range();
        let part = part.start.max(range.start)..part.end.min(range.end);
        let missing = self.pages.look_at(part)?;
        let end = missing.end.min(range.end);
        let from = missing.start.saturating_sub(1).max(range.start);
        Some((self.sequence.line(from)?, end.saturating_sub(from)))
    }

    /// The lines that rows show, with their first rows.
    pub fn rows(&self, rows: Range<u64>) -> Vec<RowView> {
        let mut views = Vec::new();
        for (position, top) in self.layout.window(rows) {
            let Some(number) = self.sequence.line(position) else {
                break;
            };
            let Some(line) = self.pages.get(position) else {
                views.push(RowView::unread(top, number));
                continue;
            };
            let mut at = top;
            if let Some(pause) = line.quiet {
                views.push(RowView::quiet(at, number, pause));
                at += 1;
            }
            let finds = self.search.finds(line.text());
            let now = self.search.now().filter(|now| now.line == number);
            let html = html::line(&line.raw, &finds, now.map(|now| now.index));
            views.push(RowView::line(at, self.layout.text_height(line), line, html));
        }
        views
    }

    pub fn stats(&self) -> Stats {
        let lines = self.lines();
        let errors = self.extent.errors.saturating_sub(self.cleared.1);
        Stats {
            lines: self.extent.last + 1 - self.extent.first.min(self.extent.last + 1),
            bytes: self.extent.bytes,
            errors: errors as usize,
            hits: self.search.position(lines.start),
            empty: self.layout.range().is_empty() && (self.sequence_complete || lines.is_empty()),
            ended: self.extent.ended,
        }
    }

    /// Lines a second over the last few seconds.
    pub fn rate(&mut self, now: i64) -> f64 {
        self.pace.retain(|(at, _)| now - at < PACE_MS);
        let lines: u64 = self.pace.iter().map(|(_, lines)| lines).sum();
        let watched = now - self.watched_since.unwrap_or(now);
        lines as f64 * 1000.0 / watched.clamp(1000, PACE_MS) as f64
    }
}

#[cfg(test)]
mod tests {
    use gantry_view::{LogFound, LogNews, LogRun};

    use super::{Came, Kept};
    use crate::pages::containers::log::{pages::tests::line, sequence::Stream};

    fn news(last: u64, errors: u64, lines: &[u64]) -> LogNews {
        LogNews {
            first: 1,
            last,
            errors,
            lines: lines.iter().map(|number| line(*number, "text")).collect(),
            ..LogNews::default()
        }
    }

    #[test]
    fn a_log_is_as_long_as_the_news_say_and_read_where_it_is_looked_at() {
        let mut kept = Kept::default();
        kept.take_news(news(1_000_000, 7, &[999_999, 1_000_000]), 0);
        assert_eq!(kept.layout.total(), 1_000_000);
        assert_eq!(kept.look_at(999_998..1_000_000), None);
        assert_eq!(kept.look_at(500_000..500_040), Some((500_000, 225)));
        let came = kept.take_news(news(1_000_300, 8, &[]), 1000);
        assert_eq!(
            (came, kept.rate(1000)),
            (
                Came {
                    lines: 300,
                    errors: 1
                },
                300.0
            )
        );
        assert!((kept.rate(4000) - 75.0).abs() < 0.1);
    }

    #[test]
    fn one_stream_is_laid_out_as_its_lines_are_found() {
        let mut kept = Kept::default();
        kept.take_news(news(100, 20, &[]), 0);
        kept.show(Stream::Errors);
        assert!(!kept.stats().empty);
        kept.take_members(&LogFound {
            runs: vec![LogRun(10, 5, 1), LogRun(50, 15, 1)],
            searched: 100,
            at_end: true,
        });
        assert_eq!(kept.layout.total(), 20);
        assert_eq!((kept.position(50), kept.line_at(6)), (5, Some(51)));
        assert_eq!(kept.look_at(4..8), Some((13, 17)));
    }

    #[test]
    fn what_was_cleared_is_not_shown() {
        let mut kept = Kept::default();
        kept.take_news(news(100, 2, &[]), 0);
        assert_eq!(kept.clear(), 100);
        assert!(kept.stats().empty);
        kept.take_news(news(103, 3, &[]), 0);
        assert_eq!((kept.layout.total(), kept.stats().errors), (3, 1));
        kept.show_from(0);
        assert_eq!(kept.layout.total(), 103);
    }
}
