//! Responses: JSON, nothing, and streams.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::body::{Body, Frame, SizeHint};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, StatusCode};
use serde::Serialize;

use crate::version::{API_VERSION, server};

/// A response of any kind.
pub(crate) type Response = hyper::Response<UnsyncBoxBody<Bytes, io::Error>>;

/// Headers that Docker puts on every response.
pub(crate) fn stamp(headers: &mut HeaderMap) {
    headers.insert("Api-Version", HeaderValue::from_static(API_VERSION));
    headers.insert("Docker-Experimental", HeaderValue::from_static("false"));
    headers.insert("Ostype", HeaderValue::from_static("linux"));
    headers.insert(hyper::header::SERVER, HeaderValue::from_static(server()));
}

/// A value as JSON.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match line(value) {
        Ok(body) => with_type(status, "application/json", body),
        // Only a map with keys that are not text could do this, and the wire types have none.
        Err(error) => with_type(
            StatusCode::INTERNAL_SERVER_ERROR,
            "text/plain; charset=utf-8",
            Bytes::from(error.to_string()),
        ),
    }
}

/// 200 and a value as JSON.
pub(crate) fn ok(value: &impl Serialize) -> Response {
    json(StatusCode::OK, value)
}

/// Plain text.
pub(crate) fn text(body: &'static str) -> Response {
    with_type(
        StatusCode::OK,
        "text/plain; charset=utf-8",
        Bytes::from_static(body.as_bytes()),
    )
}

/// A status without a body.
pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = hyper::Response::new(
        Empty::new()
            .map_err(|never: Infallible| match never {})
            .boxed_unsync(),
    );
    *response.status_mut() = status;
    response
}

/// 204.
pub(crate) fn no_content() -> Response {
    empty(StatusCode::NO_CONTENT)
}

/// Bytes as they come. An error cuts the connection, so that the client sees the loss.
pub(crate) fn bytes(
    content_type: &'static str,
    stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> Response {
    let body = StreamBody::new(stream.map_ok(Frame::data)).boxed_unsync();
    let mut response = hyper::Response::new(body);
    set_type(&mut response, content_type);
    response
}

/// One JSON object per line, each sent as it comes.
pub(crate) fn lines<T: Serialize>(stream: impl Stream<Item = T> + Send + 'static) -> Response {
    bytes("application/json", stream.map(|item| line(&item)))
}

/// A value as JSON on a line of its own.
pub(crate) fn line(value: &impl Serialize) -> io::Result<Bytes> {
    let mut body = serde_json::to_vec(value)?;
    body.push(b'\n');
    Ok(body.into())
}

/// Keeps something until the response was sent or given up.
pub(crate) fn holding(response: Response, kept: impl Send + Unpin + 'static) -> Response {
    response.map(|body| Holding { body, _kept: kept }.boxed_unsync())
}

/// A body with something that lives as long.
struct Holding<B, T> {
    body: B,
    _kept: T,
}

impl<B: Body + Unpin, T: Unpin> Body for Holding<B, T> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn with_type(status: StatusCode, content_type: &'static str, body: Bytes) -> Response {
    let body = Full::new(body).map_err(|never: Infallible| match never {});
    let mut response = hyper::Response::new(body.boxed_unsync());
    *response.status_mut() = status;
    set_type(&mut response, content_type);
    response
}

fn set_type(response: &mut Response, content_type: &'static str) {
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
}
