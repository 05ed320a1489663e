//! Files out of a container or a volume and into one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use gantry_wire::PathStat;
use gantry_wire::gantry::FilesOf;
use http_body_util::BodyDataStream;
use hyper::{HeaderMap, Method};
use tokio::io::AsyncRead;

use crate::containers::container;
use crate::files::files;
use crate::path::Target;
use crate::transport::Content;
use crate::{Client, Error, Result};

/// How an archive is copied in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PutArchive {
    /// A folder may become a file, and a file a folder.
    pub replace_kinds: bool,
    /// The files become the container's user's, or in a volume whose the folder is.
    pub to_its_user: bool,
}

impl Client {
    /// What is at a path. A refusal of this request has no words.
    pub async fn path_stat(&self, of: &FilesOf, path: &str) -> Result<PathStat> {
        let target = archive(of).with("path", path);
        let response = self.send(Method::HEAD, target, Content::None).await?;
        stat(response.headers())
    }

    /// The same, with all of it as a tar.
    pub async fn archive(
        &self,
        of: &FilesOf,
        path: &str,
    ) -> Result<(
        PathStat,
        impl Stream<Item = Result<Bytes>> + Send + Unpin + use<>,
    )> {
        let target = archive(of).with("path", path);
        let response = self.send(Method::GET, target, Content::None).await?;
        let stat = stat(response.headers())?;
        let body = BodyDataStream::new(response.into_body()).map_err(Error::from);
        Ok((stat, body))
    }

    /// Copies a tar into a folder.
    pub async fn put_archive(
        &self,
        of: &FilesOf,
        path: &str,
        content: impl AsyncRead + Send + 'static,
        how: PutArchive,
    ) -> Result<()> {
        let target = archive(of)
            .with("path", path)
            .with_flag("noOverwriteDirNonDir", !how.replace_kinds)
            .with_flag("copyUIDGID", how.to_its_user);
        self.send(Method::PUT, target, Content::archive(content))
            .await?;
        Ok(())
    }
}

/// A container's are where Docker has them.
fn archive(of: &FilesOf) -> Target {
    match of {
        FilesOf::Container(id) => container(id, "archive"),
        FilesOf::Volume(_) => files(of, &["archive"]),
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
