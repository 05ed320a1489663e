//! Volumes: list, look at, make, back up, remove.

use bytes::Bytes;
use futures_util::Stream;
use gantry_wire::gantry::{BackupRequest, FilePage, RestoreRequest, TaskStarted, VolumeUse};
use gantry_wire::{Volume, VolumeCreate, VolumeList, VolumesPruned};
use hyper::Method;
use tokio::io::AsyncRead;

use crate::path::Target;
use crate::transport::Content;
use crate::{Client, Filters, Result};

impl Client {
    /// Lists volumes.
    pub async fn list_volumes(&self, filters: &Filters) -> Result<VolumeList> {
        self.get(Target::new(&["volumes"]).with_filters(filters))
            .await
    }

    /// Everything about one volume, as the engine wrote it.
    pub async fn inspect_volume_raw(&self, name: &str) -> Result<serde_json::Value> {
        self.get(Target::new(&["volumes", name])).await
    }

    /// Makes a volume; one of that name that is there already is the answer too.
    pub async fn create_volume(&self, request: &VolumeCreate) -> Result<Volume> {
        let target = Target::new(&["volumes", "create"]);
        self.post(target, Content::json(request)).await
    }

    /// Removes a volume that no container has. By force, one that is not there is no mistake.
    pub async fn remove_volume(&self, name: &str, force: bool) -> Result<()> {
        let target = Target::new(&["volumes", name]).with_flag("force", force);
        self.command(Method::DELETE, target).await?;
        Ok(())
    }

    /// Removes volumes that no container has.
    pub async fn prune_volumes(&self, filters: &Filters) -> Result<VolumesPruned> {
        let target = Target::new(&["volumes", "prune"]).with_filters(filters);
        self.post(target, Content::None).await
    }

    /// What each volume takes.
    pub async fn volume_uses(&self) -> Result<Vec<VolumeUse>> {
        self.get(v1(&["usage"])).await
    }

    /// One folder of a volume.
    pub async fn volume_entries(&self, name: &str, dir: &str) -> Result<FilePage> {
        self.get(v1(&[name, "entries"]).with("dir", dir)).await
    }

    /// A volume's files as one tar that comes as a stream.
    pub async fn volume_archive(
        &self,
        name: &str,
    ) -> Result<impl Stream<Item = Result<Bytes>> + Send + Unpin + use<>> {
        self.bytes(v1(&[name, "archive"])).await
    }

    /// Writes a volume's files into a tar.
    pub async fn backup_volume(&self, request: &BackupRequest) -> Result<TaskStarted> {
        self.post(v1(&["backup"]), Content::json(request)).await
    }

    /// Makes a new volume of a tar.
    pub async fn restore_volume(&self, request: &RestoreRequest) -> Result<TaskStarted> {
        self.post(v1(&["restore"]), Content::json(request)).await
    }

    /// The same of what the reader gives, `size` bytes where that is known; ends with it.
    pub async fn restore_volume_stream(
        &self,
        volume: &str,
        size: Option<u64>,
        archive: impl AsyncRead + Send + 'static,
    ) -> Result<TaskStarted> {
        let target = v1(&["restore"]).with("volume", volume);
        let target = target.with_some("size", size);
        self.post(target, Content::archive(archive)).await
    }
}

fn v1(path: &[&str]) -> Target {
    let mut whole = vec!["gantry", "v1", "volumes"];
    whole.extend(path);
    Target::new(&whole)
}
