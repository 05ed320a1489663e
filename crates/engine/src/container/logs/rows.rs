//! What `docker logs` shows.

use futures_util::stream;
use gantry_log::{Entry, Reader, Stream as Origin};
use gantry_wire::Timestamp;

use super::Source;
use super::follower::{Follower, Read};
use crate::engine::BoxStream;
use crate::request::LogQuery;
use crate::{Error, Result};

/// The most rows, and about the most bytes, that are read in one go.
const BATCH_ROWS: usize = 2048;
const BATCH_BYTES: usize = 512 * 1024;

/// Rows of a log, and whether they come from a terminal.
pub struct LogStream {
    /// Written raw, without Docker's frames.
    pub tty: bool,
    /// The rows.
    pub entries: BoxStream<Result<Entry>>,
}

/// Some rows of one stream or of any; `None` at the end.
pub(super) fn read_batch(
    reader: &mut Reader,
    stream: Option<Origin>,
    limit: u64,
) -> Result<Option<Vec<Entry>>> {
    let most = BATCH_ROWS.min(usize::try_from(limit).unwrap_or(BATCH_ROWS));
    let mut rows = Vec::new();
    let mut bytes = 0;
    while rows.len() < most && bytes < BATCH_BYTES {
        let Some(entry) = reader.next_entry_of(stream)? else {
            break;
        };
        bytes += entry.bytes.len();
        rows.push(entry);
    }
    Ok((!rows.is_empty()).then_some(rows))
}

/// The rows that `docker logs` asks for.
pub(crate) async fn rows(source: Source<'_>, query: LogQuery) -> Result<LogStream> {
    if !query.stdout && !query.stderr {
        return Err(Error::Invalid(
            "Bad parameters: you must choose at least one stream".to_owned(),
        ));
    }
    let tty = source.view.borrow().definition.config.tty;
    let (tail, since) = (query.tail, query.since);
    let follower = Follower::open(source, query.follow, move |reader| match (tail, since) {
        (Some(count), _) => reader.seek_tail(count),
        (None, Some(time)) => reader.seek_since(time),
        (None, None) => Ok(()),
    });
    let rows = Rows {
        follower: follower.await?,
        query,
        waiting: Vec::new().into_iter(),
    };
    let entries = stream::unfold(Some(rows), |rows| async move {
        let mut rows = rows?;
        match rows.next().await {
            Ok(Some(entry)) => Some((Ok(entry), Some(rows))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    });
    Ok(LogStream {
        tty,
        entries: Box::pin(entries),
    })
}

struct Rows {
    follower: Follower,
    query: LogQuery,
    waiting: std::vec::IntoIter<Entry>,
}

impl Rows {
    async fn next(&mut self) -> Result<Option<Entry>> {
        loop {
            for entry in self.waiting.by_ref() {
                if self.query.until.is_some_and(|until| entry.time > until) {
                    return Ok(None);
                }
                let wanted = match entry.stream {
                    Origin::Stdout => self.query.stdout,
                    Origin::Stderr => self.query.stderr,
                };
                if wanted && self.query.since.is_none_or(|since| entry.time >= since) {
                    return Ok(Some(entry));
                }
            }
            match self
                .follower
                .read(|reader| read_batch(reader, None, u64::MAX))
                .await?
            {
                Read::Some(rows) => self.waiting = rows.into_iter(),
                Read::Ended => return Ok(None),
                Read::AtEnd => {
                    let more = tokio::select! {
                        more = self.follower.wait() => more,
                        () = passed(self.query.until) => false,
                    };
                    if !more {
                        return Ok(None);
                    }
                }
            }
        }
    }
}

/// Resolves at the given time in nanoseconds since 1970; never without one.
async fn passed(time: Option<u64>) {
    let Some(time) = time else {
        return std::future::pending().await;
    };
    let now = u64::try_from(Timestamp::now().as_nanosecond()).unwrap_or(0);
    tokio::time::sleep(std::time::Duration::from_nanos(time.saturating_sub(now))).await;
}
