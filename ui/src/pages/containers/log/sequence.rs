//! Which lines are in view, each at a position: all of them, or those of one stream.

use std::ops::Range;

use gantry_view::LogSide;

use super::runs::Runs;

/// Which stream is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stream {
    #[default]
    All,
    Output,
    Errors,
}

impl Stream {
    /// The stream to ask for; `None` for both.
    pub fn side(self) -> Option<LogSide> {
        match self {
            Self::All => None,
            Self::Output => Some(LogSide::Output),
            Self::Errors => Some(LogSide::Errors),
        }
    }
}

/// Lines by position. A line keeps its position while others come and go.
#[derive(Debug, Default)]
pub enum Sequence {
    /// Every line; its position is its number less one.
    #[default]
    All,
    /// The lines of one stream, as far as they are known.
    Some(Runs),
}

impl Sequence {
    /// The positions of the lines with these numbers.
    pub fn positions(&self, lines: Range<u64>) -> Range<u64> {
        let start = self.position(lines.start);
        start..self.position(lines.end).max(start)
    }

    /// Where a line is, or would be.
    pub fn position(&self, line: u64) -> u64 {
        match self {
            Self::All => line.saturating_sub(1),
            Self::Some(runs) => runs.before(line).0,
        }
    }

    /// The number of the line at a position.
    pub fn line(&self, position: u64) -> Option<u64> {
        match self {
            Self::All => Some(position + 1),
            Self::Some(runs) => runs.line(position),
        }
    }
}
