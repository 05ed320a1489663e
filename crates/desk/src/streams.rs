//! Subscriptions that are read frame by frame, by number.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use bytes::Bytes;
use gantry_view::Failure;
use tokio_util::sync::CancellationToken;

use crate::Frames;

/// The open subscriptions of one window, for a transport that can only ask and answer.
///
/// The reader asks for frame 0, 1, 2 … of a stream. Asking for a frame acknowledges the one before;
/// asking for the same frame again gives the same bytes, so an answer that got lost on the way can
/// be fetched once more.
#[derive(Default)]
pub struct Streams {
    last_id: AtomicU32,
    open: Mutex<HashMap<u32, Arc<Open>>>,
}

struct Open {
    closed: CancellationToken,
    reader: tokio::sync::Mutex<Reader>,
}

struct Reader {
    frames: Frames,
    /// How many frames were read.
    count: u64,
    last: Bytes,
}

impl Streams {
    /// Takes a subscription in and names it.
    pub fn open(&self, frames: Frames) -> u32 {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed);
        let open = Open {
            closed: CancellationToken::new(),
            reader: tokio::sync::Mutex::new(Reader {
                frames,
                count: 0,
                last: Bytes::new(),
            }),
        };
        self.lock().insert(id, Arc::new(open));
        id
    }

    /// Waits for a frame. Empty means that the stream has ended, was closed or is unknown.
    pub async fn next(&self, id: u32, frame: u64) -> Result<Bytes, Failure> {
        let Some(open) = self.lock().get(&id).cloned() else {
            return Ok(Bytes::new());
        };
        let read = async {
            let mut reader = open.reader.lock().await;
            if frame + 1 == reader.count {
                return Ok(reader.last.clone());
            }
            if frame != reader.count {
                let raw = format!("frame {frame} was asked for, {} is next", reader.count);
                return Err(Failure::new("bad-request", raw));
            }
            reader.last = reader.frames.next().await.unwrap_or_default();
            reader.count += 1;
            Ok(reader.last.clone())
        };
        tokio::select! {
            read = read => read,
            () = open.closed.cancelled() => Ok(Bytes::new()),
        }
    }

    /// Ends a subscription; a pending [`Streams::next`] answers that it has ended.
    pub fn close(&self, id: u32) {
        if let Some(open) = self.lock().remove(&id) {
            open.closed.cancel();
        }
    }

    /// Ends all subscriptions: their page is gone.
    pub fn close_all(&self) {
        for (_, open) in self.lock().drain() {
            open.closed.cancel();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u32, Arc<Open>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt, StreamExt, stream};

    #[tokio::test]
    async fn a_lost_frame_can_be_fetched_again() {
        let streams = Streams::default();
        let id = streams.open(Frames::new(stream::iter([Ok(1)])));
        assert_eq!(streams.next(id, 0).await.as_deref(), Ok(b"[1]".as_slice()));
        assert_eq!(streams.next(id, 0).await.as_deref(), Ok(b"[1]".as_slice()));
        assert_eq!(streams.next(id, 1).await.as_deref(), Ok(b"".as_slice()));
        assert!(streams.next(id, 7).await.is_err());
    }

    #[tokio::test]
    async fn closing_answers_who_waits() {
        let streams = Arc::new(Streams::default());
        let id = streams.open(Frames::new(stream::pending::<Result<u8, Failure>>()));
        let waiting = tokio::spawn({
            let streams = Arc::clone(&streams);
            async move { streams.next(id, 0).await }
        });
        tokio::task::yield_now().await;
        streams.close(id);
        assert_eq!(waiting.await.expect("no panic"), Ok(Bytes::new()));
    }

    #[tokio::test]
    async fn a_page_that_reloads_ends_its_streams() {
        let streams = Streams::default();
        let endless = stream::iter(0_u64..).map(Ok::<_, Failure>);
        let id = streams.open(Frames::new(endless));
        streams.close_all();
        let next = streams.next(id, 0).now_or_never();
        assert_eq!(next, Some(Ok(Bytes::new())));
    }
}
