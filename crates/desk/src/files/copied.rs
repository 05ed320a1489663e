//! How far a copy is, told while it goes on.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::Stream;
use gantry_view::{Copied, Failure};
use tokio::{
    io::{self, AsyncRead, ReadBuf},
    sync::watch,
};

use crate::items::items;

/// It is told no more often than somebody can read it.
const PACE: Duration = Duration::from_millis(100);

/// Where bytes are counted on their way.
#[derive(Clone)]
pub(super) struct Count(watch::Sender<u64>);

impl Count {
    pub(super) fn of<R>(&self, input: R) -> Counted<R> {
        Counted {
            input,
            count: self.clone(),
        }
    }
}

/// An input whose bytes are counted.
pub(super) struct Counted<R> {
    input: R,
    count: Count,
}

impl<R: AsyncRead + Unpin> AsyncRead for Counted<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.input).poll_read(context, buffer))?;
        let came = (buffer.filled().len() - before) as u64;
        self.count.0.send_modify(|bytes| *bytes += came);
        Poll::Ready(Ok(()))
    }
}

/// The bytes that went so far while the work goes on; dropping the stream ends the work.
pub(super) fn told<W>(
    work: impl FnOnce(Count) -> W + Send,
) -> impl Stream<Item = Result<Copied, Failure>> + Send
where
    W: Future<Output = Result<(), Failure>> + Send,
{
    items(async move |items| {
        let (count, mut bytes) = watch::channel(0);
        let mut work = std::pin::pin!(work(Count(count)));
        loop {
            let done = tokio::select! {
                done = &mut work => Some(done),
                // Nothing is counted any more once the last input is gone.
                Ok(()) = grown(&mut bytes) => None,
            };
            let bytes = *bytes.borrow_and_update();
            items.send(Copied { bytes }).await;
            if let Some(done) = done {
                return done;
            }
        }
    })
}

async fn grown(bytes: &mut watch::Receiver<u64>) -> Result<(), watch::error::RecvError> {
    bytes.changed().await?;
    tokio::time::sleep(PACE).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, StreamExt};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn bytes_are_told_on_the_way_and_at_the_end() {
        let (mut near, far) = io::duplex(64);
        let work = async move |count: Count| {
            let mut all = Vec::new();
            let read = count.of(far).read_to_end(&mut all).await;
            read.map(drop)
                .map_err(|error| Failure::new("broken", error.to_string()))
        };
        let mut stream = std::pin::pin!(told(work));
        near.write_all(b"seven b").await.expect("room");
        assert_eq!(stream.next().await, Some(Ok(Copied { bytes: 7 })));
        near.write_all(b"ytes").await.expect("room");
        drop(near);
        let rest: Vec<_> = stream.collect().await;
        assert_eq!(rest.last(), Some(&Ok(Copied { bytes: 11 })));
    }

    #[tokio::test]
    async fn who_stops_listening_ends_the_work() {
        let (alive, ended) = tokio::sync::oneshot::channel::<()>();
        let work = async move |_: Count| {
            let _held = alive;
            std::future::pending::<()>().await;
            Ok(())
        };
        let mut stream = Box::pin(told(work));
        assert!(stream.next().now_or_never().is_none());
        drop(stream);
        assert!(ended.await.is_err(), "the work is gone");
    }

    #[tokio::test]
    async fn a_failure_is_the_last_word() {
        let failed = Failure::new("disk-full", "disk full");
        let work = async |_: Count| Err(failed.clone());
        let all: Vec<_> = told(work).collect().await;
        assert_eq!(all, [Ok(Copied { bytes: 0 }), Err(failed)]);
    }
}
