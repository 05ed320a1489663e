//! Attaching to a container's streams.

use bytes::Bytes;
use hyper::header::{CONNECTION, UPGRADE};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;

use crate::containers::container;
use crate::path::Target;
use crate::transport::Content;
use crate::{Client, Error, Result};

/// What is connected.
#[derive(Debug, Clone, Default)]
pub struct AttachOptions {
    pub stdin: bool,
    pub stdout: bool,
    pub stderr: bool,
    /// Send what the log holds first.
    pub logs: bool,
    /// Such as `ctrl-p,ctrl-q`, which is the default.
    pub detach_keys: Option<String>,
}

/// A connection to a container's streams.
#[derive(Debug)]
pub struct Attached {
    /// Write stdin, read output: raw with a terminal, in frames
    /// ([`crate::Demultiplexer`]) without. Shutting down its write side closes stdin.
    pub stream: UnixStream,
    /// What came of the output already.
    pub leftover: Bytes,
}

impl Client {
    /// Attaches to a container, which need not run yet.
    pub async fn attach(&self, id: &str, options: &AttachOptions) -> Result<Attached> {
        let target = container(id, "attach")
            .with("stream", 1)
            .with_flag("stdin", options.stdin)
            .with_flag("stdout", options.stdout)
            .with_flag("stderr", options.stderr)
            .with_flag("logs", options.logs)
            .with_some("detachKeys", options.detach_keys.as_deref());
        self.upgrade(target, Content::None).await
    }

    /// Turns the connection of a request into a stream.
    pub(crate) async fn upgrade(&self, target: Target, content: Content) -> Result<Attached> {
        let builder = Request::builder()
            .method(Method::POST)
            .uri(target.finish())
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "tcp");
        let response = self.exchange(content.into_request(builder)?).await?;
        let upgraded = hyper::upgrade::on(response).await?;
        let parts = upgraded
            .downcast::<TokioIo<UnixStream>>()
            .map_err(|_| Error::Unreadable("the engine did not upgrade".to_owned()))?;
        Ok(Attached {
            stream: parts.io.into_inner(),
            leftover: parts.read_buf,
        })
    }
}
