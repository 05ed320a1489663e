//! Operations on volumes.

use bytes::Bytes;
use gantry_store::UpperDir;
use gantry_wire as wire;
use gantry_wire::gantry;
use tokio::io::AsyncRead;

use super::{BoxStream, Engine};
use crate::core::with_core;
use crate::output::streamed;
use crate::{Filters, Result, volume};

impl Engine {
    pub async fn list_volumes(&self, filters: Filters) -> Result<wire::VolumeList> {
        with_core(&self.core, move |core| core.volumes.list(&filters)).await
    }

    pub async fn inspect_volume(&self, name: &str) -> Result<wire::Volume> {
        let name = name.to_owned();
        with_core(&self.core, move |core| core.volumes.inspect(&name)).await
    }

    pub async fn create_volume(&self, request: wire::VolumeCreate) -> Result<wire::Volume> {
        with_core(&self.core, move |core| core.volumes.create(request)).await
    }

    pub async fn remove_volume(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        with_core(&self.core, move |core| core.volumes.remove(&name)).await
    }

    /// Writes a volume's files into a tar, as a task.
    pub fn backup_volume(&self, request: gantry::BackupRequest) -> Result<gantry::TaskStarted> {
        volume::backup_task(&self.core, request)
    }

    /// Makes a new volume of a tar, as a task.
    pub fn restore_volume(&self, request: gantry::RestoreRequest) -> Result<gantry::TaskStarted> {
        volume::restore_task(&self.core, request)
    }

    /// The same of a tar that comes as a stream; ends with it.
    pub async fn restore_volume_stream(
        &self,
        archive: impl AsyncRead + Send + Unpin + 'static,
        volume: &str,
        size: Option<u64>,
    ) -> Result<gantry::TaskStarted> {
        volume::restore_stream_task(&self.core, archive, volume, size).await
    }

    /// What every volume takes, which costs a walk over their files.
    pub async fn volume_uses(&self) -> Result<Vec<gantry::VolumeUse>> {
        with_core(&self.core, |core| Ok(core.volumes.uses())).await
    }

    /// One folder of a volume.
    pub async fn volume_entries(&self, name: &str, dir: &str) -> Result<gantry::FilePage> {
        let (name, dir) = (name.to_owned(), dir.to_owned());
        with_core(&self.core, move |core| core.volumes.entries(&name, &dir)).await
    }

    /// The files of a volume as one tar, as they are read.
    pub async fn volume_archive(&self, name: &str) -> Result<BoxStream<std::io::Result<Bytes>>> {
        let data = self.volume_data(name).await?;
        let store = self.core.store.clone();
        Ok(streamed(move |output, cancel| {
            Ok(store.export(&UpperDir(data), &[], output, &(), cancel)?)
        }))
    }

    async fn volume_data(&self, name: &str) -> Result<std::path::PathBuf> {
        let name = name.to_owned();
        with_core(&self.core, move |core| core.volumes.files_of(&name)).await
    }

    pub async fn prune_volumes(&self, filters: Filters) -> Result<wire::VolumesPruned> {
        with_core(&self.core, move |core| core.volumes.prune(&filters)).await
    }
}
