//! A container's log as Docker streams it, taken apart again.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use futures_util::Stream;
use hyper::Method;
use hyper::body::{Body, Incoming};
use hyper::header::CONTENT_TYPE;

use crate::containers::container;
use crate::transport::Content;
use crate::{Client, Error, Result};

/// Which part of a log is wanted, and how.
#[derive(Debug, Clone, Default)]
pub struct LogOptions {
    pub stdout: bool,
    pub stderr: bool,
    pub follow: bool,
    pub timestamps: bool,
    pub details: bool,
    /// `seconds.nanoseconds` or RFC 3339.
    pub since: Option<String>,
    pub until: Option<String>,
    /// Only the last lines; all of them otherwise.
    pub tail: Option<u64>,
}

/// Where bytes came from. A terminal has only stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Output {
    Stdout,
    Stderr,
}

/// Some bytes of a log or of an attached container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogChunk {
    pub output: Output,
    pub bytes: Bytes,
}

impl Client {
    /// Streams a log.
    pub async fn logs(
        &self,
        id: &str,
        options: &LogOptions,
    ) -> Result<impl Stream<Item = Result<LogChunk>> + Send + Unpin + use<>> {
        let target = container(id, "logs")
            .with_flag("stdout", options.stdout)
            .with_flag("stderr", options.stderr)
            .with_flag("follow", options.follow)
            .with_flag("timestamps", options.timestamps)
            .with_flag("details", options.details)
            .with_some("since", options.since.as_deref())
            .with_some("until", options.until.as_deref())
            .with_some("tail", options.tail);
        let response = self.send(Method::GET, target, Content::None).await?;
        let raw = response
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind == "application/vnd.docker.raw-stream");
        Ok(LogStream {
            body: response.into_body(),
            demultiplexer: (!raw).then(Demultiplexer::default),
        })
    }
}

struct LogStream {
    body: Incoming,
    /// Absent for a raw stream.
    demultiplexer: Option<Demultiplexer>,
}

impl Stream for LogStream {
    type Item = Result<LogChunk>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(demultiplexer) = &mut self.demultiplexer
                && let Some(chunk) = demultiplexer.take().transpose()
            {
                return Poll::Ready(Some(chunk));
            }
            let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(cx)) else {
                return Poll::Ready(None);
            };
            let Ok(data) = frame?.into_data() else {
                continue;
            };
            match &mut self.demultiplexer {
                Some(demultiplexer) => demultiplexer.feed(data.into()),
                None => {
                    return Poll::Ready(Some(Ok(LogChunk {
                        output: Output::Stdout,
                        bytes: data,
                    })));
                }
            }
        }
    }
}

/// Takes Docker's frames apart: a byte for the stream, three zeros, four bytes of length, the rest.
#[derive(Debug, Default)]
pub struct Demultiplexer {
    buffer: BytesMut,
    /// What is still to come of the current frame.
    open: Option<(Output, usize)>,
}

impl Demultiplexer {
    /// Adds bytes as they came.
    pub fn feed(&mut self, bytes: BytesMut) {
        self.buffer.unsplit(bytes);
    }

    /// The next piece: a frame may come in several.
    pub fn take(&mut self) -> Result<Option<LogChunk>> {
        loop {
            if let Some((output, left)) = self.open {
                if left == 0 {
                    self.open = None;
                    continue;
                }
                if self.buffer.is_empty() {
                    return Ok(None);
                }
                let bytes = self.buffer.split_to(left.min(self.buffer.len())).freeze();
                self.open = Some((output, left - bytes.len()));
                return Ok(Some(LogChunk { output, bytes }));
            }
            if self.buffer.len() < 8 {
                return Ok(None);
            }
            let output = match self.buffer[0] {
                0 | 1 => Output::Stdout,
                2 => Output::Stderr,
                other => {
                    return Err(Error::Unreadable(format!("a frame of stream {other}")));
                }
            };
            self.buffer.advance(4);
            self.open = Some((output, self.buffer.get_u32() as usize));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(demultiplexer: &mut Demultiplexer) -> Option<(Output, String)> {
        let chunk = demultiplexer.take().unwrap()?;
        Some((
            chunk.output,
            String::from_utf8(chunk.bytes.to_vec()).unwrap(),
        ))
    }

    #[test]
    fn frames_are_taken_apart_wherever_they_were_cut() {
        let stream = b"\x01\0\0\0\0\0\0\x02hi\x02\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\x03no!";
        for cut in 0..stream.len() {
            let mut demultiplexer = Demultiplexer::default();
            let (mut out, mut err) = (String::new(), String::new());
            for part in [&stream[..cut], &stream[cut..]] {
                demultiplexer.feed(part.into());
                while let Some((output, piece)) = text(&mut demultiplexer) {
                    match output {
                        Output::Stdout => out.push_str(&piece),
                        Output::Stderr => err.push_str(&piece),
                    }
                }
            }
            assert_eq!((out.as_str(), err.as_str()), ("hi", "no!"), "cut at {cut}");
        }
    }

    #[test]
    fn a_stream_that_is_not_framed_is_an_error() {
        let mut demultiplexer = Demultiplexer::default();
        demultiplexer.feed(b"plain text"[..].into());
        assert!(demultiplexer.take().is_err());
    }
}
