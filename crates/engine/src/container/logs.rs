//! Reading a container's log, to its end or as it grows.
//!
//! New rows are learnt from inotify, the container's end from its owner; between the two nothing
//! runs.

use std::sync::Arc;

use futures_util::stream;
use gantry_log::{Entry, Reader, Stream as Origin};
use gantry_wire::Timestamp;
use gantry_wire::gantry::{LogBatch, LogLine, LogStream as Side};
use rustix::fs::inotify;
use tokio::sync::watch;

use super::folder::Folder;
use super::record::View;
use crate::core::blocking;
use crate::engine::BoxStream;
use crate::ready::Ready;
use crate::request::{LogQuery, LogWindow};
use crate::{Error, Result};

/// The most rows, and about the most bytes, that are read in one go.
const BATCH_ROWS: usize = 512;
const BATCH_BYTES: usize = 512 * 1024;

/// Rows of a log, and whether they come from a terminal.
pub struct LogStream {
    /// Written raw, without Docker's frames.
    pub tty: bool,
    /// The rows.
    pub entries: BoxStream<Result<Entry>>,
}

/// Refuses where the container keeps no log.
pub(crate) fn may_read(view: &View) -> Result<()> {
    if view.definition.host_config.log_config.r#type == "none" {
        return Err(Error::Invalid(
            "configured logging driver does not support reading".to_owned(),
        ));
    }
    Ok(())
}

/// A reader that waits for more.
struct Follower {
    /// Absent only while it reads on a blocking thread.
    reader: Option<Reader>,
    view: watch::Receiver<Arc<View>>,
    /// Tells of changes in the log's folder; none where only what is there is wanted.
    news: Option<Ready>,
}

/// What a read came to.
enum Read {
    Rows(Vec<Entry>),
    /// Everything is read and the container has ended.
    Ended,
    /// Everything is read and more is not wanted.
    AtEnd,
}

impl Follower {
    async fn open(
        folder: &Folder,
        view: watch::Receiver<Arc<View>>,
        follow: bool,
        seek: impl FnOnce(&mut Reader) -> Result<(), gantry_log::Error> + Send + 'static,
    ) -> Result<Self> {
        let path = folder.log();
        let (reader, news) = blocking(move || {
            // Watched before the first read: no row falls between the two.
            let news = follow.then(|| watch_folder(&path)).transpose()?;
            let mut reader = Reader::open(&path)?;
            seek(&mut reader)?;
            Ok((reader, news))
        })
        .await?;
        let news = news
            .map(Ready::new)
            .transpose()
            .map_err(Error::io("watch", &folder.log()))?;
        Ok(Self {
            reader: Some(reader),
            view,
            news,
        })
    }

    /// The next rows. `Ended` and `AtEnd` are told once everything was read.
    async fn read(&mut self) -> Result<Read> {
        // Looked at before reading: what an ended container wrote is all there.
        let up = {
            let view = self.view.borrow_and_update();
            view.state.is_running() && !view.gone
        };
        let Some(mut reader) = self.reader.take() else {
            return Err(Error::Internal("the log reader was lost".to_owned()));
        };
        let (reader, rows) = blocking(move || {
            let rows = read_batch(&mut reader)?;
            Ok((reader, rows))
        })
        .await?;
        self.reader = Some(reader);
        Ok(match () {
            () if !rows.is_empty() => Read::Rows(rows),
            () if up && self.news.is_some() => Read::AtEnd,
            () => Read::Ended,
        })
    }

    /// Waits until there may be more; false when nothing follows any more.
    async fn wait(&mut self) -> bool {
        let Some(news) = &self.news else { return false };
        tokio::select! {
            ready = news.readable() => {
                let Ok(mut ready) = ready else { return false };
                // What changed does not matter, only that it did.
                let mut events = [0; 4096];
                while rustix::io::read(news.get_ref(), &mut events).is_ok_and(|read| read > 0) {}
                ready.clear_ready();
                true
            }
            changed = self.view.changed() => changed.is_ok(),
        }
    }
}

fn watch_folder(path: &std::path::Path) -> Result<std::os::fd::OwnedFd> {
    let watch = || {
        let flags = inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK;
        let fd = inotify::init(flags)?;
        let kinds = inotify::WatchFlags::MODIFY | inotify::WatchFlags::CREATE;
        inotify::add_watch(&fd, path, kinds)?;
        Ok(fd)
    };
    watch().map_err(|error: rustix::io::Errno| Error::io("watch", path)(error.into()))
}

fn read_batch(reader: &mut Reader) -> Result<Vec<Entry>> {
    let mut rows = Vec::new();
    let mut bytes = 0;
    while rows.len() < BATCH_ROWS && bytes < BATCH_BYTES {
        let Some(entry) = reader.next_entry()? else {
            break;
        };
        bytes += entry.bytes.len();
        rows.push(entry);
    }
    Ok(rows)
}

/// The rows that `docker logs` asks for.
pub(crate) async fn rows(
    folder: &Folder,
    view: watch::Receiver<Arc<View>>,
    query: LogQuery,
) -> Result<LogStream> {
    if !query.stdout && !query.stderr {
        return Err(Error::Invalid(
            "Bad parameters: you must choose at least one stream".to_owned(),
        ));
    }
    let tty = view.borrow().definition.config.tty;
    let (tail, since) = (query.tail, query.since);
    let follower = Follower::open(folder, view, query.follow, move |reader| {
        match (tail, since) {
            (Some(count), _) => reader.seek_tail(count),
            (None, Some(time)) => reader.seek_since(time),
            (None, None) => Ok(()),
        }
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
            match self.follower.read().await? {
                Read::Rows(rows) => self.waiting = rows.into_iter(),
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

/// The rows that a window asks for, in batches. A followed log goes on over the container's
/// restarts and ends with the container.
pub(crate) async fn window(
    folder: &Folder,
    view: watch::Receiver<Arc<View>>,
    window: LogWindow,
) -> Result<BoxStream<Result<LogBatch>>> {
    let follower = Follower::open(folder, view, window.follow, move |reader| {
        match (window.from, window.tail) {
            (Some(from), _) => reader.seek_line(from.saturating_sub(1)),
            (None, Some(count)) => reader.seek_tail(count),
            (None, None) => Ok(()),
        }
    });
    let batches = Batches {
        follower: follower.await?,
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
    left: Option<u64>,
    told: Told,
}

impl Batches {
    async fn next(&mut self) -> Result<Option<LogBatch>> {
        loop {
            if self.left == Some(0) {
                return Ok(None);
            }
            let (lines, told) = match self.follower.read().await? {
                Read::Rows(mut rows) => {
                    if let Some(left) = &mut self.left {
                        rows.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
                        *left -= rows.len() as u64;
                    }
                    (rows.into_iter().map(line).collect(), Told::Nothing)
                }
                Read::AtEnd => (Vec::new(), Told::AtEnd),
                Read::Ended => (Vec::new(), Told::Ended),
            };
            if told != Told::Nothing && told == self.told {
                if self.follower.view.borrow().gone || !self.follower.wait().await {
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

fn line(entry: Entry) -> LogLine {
    LogLine {
        number: entry.line + 1,
        time: Timestamp::from_nanosecond(i128::from(entry.time)).unwrap_or_default(),
        stream: match entry.stream {
            Origin::Stdout => Side::Stdout,
            Origin::Stderr => Side::Stderr,
        },
        text: String::from_utf8_lossy(&entry.bytes).into_owned(),
        partial: entry.partial,
    }
}
