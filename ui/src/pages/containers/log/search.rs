//! Finding text in the kept lines.

use std::{collections::VecDeque, ops::Range};

use super::buffer::{Buffer, Line};

/// One find: the line, and which of its finds it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    pub serial: u64,
    pub index: usize,
}

/// A search and what it found so far.
#[derive(Debug, Default)]
pub struct Search {
    needle: String,
    hits: VecDeque<Hit>,
    now: Option<Hit>,
}

impl Search {
    /// Looks for something else in everything that is kept, and stands at the last find.
    pub fn start(&mut self, needle: &str, buffer: &Buffer) {
        needle.clone_into(&mut self.needle);
        self.hits.clear();
        for (serial, line) in buffer.iter() {
            self.append(serial, line);
        }
        self.now = self.hits.back().copied();
    }

    /// Looks in a line that has come.
    pub fn append(&mut self, serial: u64, line: &Line) {
        let found = self.finds(line.text()).len();
        self.hits
            .extend((0..found).map(|index| Hit { serial, index }));
    }

    pub fn drop_before(&mut self, serial: u64) {
        while self.hits.front().is_some_and(|hit| hit.serial < serial) {
            self.hits.pop_front();
        }
        self.now = self.now.filter(|hit| hit.serial >= serial);
    }

    pub fn is_on(&self) -> bool {
        !self.needle.is_empty()
    }

    /// The find that is stood at.
    pub fn now(&self) -> Option<Hit> {
        self.now
    }

    /// Which find that is, counted from 1, and how many there are.
    pub fn position(&self) -> (usize, usize) {
        let at = self.now.and_then(|now| {
            let from = self
                .hits
                .partition_point(|hit| (hit.serial, hit.index) < (now.serial, now.index));
            (self.hits.get(from) == Some(&now)).then_some(from + 1)
        });
        (at.unwrap_or(0), self.hits.len())
    }

    /// Goes on to the next find, or back, and round at the ends.
    pub fn step(&mut self, forward: bool) -> Option<Hit> {
        let count = self.hits.len();
        if count == 0 {
            return None;
        }
        let (at, _) = self.position();
        let next = match (at, forward) {
            (0, true) => 0,
            (0, false) => count - 1,
            (at, true) => at % count,
            (at, false) => (at + count - 2) % count,
        };
        self.now = self.hits.get(next).copied();
        self.now
    }

    /// Where the needle is in a text; the case of Latin letters does not matter.
    pub fn finds(&self, text: &str) -> Vec<Range<usize>> {
        let (needle, hay) = (self.needle.as_bytes(), text.as_bytes());
        if needle.is_empty() || needle.len() > hay.len() {
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut at = 0;
        while at + needle.len() <= hay.len() {
            if hay[at..at + needle.len()].eq_ignore_ascii_case(needle) {
                found.push(at..at + needle.len());
                at += needle.len();
            } else {
                at += 1;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::{Buffer, Search};
    use crate::pages::containers::log::buffer::tests::line;

    fn search(texts: &[&str], needle: &str) -> Search {
        let mut buffer = Buffer::default();
        for (index, text) in texts.iter().enumerate() {
            buffer.push(line(index as u64 + 1, text));
        }
        let mut search = Search::default();
        search.start(needle, &buffer);
        search
    }

    #[test]
    fn every_find_counts_and_case_does_not() {
        let mut search = search(&["Cart cart", "none", "a cart"], "cart");
        assert_eq!(search.position(), (3, 3));
        assert_eq!(search.step(true).map(|hit| hit.serial), Some(0));
        assert_eq!(search.position(), (1, 3));
        search.step(false);
        assert_eq!(search.position(), (3, 3));
    }

    #[test]
    fn what_is_let_go_is_not_found_any_more() {
        let mut search = search(&["x", "x"], "x");
        search.drop_before(1);
        assert_eq!(search.position(), (1, 1));
    }

    #[test]
    fn letters_of_any_script_are_found_whole() {
        let search = search(&["한글 상품명"], "상품");
        assert_eq!(search.finds("한글 상품명"), [7..13]);
        assert!(search.finds("짧").is_empty());
    }
}
