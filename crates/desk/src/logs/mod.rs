//! What containers print: followed, read by line, searched, and saved as a file.

mod read;
mod save;
mod search;
mod watch;

use gantry_view::{LogLine, LogSide};
use gantry_wire::gantry::{self, LogStream};

pub(crate) use read::{find_time, read};
pub(crate) use save::{save, text};
pub(crate) use search::search;
pub(crate) use watch::watch;

fn line(line: gantry::LogLine) -> LogLine {
    LogLine {
        number: line.number,
        time: line.time.as_millisecond(),
        stderr: line.stream == LogStream::Stderr,
        partial: line.partial,
        text: line.text,
    }
}

fn side(side: LogSide) -> LogStream {
    match side {
        LogSide::Output => LogStream::Stdout,
        LogSide::Errors => LogStream::Stderr,
    }
}
