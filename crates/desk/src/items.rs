//! Streams that are written as a function.

use std::future;

use futures_util::{Stream, StreamExt, stream};
use gantry_view::Failure;
use tokio::sync::mpsc;

/// Items on their way before the function waits.
const AHEAD: usize = 64;

/// Where the function puts its items.
pub(crate) struct Items<T>(mpsc::Sender<Result<T, Failure>>);

impl<T> Items<T> {
    /// Waits while too many items are under way.
    pub(crate) async fn send(&self, item: T) {
        // The receiver lives as long as the function: they are parts of one stream.
        let _ = self.0.send(Ok(item)).await;
    }
}

/// The items that a function sends while it runs; an error that it returns ends the stream.
///
/// The function runs only while the stream is read and ends when the stream is dropped.
pub(crate) fn items<T, R>(
    function: impl FnOnce(Items<T>) -> R,
) -> impl Stream<Item = Result<T, Failure>> + Send
where
    T: Send,
    R: Future<Output = Result<(), Failure>> + Send,
{
    let (sender, receiver) = mpsc::channel(AHEAD);
    let running = function(Items(sender.clone()));
    let run = async move {
        if let Err(failure) = running.await {
            let _ = sender.send(Err(failure)).await;
        }
    };
    let sent = stream::unfold(receiver, |mut receiver| async move {
        Some((receiver.recv().await?, receiver))
    });
    // The second stream has no items: it is there to be polled.
    let driver = stream::once(run).filter_map(|()| future::ready(None));
    stream::select(sent.fuse(), driver)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_sent_comes_before_the_error() {
        let failure = Failure::new("gone", "gone");
        let stream = items(async |items: Items<u8>| {
            items.send(1).await;
            items.send(2).await;
            Err(failure.clone())
        });
        let all: Vec<_> = stream.collect().await;
        assert_eq!(all, [Ok(1), Ok(2), Err(Failure::new("gone", "gone"))]);
    }
}
