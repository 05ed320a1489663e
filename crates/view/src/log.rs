//! What a container printed.

use serde::{Deserialize, Serialize};

use crate::call::{call, subscribe};

/// Tells how a container's log grows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WatchLog {
    pub id: String,
    /// How many of the last lines come along at most, at first and with each of the news.
    pub lines: u32,
}
subscribe!(WatchLog, "watch_log", LogNews);

/// How far a log goes now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogNews {
    /// The number of the first line that is kept; one more than `last` in an empty log.
    pub first: u64,
    /// The number of the last line.
    pub last: u64,
    /// How many of the kept lines went to the error stream.
    pub errors: u64,
    /// What the log takes on the disk.
    pub bytes: u64,
    /// The container ended and nothing more will come until it starts again.
    pub ended: bool,
    /// The last of the lines that are new.
    pub lines: Vec<LogLine>,
}

/// Reads lines from a number on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadLog {
    pub id: String,
    pub from: u64,
    pub limit: u32,
    /// Only lines of this stream.
    pub side: Option<LogSide>,
}
call!(ReadLog, "read_log", Vec<LogLine>);

/// Finds the first line that is not earlier than a time; `None` when all are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindLogTime {
    pub id: String,
    pub time: i64,
}
call!(FindLogTime, "find_log_time", Option<u64>);

/// Searches a whole log, and what is printed from then on. Upper and lower case are the same.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SearchLog {
    pub id: String,
    /// Empty finds every line.
    pub text: String,
    /// The text is a regular expression; fails with `invalid-request` where it is none.
    pub regex: bool,
    /// Only lines of this stream.
    pub side: Option<LogSide>,
}
subscribe!(SearchLog, "search_log", LogFound);

/// What was found since the last item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFound {
    pub runs: Vec<LogRun>,
    /// The number of the last line that was searched.
    pub searched: u64,
    /// Every line there is was searched.
    pub at_end: bool,
}

/// Neighbouring lines with as many finds each: `[first line, lines, finds in each]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRun(pub u64, pub u64, pub u32);

/// One of the two streams of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogSide {
    Output,
    Errors,
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
