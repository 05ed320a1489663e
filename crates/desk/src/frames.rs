//! Items of a subscription, joined into frames.

use std::{pin::Pin, time::Duration};

use bytes::Bytes;
use futures_util::{FutureExt, Stream, StreamExt};
use gantry_view::Failure;
use serde::Serialize;
use tokio::time::Instant;

/// Frames never follow each other faster than the screen is drawn.
const PACE: Duration = Duration::from_millis(16);

/// A frame is closed once it holds this many bytes.
const FULL: usize = 256 * 1024;

type Items = Pin<Box<dyn Stream<Item = Result<Vec<u8>, Failure>> + Send>>;

/// A running subscription as frames: JSON arrays of its items, in order.
///
/// A failure ends the subscription and is its last frame, as a JSON object. The first item after a
/// pause leaves at once; what comes within the next 16 ms shares a frame. Nothing is read from the
/// source while nobody asks for frames, so a slow reader slows the source down.
pub struct Frames {
    items: Option<Items>,
    /// The open frame without its closing bracket; empty while it holds nothing.
    open: Vec<u8>,
    failure: Option<Failure>,
    not_before: Instant,
}

impl Frames {
    /// Frames of a stream of items.
    pub fn new<T, S>(items: S) -> Self
    where
        T: Serialize,
        S: Stream<Item = Result<T, Failure>> + Send + 'static,
    {
        let items = items.map(|item| {
            serde_json::to_vec(&item?).map_err(|error| Failure::new("internal", error.to_string()))
        });
        Self {
            items: Some(Box::pin(items)),
            open: Vec::new(),
            failure: None,
            not_before: Instant::now(),
        }
    }

    /// The next frame; `None` when the subscription has ended.
    ///
    /// Dropping the future loses nothing: what was read is part of the next frame.
    pub async fn next(&mut self) -> Option<Bytes> {
        if self.open.is_empty() {
            let item = self.read().await?;
            self.take(item);
        }
        if !self.open.is_empty() {
            tokio::time::sleep_until(self.not_before).await;
            while self.open.len() < FULL && self.failure.is_none() {
                match self.read().now_or_never() {
                    Some(Some(item)) => self.take(item),
                    Some(None) | None => break,
                }
            }
        }
        self.not_before = Instant::now() + PACE;
        self.close()
    }

    /// The next item, or the end: a failure that was put off, then nothing for ever.
    async fn read(&mut self) -> Option<Result<Vec<u8>, Failure>> {
        if let Some(failure) = self.failure.take() {
            return Some(Err(failure));
        }
        let item = self.items.as_mut()?.next().await;
        if !matches!(item, Some(Ok(_))) {
            self.items = None;
        }
        item
    }

    fn take(&mut self, item: Result<Vec<u8>, Failure>) {
        match item {
            Ok(json) => {
                self.open
                    .push(if self.open.is_empty() { b'[' } else { b',' });
                self.open.extend_from_slice(&json);
            }
            Err(failure) => self.failure = Some(failure),
        }
    }

    fn close(&mut self) -> Option<Bytes> {
        if self.open.is_empty() {
            return serde_json::to_vec(&self.failure.take()?)
                .map(Bytes::from)
                .ok();
        }
        let mut frame = std::mem::take(&mut self.open);
        frame.push(b']');
        Some(frame.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    async fn all(mut frames: Frames) -> Vec<String> {
        let mut texts = Vec::new();
        while let Some(frame) = frames.next().await {
            texts.push(String::from_utf8_lossy(&frame).into_owned());
        }
        texts
    }

    #[tokio::test]
    async fn items_at_hand_share_a_frame() {
        let frames = Frames::new(stream::iter([1, 2, 3].map(Ok)));
        assert_eq!(all(frames).await, ["[1,2,3]"]);
    }

    #[tokio::test]
    async fn a_failure_comes_last_and_alone() {
        let failure = Failure::new("engine-lost", "gone");
        let frames = Frames::new(stream::iter([Ok(1), Err(failure.clone()), Ok(2)]));
        let texts = all(frames).await;
        assert_eq!(texts.len(), 2);
        assert_eq!(texts[0], "[1]");
        assert_eq!(
            serde_json::from_str::<Failure>(&texts[1]).ok(),
            Some(failure)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn frames_keep_their_distance() {
        let ticks = stream::unfold(0_u32, |n| async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            (n < 32).then_some((Ok(n), n + 1))
        });
        let started = Instant::now();
        let texts = all(Frames::new(ticks)).await;
        let frames = started.elapsed().as_millis() / PACE.as_millis() + 2;
        assert!(texts.len() as u128 <= frames, "{texts:?}");
        assert_eq!(texts[0], "[0]", "the first item does not wait");
    }

    #[tokio::test]
    async fn an_abandoned_wait_loses_nothing() {
        let (sender, receiver) = tokio::sync::mpsc::channel(4);
        let items = stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|item| (Ok(item), receiver))
        });
        let mut frames = Frames::new(items);
        assert!(frames.next().now_or_never().is_none());
        sender.send(7).await.expect("an open channel");
        assert_eq!(frames.next().await.as_deref(), Some(b"[7]".as_slice()));
    }

    #[tokio::test]
    async fn a_large_backlog_is_cut_into_frames() {
        let line = "x".repeat(1024);
        let items = stream::iter((0..1024).map(move |_| Ok(line.clone())));
        let texts = all(Frames::new(items)).await;
        assert!(texts.len() >= 4);
        assert!(texts.iter().all(|text| text.len() < FULL + 2048));
    }
}
