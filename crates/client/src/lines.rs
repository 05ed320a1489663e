//! A stream of JSON values, one per line.

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use futures_util::Stream;
use hyper::body::{Body, Incoming};
use serde::de::DeserializeOwned;

use crate::{Error, Result};

/// Values as the engine sends them. Dropping the stream tells the engine to stop.
#[derive(Debug)]
pub struct Lines<T> {
    body: Incoming,
    buffer: BytesMut,
    /// How much of the buffer is known to hold no line end.
    searched: usize,
    ended: bool,
    item: PhantomData<fn() -> T>,
}

impl<T> Lines<T> {
    pub(crate) fn new(body: Incoming) -> Self {
        Self {
            body,
            buffer: BytesMut::new(),
            searched: 0,
            ended: false,
            item: PhantomData,
        }
    }

    /// Takes the next whole line off the buffer; at the end, what is left.
    fn take_line(&mut self) -> Option<BytesMut> {
        let found = self.buffer[self.searched..]
            .iter()
            .position(|byte| *byte == b'\n');
        if let Some(position) = found {
            let line = self.buffer.split_to(self.searched + position);
            self.buffer.advance(1);
            self.searched = 0;
            return Some(line);
        }
        self.searched = self.buffer.len();
        (self.ended && !self.buffer.is_empty()).then(|| {
            self.searched = 0;
            self.buffer.split()
        })
    }
}

impl<T: DeserializeOwned> Stream for Lines<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            while let Some(line) = self.take_line() {
                if line.trim_ascii().is_empty() {
                    continue;
                }
                return Poll::Ready(Some(serde_json::from_slice(&line).map_err(unreadable)));
            }
            if self.ended {
                return Poll::Ready(None);
            }
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.buffer.extend_from_slice(&data);
                    }
                }
                Some(Err(error)) => {
                    self.ended = true;
                    self.buffer.clear();
                    return Poll::Ready(Some(Err(error.into())));
                }
                None => self.ended = true,
            }
        }
    }
}

/// Half a value is what an engine leaves that was killed while it wrote.
fn unreadable(error: serde_json::Error) -> Error {
    if error.is_eof() {
        Error::Interrupted(Box::new(error))
    } else {
        Error::Unreadable(error.to_string())
    }
}
