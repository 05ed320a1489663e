//! `GET /containers/{id}/logs`: the log as Docker streams it.
//!
//! Without a terminal each row travels in a frame of its own: a byte for the stream (1 stdout,
//! 2 stderr), three zeros, the length as four bytes big-endian, then the row.

use std::io;

use bytes::{BufMut, BytesMut};
use futures_util::{StreamExt, stream};
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
    // Rows that are at hand leave together: one at a time would cost more than reading them.
    let body = log
        .entries
        .ready_chunks(MOST_TOGETHER)
        .flat_map(move |rows| {
            let mut out = BytesMut::new();
            let mut failure = None;
            for row in rows {
                match row {
                    Ok(entry) => writer.write(&entry, &mut out),
                    Err(error) => failure = Some(io::Error::other(error)),
                }
            }
            let rows = (!out.is_empty()).then(|| Ok(out.freeze()));
            stream::iter(rows.into_iter().chain(failure.map(Err)))
        });
    Ok(response::bytes(stream_type(log.tty), body))
}

/// The most rows that leave together.
const MOST_TOGETHER: usize = 512;

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
    fn write(&mut self, entry: &Entry, out: &mut BytesMut) {
        let (code, index) = match entry.stream {
            Stream::Stdout => (1, 0),
            Stream::Stderr => (2, 1),
        };
        let continues = std::mem::replace(&mut self.open[index], entry.partial);
        let head = out.len();
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
            out[head + 4..start].copy_from_slice(&length.to_be_bytes());
        }
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

    fn written(writer: &mut Writer, entries: &[Entry]) -> Vec<u8> {
        let mut out = BytesMut::new();
        for entry in entries {
            writer.write(entry, &mut out);
        }
        out.to_vec()
    }

    #[test]
    fn rows_are_framed_by_stream_and_length() {
        let rows = [
            entry(Stream::Stderr, b"oh\0no", false),
            entry(Stream::Stdout, b"", false),
        ];
        assert_eq!(
            written(&mut writer(Frames::PerRow, false), &rows),
            b"\x02\0\0\0\0\0\0\x06oh\0no\n\x01\0\0\0\0\0\0\x01\n"
        );
    }

    #[test]
    fn a_long_line_is_stamped_once_and_ended_once() {
        let rows = [
            entry(Stream::Stdout, b"long ", true),
            entry(Stream::Stderr, b"other", false),
            entry(Stream::Stdout, b"line", false),
        ];
        let out = written(&mut writer(Frames::None, true), &rows);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "1970-01-01T00:00:01.500000000Z long 1970-01-01T00:00:01.500000000Z other\nline\n"
        );
    }
}
