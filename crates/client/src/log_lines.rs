//! A log by the numbers of its lines: /gantry/v1.

use gantry_wire::gantry::{LogBatch, LogExtent, LogFound, LogNews, LogStream};
use hyper::Method;

use crate::gantry::{v1, word};
use crate::transport::Content;
use crate::{Client, Lines, Result};

/// Which lines of a log are wanted.
#[derive(Debug, Clone, Default)]
pub struct LogRange {
    /// Begin with this line, counted from 1.
    pub from: Option<u64>,
    /// Begin with the first line of this time or later; `from` wins.
    pub since: Option<gantry_wire::Timestamp>,
    /// Begin with the last lines; the others win.
    pub tail: Option<u64>,
    /// Only lines of this stream.
    pub side: Option<LogStream>,
    /// End after this many.
    pub limit: Option<u64>,
    /// Go on until the container ends.
    pub follow: bool,
}

/// What is looked for in a log.
#[derive(Debug, Clone, Default)]
pub struct LogSearch {
    /// The text or the expression; empty finds every line.
    pub text: String,
    /// It is a regular expression.
    pub regex: bool,
    /// Upper and lower case differ.
    pub match_case: bool,
    /// Only lines of this stream.
    pub side: Option<LogStream>,
    /// Begin with this line, counted from 1.
    pub from: Option<u64>,
    /// Go on as lines come, until the container is gone.
    pub follow: bool,
}

impl Client {
    /// What a log holds.
    pub async fn log_extent(&self, id: &str) -> Result<LogExtent> {
        self.get(v1(&["containers", id, "log"])).await
    }

    /// Lines of a log with their numbers, in batches.
    pub async fn log_lines(&self, id: &str, range: &LogRange) -> Result<Lines<LogBatch>> {
        let target = v1(&["containers", id, "log", "stream"])
            .with_some("from", range.from)
            .with_some("since", range.since)
            .with_some("tail", range.tail)
            .with_some("side", range.side.as_ref().and_then(word))
            .with_some("limit", range.limit)
            .with_flag("follow", range.follow);
        self.lines(Method::GET, target, Content::None).await
    }

    /// How a log grows, with at most so many of its last lines each time.
    pub async fn log_news(&self, id: &str, lines: u64) -> Result<Lines<LogNews>> {
        let target = v1(&["containers", id, "log", "watch"]).with("lines", lines);
        self.lines(Method::GET, target, Content::None).await
    }

    /// Searches a log as far as the answer is read.
    pub async fn log_search(&self, id: &str, search: &LogSearch) -> Result<Lines<LogFound>> {
        let target = v1(&["containers", id, "log", "search"])
            .with("q", &search.text)
            .with_flag("regex", search.regex)
            .with_flag("case", search.match_case)
            .with_some("side", search.side.as_ref().and_then(word))
            .with_some("from", search.from)
            .with_flag("follow", search.follow);
        self.lines(Method::GET, target, Content::None).await
    }
}
