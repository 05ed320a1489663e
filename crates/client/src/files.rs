//! Files of a container or a volume, one folder or one file at a time.

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use gantry_wire::gantry::{ChangeSums, EntryPage, FilesOf, RenameFile};
use gantry_wire::{PathStat, Timestamp};
use http_body_util::BodyDataStream;
use hyper::Method;
use tokio::io::AsyncRead;

use crate::archive::stat;
use crate::gantry::v1;
use crate::path::Target;
use crate::transport::{Content, decode};
use crate::{Client, Error, Result};

impl Client {
    /// One folder of a container; with `changed` only what it changed.
    pub async fn container_files(
        &self,
        id: &str,
        dir: &str,
        changed: bool,
        limit: u32,
    ) -> Result<EntryPage> {
        let target = v1(&["containers", id, "files"])
            .with("dir", dir)
            .with_flag("changed", changed)
            .with("limit", limit);
        self.get(target).await
    }

    /// How much a container changed.
    pub async fn change_sums(&self, id: &str) -> Result<ChangeSums> {
        self.get(v1(&["containers", id, "changes"])).await
    }

    /// The content of a file, its first `limit` bytes where that is given.
    pub async fn read_file(
        &self,
        of: &FilesOf,
        path: &str,
        limit: Option<u64>,
    ) -> Result<(
        PathStat,
        impl Stream<Item = Result<Bytes>> + Send + Unpin + use<>,
    )> {
        let target = files(of, &["content"])
            .with("path", path)
            .with_some("limit", limit);
        let response = self.send(Method::GET, target, Content::None).await?;
        let stat = stat(response.headers())?;
        let body = BodyDataStream::new(response.into_body()).map_err(Error::from);
        Ok((stat, body))
    }

    /// Writes a new file, or into the one that has this size and time.
    pub async fn write_file(
        &self,
        of: &FilesOf,
        path: &str,
        before: Option<(i64, Timestamp)>,
        content: impl AsyncRead + Send + 'static,
    ) -> Result<PathStat> {
        let (size, mtime) = before.unzip();
        let target = files(of, &["content"])
            .with("path", path)
            .with_some("size", size)
            .with_some("mtime", mtime);
        let content = Content::archive(content);
        decode(self.send(Method::PUT, target, content).await?).await
    }

    /// Makes an empty folder.
    pub async fn make_folder(&self, of: &FilesOf, path: &str) -> Result<()> {
        let target = files(of, &["folder"]).with("path", path);
        self.command(Method::POST, target).await.map(drop)
    }

    /// Gives a file or folder another path.
    pub async fn rename_file(&self, of: &FilesOf, names: &RenameFile) -> Result<()> {
        let content = Content::json(names);
        let target = files(of, &["rename"]);
        self.send(Method::POST, target, content).await.map(drop)
    }

    /// Takes back what the container did to a file.
    pub async fn revert_file(&self, id: &str, path: &str) -> Result<()> {
        let target = v1(&["containers", id, "files", "revert"]).with("path", path);
        self.command(Method::POST, target).await.map(drop)
    }

    /// Removes a file, or a folder with all that is in it.
    pub async fn remove_file(&self, of: &FilesOf, path: &str) -> Result<()> {
        let target = files(of, &[]).with("path", path);
        self.command(Method::DELETE, target).await.map(drop)
    }
}

pub(crate) fn files(of: &FilesOf, rest: &[&str]) -> Target {
    let whose = match of {
        FilesOf::Container(id) => ["containers", id, "files"],
        FilesOf::Volume(name) => ["volumes", name, "files"],
    };
    v1(&[&whose, rest].concat())
}
