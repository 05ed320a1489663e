//! One request on one connection.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use gantry_wire::{AuthConfig, ErrorBody};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyDataStream, BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::http::request::Builder;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::AsyncRead;
use tokio::net::UnixStream;
use tokio_util::io::ReaderStream;

use crate::path::Target;
use crate::start::check_listener;
use crate::{Error, Lines, Result};

/// The most bytes of an error that are kept.
const ERROR_BYTES: usize = 64 * 1024;

pub(crate) type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// The way to one engine. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    socket: Arc<Path>,
    told: Told,
}

/// Who may listen at the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Anybody,
    /// Root, or whose this process is.
    ThisUser,
}

impl Client {
    /// A client of the engine behind that socket, which need not be there yet.
    pub fn new(socket: impl Into<PathBuf>) -> Self {
        Self {
            socket: socket.into().into(),
            told: Told::Anybody,
        }
    }

    /// The same, which says nothing to a listener of another user.
    pub(crate) fn of_this_user(socket: impl Into<PathBuf>) -> Self {
        Self {
            told: Told::ThisUser,
            ..Self::new(socket)
        }
    }

    /// The socket.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, target: Target) -> Result<T> {
        decode(self.send(Method::GET, target, Content::None).await?).await
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        target: Target,
        content: Content,
    ) -> Result<T> {
        self.ask(Method::POST, target, content).await
    }

    /// A request of any kind whose answer is a value.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        target: Target,
        content: Content,
    ) -> Result<T> {
        decode(self.send(method, target, content).await?).await
    }

    pub(crate) async fn delete<T: DeserializeOwned>(&self, target: Target) -> Result<T> {
        decode(self.send(Method::DELETE, target, Content::None).await?).await
    }

    /// A request whose answer has nothing in it; returns the status.
    pub(crate) async fn command(&self, method: Method, target: Target) -> Result<u16> {
        let response = self.send(method, target, Content::None).await?;
        Ok(response.status().as_u16())
    }

    /// A request whose answer is bytes.
    pub(crate) async fn bytes(
        &self,
        target: Target,
    ) -> Result<impl Stream<Item = Result<Bytes>> + Send + Unpin + use<>> {
        let response = self.send(Method::GET, target, Content::None).await?;
        Ok(BodyDataStream::new(response.into_body()).map_err(Error::from))
    }

    /// A request whose answer is one JSON value per line.
    pub(crate) async fn lines<T: DeserializeOwned>(
        &self,
        method: Method,
        target: Target,
        content: Content,
    ) -> Result<Lines<T>> {
        let response = self.send(method, target, content).await?;
        Ok(Lines::new(response.into_body()))
    }

    /// Sends a request and returns the answer's head and body if it is a success.
    pub(crate) async fn send(
        &self,
        method: Method,
        target: Target,
        content: Content,
    ) -> Result<Response<Incoming>> {
        let builder = Request::builder().method(method).uri(target.finish());
        self.exchange(content.into_request(builder)?).await
    }

    pub(crate) async fn exchange(&self, request: Request<Body>) -> Result<Response<Incoming>> {
        let stream =
            UnixStream::connect(&self.socket)
                .await
                .map_err(|source| Error::NotRunning {
                    socket: self.socket.to_path_buf(),
                    source,
                })?;
        if self.told == Told::ThisUser {
            check_listener(&stream, &self.socket)?;
        }
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // Ends by itself once the request and the answer's body are dropped.
        tokio::spawn(async move {
            if let Err(error) = connection.with_upgrades().await {
                tracing::debug!(%error, "connection to the engine");
            }
        });
        let response = sender.send_request(request).await?;
        if response.status().is_success() || matches!(response.status().as_u16(), 101 | 304) {
            return Ok(response);
        }
        Err(refusal(response).await)
    }
}

/// What a request carries.
pub(crate) enum Content {
    None,
    Json(serde_json::Result<Vec<u8>>),
    Archive(Body),
    /// Nothing but who we are to a registry.
    Signed(serde_json::Result<Vec<u8>>),
}

impl Content {
    pub(crate) fn json(value: &impl Serialize) -> Self {
        Self::Json(serde_json::to_vec(value))
    }

    /// What the reader gives, as fast as the engine takes it.
    pub(crate) fn archive(reader: impl AsyncRead + Send + 'static) -> Self {
        const CHUNK: usize = 256 * 1024;
        let stream = ReaderStream::with_capacity(reader, CHUNK).map_ok(Frame::data);
        Self::Archive(StreamBody::new(stream).boxed_unsync())
    }

    /// Who we are to a registry, if anybody.
    pub(crate) fn signed(auth: Option<&AuthConfig>) -> Self {
        auth.map_or(Self::None, |auth| Self::Signed(serde_json::to_vec(auth)))
    }

    pub(crate) fn into_request(self, builder: Builder) -> Result<Request<Body>> {
        // HTTP wants a host; Docker's clients say the same.
        let builder = builder.header(HOST, "gantry");
        let request = match self {
            Self::None => builder.body(whole(Bytes::new())),
            Self::Json(json) => {
                let json = json.map_err(|error| Error::Unreadable(error.to_string()))?;
                builder
                    .header(CONTENT_TYPE, "application/json")
                    .body(whole(json.into()))
            }
            Self::Signed(json) => {
                let json = json.map_err(|error| Error::Unreadable(error.to_string()))?;
                builder
                    .header("X-Registry-Auth", URL_SAFE.encode(json))
                    .body(whole(Bytes::new()))
            }
            Self::Archive(body) => builder.header(CONTENT_TYPE, "application/x-tar").body(body),
        };
        request.map_err(|error| Error::Unreadable(error.to_string()))
    }
}

fn whole(bytes: Bytes) -> Body {
    Full::new(bytes)
        .map_err(|never| match never {})
        .boxed_unsync()
}

pub(crate) async fn decode<T: DeserializeOwned>(response: Response<Incoming>) -> Result<T> {
    let bytes = response.into_body().collect().await?.to_bytes();
    serde_json::from_slice(&bytes).map_err(|error| Error::Unreadable(error.to_string()))
}

async fn refusal(response: Response<Incoming>) -> Error {
    let status = response.status();
    let body = http_body_util::Limited::new(response.into_body(), ERROR_BYTES);
    let bytes = match body.collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) => return Error::Interrupted(error),
    };
    let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| ErrorBody {
        message: match String::from_utf8_lossy(&bytes).trim() {
            "" => status.to_string(),
            text => text.to_owned(),
        },
        gantry: None,
    });
    Error::Refused {
        status: status.as_u16(),
        body: Box::new(body),
    }
}
