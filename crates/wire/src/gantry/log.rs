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
