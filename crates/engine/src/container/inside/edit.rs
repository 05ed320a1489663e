//! One file or folder of a container: read, written, made, renamed, removed.

use std::io::{self, Read};

use bytes::Bytes;
use gantry_wire::gantry::RenameFile;
use gantry_wire::{PathStat, Timestamp};
use tokio::io::AsyncRead;
use tokio_util::io::SyncIoBridge;

use super::copy::{Wanted, stat, stat_of};
use super::{Access, Entered};
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
        id: &str,
        path: &str,
        limit: Option<u64>,
    ) -> Result<(PathStat, BoxStream<io::Result<Bytes>>)> {
        let wanted = Wanted::new(id, path)?;
        self.inside(id, Access::Read, move |_, entered| {
            let told = |error| wanted.told(error, &entered);
            let mut facts = stat(entered.files.stat(&wanted.path).map_err(told)?);
            let file = entered.files.open_file(&wanted.path).map_err(told)?;
            let found = rustix::fs::fstat(&file).map_err(|error| told_io(&wanted, error))?;
            // Of what is read, and not of the link to it.
            (facts.size, facts.mtime) = stat_of(&found);
            let mut content = file.take(limit.unwrap_or(u64::MAX));
            let read = streamed(move |output, _| {
                let copied = io::copy(&mut content, output);
                drop(entered);
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
        id: &str,
        path: &str,
        before: Before,
        content: impl AsyncRead + Send + Unpin + 'static,
    ) -> Result<PathStat> {
        let wanted = Wanted::new(id, path)?;
        let (written, rest) = self
            .inside(id, Access::Write, move |_, entered| {
                let mut content = content;
                let input = SyncIoBridge::new(&mut content);
                let written = match before {
                    Before::Nothing => entered.files.create_file(&wanted.path, input),
                    Before::File { size, mtime } => {
                        let same = |found: &rustix::fs::Stat| stat_of(found) == (size, mtime);
                        entered.files.rewrite_file(&wanted.path, same, input)
                    }
                };
                let facts = written.and_then(|()| entered.files.stat(&wanted.path));
                let facts = facts
                    .map(stat)
                    .map_err(|error| wanted.told(error, &entered));
                Ok((facts, content))
            })
            .await?;
        drain(rest).await;
        written
    }

    pub(crate) async fn make_folder(&self, id: &str, path: &str) -> Result<()> {
        self.edit(id, path, |entered, path| entered.files.make_folder(path))
            .await
    }

    pub(crate) async fn rename_file(&self, id: &str, names: RenameFile) -> Result<()> {
        let to = Wanted::new(id, &names.to)?;
        self.edit(id, &names.from, move |entered, from| {
            entered.files.rename(from, &to.path)
        })
        .await
    }

    pub(crate) async fn remove_file(&self, id: &str, path: &str) -> Result<()> {
        self.edit(id, path, |entered, path| entered.files.remove(path))
            .await
    }

    async fn edit(
        &self,
        id: &str,
        path: &str,
        work: impl FnOnce(&Entered, &str) -> gantry_store::Result<()> + Send + 'static,
    ) -> Result<()> {
        let wanted = Wanted::new(id, path)?;
        self.inside(id, Access::Write, move |_, entered| {
            work(&entered, &wanted.path).map_err(|error| wanted.told(error, &entered))
        })
        .await
    }
}

fn told_io(wanted: &Wanted, error: rustix::io::Errno) -> Error {
    Error::io("look at", wanted.path.as_ref())(error.into())
}
