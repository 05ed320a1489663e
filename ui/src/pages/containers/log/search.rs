//! A search of the whole log: what was found so far, and which find is stood at.

use std::ops::Range;

use gantry_view::LogFound;

use super::{needle::Needle, runs::Runs};

/// One find: the line, and which of its finds it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    pub line: u64,
    pub index: usize,
}

/// A search and what it found so far.
#[derive(Debug, Default)]
pub struct Search {
    needle: Needle,
    runs: Runs,
    now: Option<Hit>,
    /// Everything that was there has been looked at.
    pub complete: bool,
}

impl Search {
    /// Looks for something else, or for the same from the start.
    pub fn start(&mut self, needle: Needle) {
        self.needle = needle;
        self.runs = Runs::default();
        self.now = None;
        self.complete = false;
    }

    pub fn take(&mut self, found: &LogFound) {
        for run in &found.runs {
            self.runs.push(*run);
        }
        self.complete |= found.at_end;
    }

    /// The find that is stood at.
    pub fn now(&self) -> Option<Hit> {
        self.now
    }

    /// Stands at the first find from a line on, or else at the last.
    pub fn stand_from(&mut self, line: u64, kept_from: u64) {
        let finds = self.runs.finds_in(kept_from..u64::MAX);
        let at = self.runs.before(line).1;
        self.now = if finds.contains(&at) {
            self.hit(at)
        } else {
            finds.last().and_then(|last| self.hit(last))
        };
    }

    /// Which find that is, counted from 1, and how many there are in the lines that are kept.
    pub fn position(&self, kept_from: u64) -> (u64, u64) {
        let finds = self.runs.finds_in(kept_from..u64::MAX);
        let at = self.now.and_then(|now| {
            let at = self.runs.before(now.line).1 + now.index as u64;
            finds.contains(&at).then(|| at - finds.start + 1)
        });
        (at.unwrap_or(0), finds.end - finds.start)
    }

    /// Goes on to the next find, or back, and round at the ends.
    pub fn step(&mut self, forward: bool, kept_from: u64) -> Option<Hit> {
        let (at, count) = self.position(kept_from);
        if count == 0 {
            return None;
        }
        let next = match (at, forward) {
            (0, true) => 0,
            (0, false) => count - 1,
            (at, true) => at % count,
            (at, false) => (at + count - 2) % count,
        };
        self.now = self.hit(self.runs.before(kept_from).1 + next);
        self.now
    }

    fn hit(&self, find: u64) -> Option<Hit> {
        let (line, index) = self.runs.find(find)?;
        Some(Hit { line, index })
    }

    /// Where the needle is in a text.
    pub fn finds(&self, text: &str) -> Vec<Range<usize>> {
        self.needle.finds(text)
    }
}

#[cfg(test)]
mod tests {
    use gantry_view::{LogFound, LogRun};

    use super::{Hit, Needle, Search};

    fn search(needle: &str) -> Search {
        let mut search = Search::default();
        search.start(Needle::Text(needle.to_owned()));
        search.take(&LogFound {
            runs: vec![LogRun(1, 1, 2), LogRun(3, 1, 1)],
            searched: 3,
            at_end: true,
        });
        search
    }

    #[test]
    fn every_find_counts_and_the_ends_meet() {
        let mut search = search("cart");
        search.stand_from(2, 1);
        assert_eq!(search.now(), Some(Hit { line: 3, index: 0 }));
        assert_eq!(search.position(1), (3, 3));
        assert_eq!(search.step(true, 1), Some(Hit { line: 1, index: 0 }));
        search.step(false, 1);
        assert_eq!(search.step(false, 1), Some(Hit { line: 1, index: 1 }));
        assert_eq!(search.position(1), (2, 3));
    }

    #[test]
    fn what_is_let_go_is_not_found_any_more() {
        let mut search = search("x");
        search.stand_from(9, 2);
        assert_eq!(search.position(2), (1, 1));
        assert_eq!(search.step(true, 2).map(|hit| hit.line), Some(3));
        assert_eq!(search.position(4), (0, 0));
        assert_eq!(search.step(true, 4), None);
    }
}
