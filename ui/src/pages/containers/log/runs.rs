//! Which lines were found in a log, packed: a find in each of a million lines is one entry.

use std::ops::Range;

use gantry_view::LogRun;

/// Lines in order, each with its number of finds.
#[derive(Debug, Default)]
pub struct Runs(Vec<Run>);

#[derive(Debug, Clone, Copy)]
struct Run {
    line: u64,
    lines: u64,
    finds: u64,
    /// Lines and finds in all runs before.
    before: (u64, u64),
}

impl Run {
    fn end(&self) -> (u64, u64) {
        let (lines, finds) = self.before;
        (lines + self.lines, finds + self.lines * self.finds)
    }
}

impl Runs {
    /// Takes what was found behind everything that is here.
    pub fn push(&mut self, LogRun(line, lines, finds): LogRun) {
        let finds = u64::from(finds);
        match self.0.last_mut() {
            Some(last) if line < last.line + last.lines => {}
            Some(last) if last.finds == finds && last.line + last.lines == line => {
                last.lines += lines;
            }
            last => {
                let before = last.map_or((0, 0), |last| last.end());
                self.0.push(Run {
                    line,
                    lines,
                    finds,
                    before,
                });
            }
        }
    }

    /// How many lines there are.
    pub fn lines(&self) -> u64 {
        self.0.last().map_or(0, |last| last.end().0)
    }

    /// How many finds there are.
    pub fn finds(&self) -> u64 {
        self.0.last().map_or(0, |last| last.end().1)
    }

    /// The number of the line at an index.
    pub fn line(&self, index: u64) -> Option<u64> {
        let at = self.0.partition_point(|run| run.end().0 <= index);
        let run = self.0.get(at)?;
        Some(run.line + index - run.before.0)
    }

    /// The line of a find, and which of the line's finds it is.
    pub fn find(&self, index: u64) -> Option<(u64, usize)> {
        let at = self.0.partition_point(|run| run.end().1 <= index);
        let run = self.0.get(at)?;
        let within = index - run.before.1;
        let nth = (within % run.finds) as usize;
        Some((run.line + within / run.finds, nth))
    }

    /// How many lines, and how many finds, are before a line.
    pub fn before(&self, line: u64) -> (u64, u64) {
        let at = self.0.partition_point(|run| run.line + run.lines <= line);
        match self.0.get(at) {
            Some(run) => {
                let lines = line.saturating_sub(run.line);
                (run.before.0 + lines, run.before.1 + lines * run.finds)
            }
            None => (self.lines(), self.finds()),
        }
    }

    /// The finds in a range of lines, by their indexes.
    pub fn finds_in(&self, lines: Range<u64>) -> Range<u64> {
        self.before(lines.start).1..self.before(lines.end).1
    }
}

#[cfg(test)]
mod tests {
    use super::{LogRun, Runs};

    fn runs() -> Runs {
        let mut runs = Runs::default();
        for run in [
            LogRun(5, 2, 1),
            LogRun(7, 3, 1),
            LogRun(20, 2, 3),
            LogRun(20, 2, 3),
        ] {
            runs.push(run);
        }
        runs
    }

    #[test]
    fn lines_and_finds_are_counted() {
        let runs = runs();
        assert_eq!((runs.0.len(), runs.lines(), runs.finds()), (2, 7, 11));
        assert_eq!(runs.line(0), Some(5));
        assert_eq!((runs.line(4), runs.line(5)), (Some(9), Some(20)));
        assert_eq!(runs.line(7), None);
        assert_eq!(runs.find(4), Some((9, 0)));
        assert_eq!((runs.find(7), runs.find(8)), (Some((20, 2)), Some((21, 0))));
        assert_eq!(runs.find(11), None);
    }

    #[test]
    fn a_line_has_its_place() {
        let runs = runs();
        assert_eq!(runs.before(1), (0, 0));
        assert_eq!(runs.before(7), (2, 2));
        assert_eq!(runs.before(15), (5, 5));
        assert_eq!(runs.before(21), (6, 8));
        assert_eq!(runs.before(99), (7, 11));
        assert_eq!(runs.finds_in(9..21), 4..8);
    }
}
