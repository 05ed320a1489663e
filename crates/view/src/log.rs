//! What a container printed.

use serde::{Deserialize, Serialize};

use crate::call::{call, subscribe};

/// Follows a container's log from its last lines on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WatchLog {
    pub id: String,
    /// How many of the last lines come first.
    pub tail: u32,
    /// Leave out what is older; `None` keeps all.
    pub since: Option<i64>,
}
subscribe!(WatchLog, "watch_log", LogItem);

/// A part of a log stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogItem {
    Lines(Vec<LogLine>),
    /// Everything written so far has been sent; `total` is the number of the last line.
    CaughtUp {
        total: u64,
    },
    /// The container ended and nothing more will come until it starts again.
    Ended,
    /// The log cannot be read.
    Failed(crate::Failure),
}

/// One line, or one part of a very long line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Counted from 1 since the container was made.
    pub number: u64,
    pub time: i64,
    /// Written to the standard error stream.
    pub stderr: bool,
    /// The line goes on in the next one.
    pub partial: bool,
    /// With ANSI sequences, without the line end; bytes that are not UTF-8 become U+FFFD.
    pub text: String,
}

/// Writes a container's whole log to a file on this computer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SaveLog {
    pub id: String,
    pub path: String,
    pub timestamps: bool,
}
call!(SaveLog, "save_log", u64);
