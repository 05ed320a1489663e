//! One file or folder of a container or a volume: read, written, made, renamed, removed.

use std::io::{self, Read};

use bytes::Bytes;
use gantry_store::FilesRoot;
use gantry_wire::gantry::{FilesOf, RenameFile};
use gantry_wire::{PathStat, Timestamp};
use tokio::io::AsyncRead;
use tokio_util::io::SyncIoBridge;

use super::Access;
use super::copy::{Wanted, stat, stat_of};
use crate::container::Containers;
use crate::engine::BoxStream;
use crate::input::drain;
use crate::output::streamed;
use crate::{Error, Result};

/// What a write finds at its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// Nothing.
    Nothing,
    /// The file of that size and time, which the editor has read.
    File { size: i64, mtime: Timestamp },
}

impl Containers {
    /// The content of a regular file, its first `limit` bytes where that is given. Links are followed.
    pub(crate) async fn read_file(
        &self,
        of: &FilesOf,
        path: &str,
        limit: Option<u64>,
    ) -> Result<(PathStat, BoxStream<io::Result<Bytes>>)> {
        let wanted = Wanted::new(of, path)?;
        self.open_files(of, Access::Read, move |_, opened| {
            let told = |error| wanted.told(error, opened.view());
            let mut facts = stat(opened.files().stat(&wanted.path).map_err(told)?);
            let file = opened.files().open_file(&wanted.path).map_err(told)?;
            let found = rustix::fs::fstat(&file).map_err(|error| told_io(&wanted, error))?;
            // Of what is read, and not of the link to it.
            (facts.size, facts.mtime) = stat_of(&found);
            let mut content = file.take(limit.unwrap_or(u64::MAX));
            let read = streamed(move |output, _| {
                let copied = io::copy(&mut content, output);
                drop(opened);
                copied
                    .map(drop)
                    .map_err(Error::io("read", wanted.path.as_ref()))
            });
            Ok((facts, read))
        })
        .await
    }

    /// Writes a file, as it comes; returns what it is then.
    pub(crate) async fn write_file(
        &self,
        of: &FilesOf,
        path: &str,
        before: Before,
        content: impl AsyncRead + Send + Unpin + 'static,
    ) -> Result<PathStat> {
        let wanted = Wanted::new(of, path)?;
        let (written, rest) = self
            .open_files(of, Access::Write, move |_, opened| {
                let mut content = content;
                let input = SyncIoBridge::new(&mut content);
                let written = match before {
                    Before::Nothing => opened.files().create_file(&wanted.path, input),
                    Before::File { size, mtime } => {
                        let same = |found: &rustix::fs::Stat| stat_of(found) == (size, mtime);
                        opened.files().rewrite_file(&wanted.path, same, input)
                    }
                };
                let facts = written.and_then(|()| opened.files().stat(&wanted.path));
                let facts = facts
                    .map(stat)
                    .map_err(|error| wanted.told(error, opened.view()));
                Ok((facts, content))
            })
            .await?;
        drain(rest).await;
        written
    }

    pub(crate) async fn make_folder(&self, of: &FilesOf, path: &str) -> Result<()> {
        self.edit(of, path, FilesRoot::make_folder).await
    }

    pub(crate) async fn rename_file(&self, of: &FilesOf, names: RenameFile) -> Result<()> {
        let to = Wanted::new(of, &names.to)?;
        self.edit(of, &names.from, move |files, from| {
            files.rename(from, &to.path)
        })
        .await
    }

    pub(crate) async fn remove_file(&self, of: &FilesOf, path: &str) -> Result<()> {
        self.edit(of, path, FilesRoot::remove).await
    }

    async fn edit(
        &self,
        of: &FilesOf,
        path: &str,
        work: impl FnOnce(&FilesRoot, &str) -> gantry_store::Result<()> + Send + 'static,
    ) -> Result<()> {
        let wanted = Wanted::new(of, path)?;
        self.open_files(of, Access::Write, move |_, opened| {
            work(opened.files(), &wanted.path).map_err(|error| wanted.told(error, opened.view()))
        })
        .await
    }
}

fn told_io(wanted: &Wanted, error: rustix::io::Errno) -> Error {
    Error::io("look at", wanted.path.as_ref())(error.into())
}
