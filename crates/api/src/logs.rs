//! `GET /containers/{id}/logs`: the log as Docker streams it.
//!
//! Without a terminal each row travels in a frame of its own: a byte for the stream (1 stdout,
//! 2 stderr), three zeros, the length as four bytes big-endian, then the row.

use std::io;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::StreamExt;
use gantry_engine::LogQuery;
use gantry_log::{Entry, Stream};
use jiff::Timestamp;

use crate::error::Error;
use crate::hijack::stream_type;
use crate::request::Call;
use crate::response::{self, Response};

pub(crate) async fn logs(call: &Call, id: &str) -> Result<Response, Error> {
    let query = &call.query;
    let wanted = LogQuery {
        stdout: query.flag("stdout"),
        stderr: query.flag("stderr"),
        since: query.time("since")?.and_then(|time| time.try_into().ok()),
        until: query.time("until")?.and_then(|time| time.try_into().ok()),
        // Docker takes everything that is not a number, or negative, for "all".
        tail: query.get("tail").and_then(|tail| tail.parse().ok()),
        follow: query.flag("follow"),
    };
    if !wanted.stdout && !wanted.stderr {
        return Err(Error::BadRequest(
            "Bad parameters: you must choose at least one stream".to_owned(),
        ));
    }
    let log = call.engine.logs(id, wanted).await?;
    let mut writer = Writer {
        frames: if log.tty {
            Frames::None
        } else {
            Frames::PerRow
        },
        timestamps: query.flag("timestamps"),
        details: query.flag("details"),
        open: [false; 2],
    };
    let body = log.entries.map(move |entry| match entry {
        Ok(entry) => Ok(writer.write(&entry)),
        Err(error) => Err(io::Error::other(error)),
    });
    Ok(response::bytes(stream_type(log.tty), body))
}

/// Whether rows are framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frames {
    None,
    PerRow,
}

/// Turns rows into what the client asked for.
#[derive(Debug)]
struct Writer {
    frames: Frames,
    timestamps: bool,
    /// Docker puts the log driver's attributes before the row; there are none, the blank stays.
    details: bool,
    /// Whether the last row of stdout and of stderr was without its newline.
    open: [bool; 2],
}

impl Writer {
    fn write(&mut self, entry: &Entry) -> Bytes {
        let (code, index) = match entry.stream {
            Stream::Stdout => (1, 0),
            Stream::Stderr => (2, 1),
        };
        let continues = std::mem::replace(&mut self.open[index], entry.partial);
        let mut out = BytesMut::with_capacity(entry.bytes.len() + 48);
        if self.frames == Frames::PerRow {
            out.put_slice(&[code, 0, 0, 0, 0, 0, 0, 0]);
        }
        let start = out.len();
        if !continues {
            if self.timestamps {
                out.put_slice(stamp(entry.time).as_bytes());
                out.put_u8(b' ');
            }
            if self.details {
                out.put_u8(b' ');
            }
        }
        out.put_slice(&entry.bytes);
        if !entry.partial {
            out.put_u8(b'\n');
        }
        if self.frames == Frames::PerRow {
            let length = (out.len() - start) as u32;
            out[4..8].copy_from_slice(&length.to_be_bytes());
        }
        out.freeze()
    }
}

/// RFC 3339 with all nine decimals: Docker pads, so that rows align.
fn stamp(nanoseconds: u64) -> String {
    let time = Timestamp::from_nanosecond(i128::from(nanoseconds)).unwrap_or_default();
    format!("{time:.9}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(stream: Stream, bytes: &[u8], partial: bool) -> Entry {
        Entry {
            line: 0,
            time: 1_500_000_000,
            stream,
            partial,
            bytes: bytes.to_vec(),
        }
    }

    fn writer(frames: Frames, timestamps: bool) -> Writer {
        Writer {
            frames,
            timestamps,
            details: false,
            open: [false; 2],
        }
    }

    #[test]
    fn rows_are_framed_by_stream_and_length() {
        let mut writer = writer(Frames::PerRow, false);
        let out = writer.write(&entry(Stream::Stderr, b"oh\0no", false));
        assert_eq!(&out[..], b"\x02\0\0\0\0\0\0\x06oh\0no\n");
    }

    #[test]
    fn a_long_line_is_stamped_once_and_ended_once() {
        let mut writer = writer(Frames::None, true);
        let first = writer.write(&entry(Stream::Stdout, b"long ", true));
        let other = writer.write(&entry(Stream::Stderr, b"other", false));
        let rest = writer.write(&entry(Stream::Stdout, b"line", false));
        assert_eq!(&first[..], b"1970-01-01T00:00:01.500000000Z long ");
        assert_eq!(&other[..], b"1970-01-01T00:00:01.500000000Z other\n");
        assert_eq!(&rest[..], b"line\n");
    }
}
