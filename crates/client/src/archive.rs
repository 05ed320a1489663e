//! Files out of a container and into one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use gantry_wire::PathStat;
use http_body_util::BodyDataStream;
use hyper::{HeaderMap, Method};
use tokio::io::AsyncRead;

use crate::containers::container;
use crate::transport::Content;
use crate::{Client, Error, Result};

/// How an archive is copied into a container.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PutArchive {
    /// A folder may become a file, and a file a folder.
    pub replace_kinds: bool,
    /// The files become the container's user's.
    pub to_its_user: bool,
}

impl Client {
    /// What is at a path of a container. A refusal of this request has no words.
    pub async fn path_stat(&self, id: &str, path: &str) -> Result<PathStat> {
        let target = container(id, "archive").with("path", path);
        let response = self.send(Method::HEAD, target, Content::None).await?;
        stat(response.headers())
    }

    /// The same, with all of it as a tar.
    pub async fn archive(
        &self,
        id: &str,
        path: &str,
    ) -> Result<(
        PathStat,
        impl Stream<Item = Result<Bytes>> + Send + Unpin + use<>,
    )> {
        let target = container(id, "archive").with("path", path);
        let response = self.send(Method::GET, target, Content::None).await?;
        let stat = stat(response.headers())?;
        let body = BodyDataStream::new(response.into_body()).map_err(Error::from);
        Ok((stat, body))
    }

    /// Copies a tar into a folder of a container.
    pub async fn put_archive(
        &self,
        id: &str,
        path: &str,
        archive: impl AsyncRead + Send + 'static,
        how: PutArchive,
    ) -> Result<()> {
        let target = container(id, "archive")
            .with("path", path)
            .with_flag("noOverwriteDirNonDir", !how.replace_kinds)
            .with_flag("copyUIDGID", how.to_its_user);
        self.send(Method::PUT, target, Content::archive(archive))
            .await?;
        Ok(())
    }
}

pub(crate) fn stat(headers: &HeaderMap) -> Result<PathStat> {
    let unreadable = |why: &str| Error::Unreadable(format!("{}: {why}", PathStat::HEADER));
    let header = headers
        .get(PathStat::HEADER)
        .ok_or_else(|| unreadable("not sent"))?;
    let json = STANDARD
        .decode(header.as_bytes())
        .map_err(|error| unreadable(&error.to_string()))?;
    serde_json::from_slice(&json).map_err(|error| unreadable(&error.to_string()))
}
