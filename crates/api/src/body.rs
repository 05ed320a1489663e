//! Request bodies: whole where they are small, as a reader where they are archives.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::StreamExt;
use http_body_util::{BodyExt, BodyStream, LengthLimitError, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::io::AsyncRead;
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
pub(crate) fn reader<B>(body: B) -> impl AsyncRead + Send + Unpin + 'static
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

#[cfg(test)]
mod tests {
    use http_body_util::Full;
    use tokio::io::AsyncReadExt;

    use super::*;

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
}
