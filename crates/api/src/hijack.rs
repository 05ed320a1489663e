//! Taking a connection over: the response head by hand, then the raw stream.
//!
//! Docker's clients ask with `Upgrade: tcp` and are answered 101; older ones and `curl` do not,
//! and are answered 200 without a length. In both cases the bytes that follow belong to the
//! container, and so do those that came right behind the request.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use gantry_engine::{Attachment, ClientSocket, Execution};
use hyper::HeaderMap;
use hyper::header::UPGRADE;
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;

use crate::response::Response;
use crate::{response, version};

/// The kinds of stream, by whether stdout and stderr share it without frames.
const RAW: &str = "application/vnd.docker.raw-stream";
const MULTIPLEXED: &str = "application/vnd.docker.multiplexed-stream";

/// A handler's wish to take the connection over. It travels in the response's extensions, which
/// must be clonable, so its content is taken out once.
#[derive(Clone)]
pub(crate) struct Hijack {
    head: String,
    stream: Arc<Mutex<Option<Stream>>>,
}

/// What the connection becomes.
#[derive(Debug)]
pub(crate) enum Stream {
    /// The streams of a container.
    Attach(Attachment),
    /// Those of a process that begins now.
    Exec(Execution),
}

impl Hijack {
    /// Wishes for the connection of the request with these headers.
    pub(crate) fn new(headers: &HeaderMap, stream: Stream) -> Self {
        let tty = match &stream {
            Stream::Attach(attachment) => attachment.tty,
            Stream::Exec(execution) => execution.tty,
        };
        Self {
            head: head(headers.contains_key(UPGRADE), tty),
            stream: Arc::new(Mutex::new(Some(stream))),
        }
    }

    /// The response that carries the wish to the driver; it is never sent.
    pub(crate) fn into_response(self) -> Response {
        let mut response = response::empty(hyper::StatusCode::OK);
        response.extensions_mut().insert(self);
        response
    }

    /// Answers the client and hands its socket to the engine, where it has a place already.
    pub(crate) async fn take_over(self, mut socket: UnixStream, leftover: Bytes) {
        let stream = self
            .stream
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(stream) = stream else {
            return;
        };
        if let Err(error) = socket.write_all(self.head.as_bytes()).await {
            tracing::debug!(%error, "client left before its stream began");
            return;
        }
        let socket = match socket.into_std() {
            Ok(socket) => socket,
            Err(error) => {
                tracing::error!(%error, "socket");
                return;
            }
        };
        let client = ClientSocket {
            fd: socket.into(),
            leftover: leftover.to_vec(),
        };
        match stream {
            Stream::Attach(attachment) => {
                if let Err(error) = attachment.connect(client).await {
                    tracing::warn!(%error, "attach");
                }
            }
            Stream::Exec(execution) => {
                // The client was told.
                if let Err(error) = execution.connect(client).await {
                    tracing::info!(%error, "exec");
                }
            }
        }
    }
}

fn head(upgrade: bool, tty: bool) -> String {
    let server = version::server();
    if upgrade {
        let kind = if tty { RAW } else { MULTIPLEXED };
        format!(
            "HTTP/1.1 101 UPGRADED\r\nContent-Type: {kind}\r\nConnection: Upgrade\r\n\
             Upgrade: tcp\r\nServer: {server}\r\n\r\n"
        )
    } else {
        // Whatever the stream is: these clients know one type only.
        format!("HTTP/1.1 200 OK\r\nContent-Type: {RAW}\r\nServer: {server}\r\n\r\n")
    }
}

/// The content type of a stream that is answered within HTTP.
pub(crate) fn stream_type(tty: bool) -> &'static str {
    if tty { RAW } else { MULTIPLEXED }
}
