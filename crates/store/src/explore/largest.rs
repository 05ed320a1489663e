//! The largest lines of many, without keeping the others.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// A line of an answer.
pub(super) trait Line {
    fn name(&self) -> &[u8];
    fn size(&self) -> u64;
}

/// The largest lines so far, and what the others add up to.
pub(super) struct Largest<T> {
    limit: usize,
    lines: BinaryHeap<Ranked<T>>,
    pub more: u64,
    pub more_size: u64,
}

impl<T: Line> Largest<T> {
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            lines: BinaryHeap::new(),
            more: 0,
            more_size: 0,
        }
    }

    pub fn add(&mut self, line: T) {
        self.lines.push(Ranked(line));
        if self.lines.len() > self.limit
            && let Some(Ranked(line)) = self.lines.pop()
        {
            self.more += 1;
            self.more_size += line.size();
        }
    }

    /// The largest first, then by name.
    pub fn into_lines(self) -> Vec<T> {
        let lines = self.lines.into_sorted_vec().into_iter();
        lines.map(|Ranked(line)| line).collect()
    }
}

/// A line by its place: the one that goes first is the greatest.
struct Ranked<T>(T);

impl<T: Line> Ord for Ranked<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |line: &T| Reverse(line.size());
        let by_size = key(&self.0).cmp(&key(&other.0));
        by_size.then_with(|| self.0.name().cmp(other.0.name()))
    }
}

impl<T: Line> PartialOrd for Ranked<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Line> PartialEq for Ranked<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T: Line> Eq for Ranked<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    impl Line for (&'static str, u64) {
        fn name(&self) -> &[u8] {
            self.0.as_bytes()
        }

        fn size(&self) -> u64 {
            self.1
        }
    }

    #[test]
    fn the_others_are_added_up() {
        let lines = [("d", 1), ("b", 5), ("a", 1), ("c", 5), ("e", 2)];
        let mut largest = Largest::new(3);
        for line in lines {
            largest.add(line);
        }
        assert_eq!((largest.more, largest.more_size), (2, 2));
        assert_eq!(largest.into_lines(), [("b", 5), ("c", 5), ("e", 2)]);
        let mut none = Largest::new(0);
        none.add(("a", 1));
        assert_eq!((none.more, none.into_lines().len()), (1, 0));
    }
}
