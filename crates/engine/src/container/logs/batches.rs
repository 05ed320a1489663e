//! Rows with their numbers, in batches.

use futures_util::stream;
use gantry_log::Reader;
use gantry_wire::gantry::LogBatch;

use super::Source;
use super::follower::{Follower, Read};
use super::{line, rows::read_batch};
use crate::Result;
use crate::engine::BoxStream;
use crate::request::LogWindow;

/// The rows that a window asks for, in batches. A followed log goes on over the container's
/// restarts and ends with the container.
pub(crate) async fn window(
    source: Source<'_>,
    window: LogWindow,
) -> Result<BoxStream<Result<LogBatch>>> {
    let follower = Follower::open(source, window.follow, move |reader| {
        match (window.from, window.since, window.tail) {
            (Some(from), ..) => reader.seek_line(from.saturating_sub(1)),
            (None, Some(time), _) => reader.seek_since(time),
            (None, None, Some(count)) => reader.seek_tail(count),
            (None, None, None) => Ok(()),
        }
    });
    let batches = Batches {
        follower: follower.await?,
        stream: window.stream,
        left: window.limit,
        told: Told::Nothing,
    };
    Ok(Box::pin(stream::unfold(
        Some(batches),
        |batches| async move {
            let mut batches = batches?;
            match batches.next().await {
                Ok(Some(batch)) => Some((Ok(batch), Some(batches))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        },
    )))
}

/// What the reader of a window's log knows already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    AtEnd,
    Ended,
}

struct Batches {
    follower: Follower,
    stream: Option<gantry_log::Stream>,
    left: Option<u64>,
    told: Told,
}

impl Batches {
    async fn next(&mut self) -> Result<Option<LogBatch>> {
        loop {
            if self.left == Some(0) {
                return Ok(None);
            }
            let (stream, left) = (self.stream, self.left.unwrap_or(u64::MAX));
            let read = move |reader: &mut Reader| read_batch(reader, stream, left);
            let (lines, told) = match self.follower.read(read).await? {
                Read::Some(rows) => {
                    if let Some(left) = &mut self.left {
                        *left -= rows.len() as u64;
                    }
                    (rows.into_iter().map(line).collect(), Told::Nothing)
                }
                Read::AtEnd => (Vec::new(), Told::AtEnd),
                Read::Ended => (Vec::new(), Told::Ended),
            };
            if told != Told::Nothing && told == self.told {
                if self.follower.is_gone() || !self.follower.wait().await {
                    return Ok(None);
                }
                continue;
            }
            self.told = told;
            let (at_end, ended) = (told != Told::Nothing, told == Told::Ended);
            return Ok(Some(LogBatch {
                lines,
                at_end,
                ended,
            }));
        }
    }
}
