//! Request bodies: whole where they are small, as a reader where they are archives.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http_body_util::{BodyExt, BodyStream, LengthLimitError, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio::runtime::Handle;
use tokio_util::io::StreamReader;

use crate::error::Error;
use crate::reception::Reception;

/// The most bytes of a JSON body. A create body with a few thousand variables has 1 % of it.
const JSON_BYTES: usize = 8 * 1024 * 1024;

/// The body of a request. Its end is the end of the request.
#[derive(Debug)]
pub(crate) struct RequestBody {
    incoming: Incoming,
    reception: Reception,
}

impl RequestBody {
    pub(crate) fn new(incoming: Incoming, reception: Reception) -> Self {
        Self {
            incoming,
            reception,
        }
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        self.reception.body_ended();
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.incoming).poll_frame(cx);
        if matches!(polled, Poll::Ready(None)) || self.incoming.is_end_stream() {
            self.reception.body_ended();
        } else if polled.is_pending() {
            self.reception.body_starves();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// Reads a body whole.
pub(crate) async fn collect<B>(body: &mut B) -> Result<Bytes, Error>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    match Limited::new(body, JSON_BYTES).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Error::TooLarge(JSON_BYTES)),
        Err(error) => Err(Error::Interrupted(error.to_string())),
    }
}

/// Reads a body as it comes: nothing is taken from the client before it is asked for.
///
/// Whoever has seen enough of it drops the reader. A client that is about to send the rest must get
/// the answer all the same, and a connection that is closed on unread bytes may lose it; so a
/// short rest is still taken, as Go's server does.
pub(crate) fn reader<B>(body: B) -> impl AsyncRead + Send + Unpin + 'static
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    Lingering(Some(Box::pin(chunks(body))))
}

fn chunks<B>(body: B) -> impl AsyncRead + Send + 'static
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let chunks = BodyStream::new(body).filter_map(|frame| {
        let chunk = match frame {
            Ok(frame) => frame.into_data().ok().map(Ok),
            Err(error) => Some(Err(io::Error::new(io::ErrorKind::UnexpectedEof, error))),
        };
        std::future::ready(chunk)
    });
    StreamReader::new(chunks)
}

/// The most bytes that are taken of a body that nobody wants, and for how long.
const REST: u64 = 256 * 1024;
const LINGER: Duration = Duration::from_millis(500);

/// A reader that takes a short rest of its body when it is dropped.
struct Lingering(Option<Pin<Box<dyn AsyncRead + Send>>>);

impl AsyncRead for Lingering {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Some(input) = &mut self.0 else {
            return Poll::Ready(Ok(()));
        };
        let before = buffer.filled().len();
        let polled = input.as_mut().poll_read(cx, buffer);
        let nothing_more = match &polled {
            Poll::Ready(Ok(())) => buffer.filled().len() == before,
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        };
        if nothing_more && buffer.remaining() > 0 {
            self.0 = None;
        }
        polled
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let (Some(input), Ok(runtime)) = (self.0.take(), Handle::try_current()) else {
            return;
        };
        runtime.spawn(async move {
            let (mut rest, mut nowhere) = (input.take(REST), tokio::io::sink());
            // Whatever comes of it, the body ends here.
            let taken = tokio::io::copy(&mut rest, &mut nowhere);
            let _ = tokio::time::timeout(LINGER, taken).await;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::Full;

    #[tokio::test]
    async fn a_body_that_is_too_large_is_refused() {
        let mut body = Full::new(Bytes::from(vec![b' '; JSON_BYTES + 1]));
        assert!(matches!(
            collect(&mut body).await,
            Err(Error::TooLarge(JSON_BYTES))
        ));
    }

    #[tokio::test]
    async fn a_reader_gives_the_whole_body() {
        let mut text = String::new();
        let body = Full::new(Bytes::from_static(b"archive"));
        reader(body).read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "archive");
    }

    #[tokio::test]
    async fn a_short_rest_is_taken_of_a_body_that_nobody_wants() {
        let (taken, seen) = tokio::sync::oneshot::channel();
        let mut taken = Some(taken);
        let mut pieces = 2;
        let body = http_body_util::StreamBody::new(futures_util::stream::poll_fn(move |_| {
            if pieces == 0 {
                if let Some(taken) = taken.take() {
                    taken.send(()).unwrap();
                }
                return Poll::Ready(None);
            }
            pieces -= 1;
            Poll::Ready(Some(Ok::<_, io::Error>(Frame::data(Bytes::from("x")))))
        }));
        let mut reader = reader(body);
        assert_eq!(reader.read_u8().await.unwrap(), b'x');
        drop(reader);
        seen.await.unwrap();
    }
}
