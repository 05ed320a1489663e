//! A container's log, by line number.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// One line of `GET /gantry/v1/containers/{id}/log/stream`: what was written since the last batch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogBatch {
    pub lines: Vec<LogLine>,
    /// Everything written so far has been sent; more follows only with `follow`.
    pub at_end: bool,
    /// The container ended; more follows only when it is started again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
}

/// What a log holds: `GET /gantry/v1/containers/{id}/log`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogExtent {
    /// The number of the first line that is kept; one more than `last` in an empty log.
    pub first: u64,
    /// The number of the last line.
    pub last: u64,
    /// How many of the kept lines were written to stderr.
    pub stderr: u64,
    /// What the log takes on the disk.
    pub bytes: u64,
}

/// One line of `GET /gantry/v1/containers/{id}/log/watch`: how far the log goes now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogNews {
    pub extent: LogExtent,
    /// The last of the lines that came since the news before.
    pub lines: Vec<LogLine>,
    /// The container ended; more comes only when it is started again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
}

/// One line of `GET /gantry/v1/containers/{id}/log/search`: what was found since the last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFound {
    pub runs: Vec<LogRun>,
    /// The number of the last line that was searched.
    pub searched: u64,
    /// Every line that was written so far has been searched; more follows only with `follow`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_end: bool,
}

/// Neighbouring lines with as many finds each: `[first line, lines, finds in each]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRun(pub u64, pub u64, pub u32);

/// One line of output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// From 1, over the whole life of the log, rotated files included.
    pub number: u64,
    pub time: Timestamp,
    pub stream: LogStream,
    /// Without its line end; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// The line is longer than one record and goes on in the next.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
}

/// Where a line came from. A terminal has stdout only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogStream {
    Stdout,
    Stderr,
}
