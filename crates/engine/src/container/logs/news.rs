//! How a log grows, no faster than a window can show it.

use std::time::Duration;

use futures_util::stream;
use gantry_log::{Entry, Extent, Reader};
use gantry_wire::gantry::LogNews;
use tokio::time::Instant;

use super::Source;
use super::follower::{Follower, Read};
use super::{line, numbered};
use crate::Result;
use crate::engine::BoxStream;

/// News do not follow each other faster than this: what comes meanwhile shares them.
const PACE: Duration = Duration::from_millis(50);

/// The news of a log, over the container's ends and starts, until it is removed.
pub(crate) async fn news(source: Source<'_>, rows: u64) -> Result<BoxStream<Result<LogNews>>> {
    let news = News {
        follower: Follower::open(source, true, |_| Ok(())).await?,
        rows,
        known: None,
        ended: false,
        not_before: Instant::now(),
    };
    Ok(Box::pin(stream::unfold(Some(news), |news| async move {
        let mut news = news?;
        match news.next().await {
            Ok(Some(next)) => Some((Ok(next), Some(news))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    })))
}

struct News {
    follower: Follower,
    /// How many rows come along at most.
    rows: u64,
    /// What the window knows.
    known: Option<Extent>,
    ended: bool,
    not_before: Instant,
}

impl News {
    async fn next(&mut self) -> Result<Option<LogNews>> {
        loop {
            tokio::time::sleep_until(self.not_before).await;
            let (known, rows) = (self.known, self.rows);
            let read = move |reader: &mut Reader| read(reader, known, rows);
            let (new, ended) = match self.follower.read(read).await? {
                Read::Some(new) => (Some(new), false),
                Read::AtEnd => (None, false),
                Read::Ended => (None, true),
            };
            let told = ended == self.ended && self.known.is_some();
            if new.is_none() && told {
                if self.follower.is_gone() || !self.follower.wait().await {
                    return Ok(None);
                }
                continue;
            }
            self.ended = ended;
            self.not_before = Instant::now() + PACE;
            let (extent, entries) = new.unwrap_or((self.known.unwrap_or_default(), Vec::new()));
            self.known = Some(extent);
            return Ok(Some(LogNews {
                extent: numbered(extent),
                lines: entries.into_iter().map(line).collect(),
                ended,
            }));
        }
    }
}

/// What is new, with the last rows of it; `None` when nothing is.
fn read(
    reader: &mut Reader,
    known: Option<Extent>,
    rows: u64,
) -> Result<Option<(Extent, Vec<Entry>)>> {
    let extent = reader.extent()?;
    if known == Some(extent) {
        return Ok(None);
    }
    let read_to = known.map_or(0, |known| known.end);
    let from = read_to
        .max(extent.end.saturating_sub(rows))
        .max(extent.first);
    if reader.next_line() != from {
        reader.seek_line(from)?;
    }
    let mut entries = Vec::new();
    while reader.next_line() < extent.end
        && let Some(entry) = reader.next_entry()?
    {
        entries.push(entry);
    }
    Ok(Some((extent, entries)))
}
