//! What the engine does with the files of a container or a volume.

use std::io;

use bytes::Bytes;
use gantry_wire::PathStat;
use gantry_wire::gantry::{ChangeSums, EntryPage, FilesOf, RenameFile};
use tokio::io::AsyncRead;

use super::{BoxStream, Engine};
use crate::Result;
use crate::container::{Before, Upload};

impl Engine {
    /// What is at a path.
    pub async fn path_stat(&self, of: &FilesOf, path: &str) -> Result<PathStat> {
        self.containers.path_stat(of, path).await
    }

    /// The same with all of it as a tar, as it is read.
    pub async fn archive(
        &self,
        of: &FilesOf,
        path: &str,
    ) -> Result<(PathStat, BoxStream<io::Result<Bytes>>)> {
        self.containers.archive(of, path).await
    }

    /// Copies a tar into a folder.
    pub async fn put_archive(
        &self,
        of: &FilesOf,
        path: &str,
        archive: impl AsyncRead + Send + Unpin + 'static,
        upload: Upload,
    ) -> Result<()> {
        self.containers.put_archive(of, path, archive, upload).await
    }

    /// One folder as the container sees it, with what it changed there.
    pub async fn files(&self, id: &str, dir: &str, limit: Option<usize>) -> Result<EntryPage> {
        self.containers.files(id, dir, limit).await
    }

    /// What a container changed in one folder, and below it as sums.
    pub async fn changed_files(
        &self,
        id: &str,
        dir: &str,
        limit: Option<usize>,
    ) -> Result<EntryPage> {
        self.containers.changed_files(id, dir, limit).await
    }

    /// How much a container changed.
    pub async fn change_sums(&self, id: &str) -> Result<ChangeSums> {
        self.containers.change_sums(id).await
    }

    /// The content of a file, its first `limit` bytes where that is given.
    pub async fn read_file(
        &self,
        of: &FilesOf,
        path: &str,
        limit: Option<u64>,
    ) -> Result<(PathStat, BoxStream<io::Result<Bytes>>)> {
        self.containers.read_file(of, path, limit).await
    }

    /// Writes a file as it comes.
    pub async fn write_file(
        &self,
        of: &FilesOf,
        path: &str,
        before: Before,
        content: impl AsyncRead + Send + Unpin + 'static,
    ) -> Result<PathStat> {
        self.containers.write_file(of, path, before, content).await
    }

    /// Makes an empty folder.
    pub async fn make_folder(&self, of: &FilesOf, path: &str) -> Result<()> {
        self.containers.make_folder(of, path).await
    }

    /// Gives a file or folder another path.
    pub async fn rename_file(&self, of: &FilesOf, names: RenameFile) -> Result<()> {
        self.containers.rename_file(of, names).await
    }

    /// Takes back what a container did to a file.
    pub async fn revert_file(&self, id: &str, path: &str) -> Result<()> {
        self.containers.revert_file(id, path).await
    }

    /// Removes a file, or a folder with all that is in it.
    pub async fn remove_file(&self, of: &FilesOf, path: &str) -> Result<()> {
        self.containers.remove_file(of, path).await
    }
}
