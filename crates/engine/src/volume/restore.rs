//! Backups: a volume's files to a tar, and a new volume from one.

use std::collections::BTreeMap;
use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gantry_store::{CancelFlag, Progress, Store, UpperDir};
use gantry_wire::gantry::{BackupRequest, RestoreRequest, TaskKind, TaskResult, TaskStarted};

use super::record::Record;
use super::{VolumeName, Volumes};
use crate::core::{Core, with_core};
use crate::output::{OnDisk, beside_and_renamed, place};
use crate::task::TaskHandle;
use crate::{Error, Result};

const BUFFER: usize = 1 << 18;

/// Writes a volume's files into a tar of this computer, as a task that outlives its client.
pub(crate) fn backup_task(core: &Arc<Core>, request: BackupRequest) -> Result<TaskStarted> {
    let path = place(&request.path, request.overwrite)?;
    let data = core.volumes.files_of(&request.volume)?;
    let subject = request.volume.clone();
    Ok(run(core, TaskKind::Backup, subject, move |core, task| {
        let bytes = beside_and_renamed(&path, OnDisk::First, |file| {
            let output = BufWriter::with_capacity(BUFFER, file);
            let (told, cancel) = (task, task.cancel_flag());
            let files = UpperDir(data);
            Ok(core.store.export(&files, &[], output, told, cancel)?)
        })?;
        Ok(TaskResult {
            path: Some(request.path),
            bytes: Some(bytes),
            ..TaskResult::default()
        })
    }))
}

/// Makes a new volume of a tar, as a task that outlives its client.
pub(crate) fn restore_task(core: &Arc<Core>, request: RestoreRequest) -> Result<TaskStarted> {
    let path = PathBuf::from(&request.path);
    if !path.is_absolute() {
        let said = format!("{} is not an absolute path", request.path);
        return Err(Error::Invalid(said));
    }
    let name = VolumeName::parse(&request.volume)?;
    core.volumes.must_be_free(&name)?;
    let subject = request.volume.clone();
    Ok(run(core, TaskKind::Restore, subject, move |core, task| {
        let (told, cancel) = (task, task.cancel_flag());
        core.volumes
            .restore(&core.store, &name, &path, told, cancel)?;
        Ok(TaskResult {
            path: Some(request.path),
            ..TaskResult::default()
        })
    }))
}

/// Starts a task for blocking work.
fn run(
    core: &Arc<Core>,
    kind: TaskKind,
    subject: String,
    work: impl FnOnce(&Core, &TaskHandle) -> Result<TaskResult> + Send + 'static,
) -> TaskStarted {
    let task = Arc::new(core.tasks.start(kind, subject));
    let started = TaskStarted {
        task: task.id().to_owned(),
    };
    let core = Arc::clone(core);
    tokio::spawn(async move {
        let working = Arc::clone(&task);
        match with_core(&core, move |core| work(core, &working)).await {
            Ok(result) => task.finish(result),
            Err(Error::Store(gantry_store::Error::Cancelled)) => task.fail(&Error::Cancelled),
            Err(error) => task.fail(&error),
        }
    });
    started
}

impl Volumes {
    /// The files are unpacked aside: the volume appears whole or not at all.
    fn restore(
        &self,
        store: &Store,
        name: &VolumeName,
        archive: &Path,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<()> {
        let _wanted = self.want(vec![name.clone()])?;
        let beside = self.beside()?;
        let restored = store
            .unpack_tree(archive, &beside, progress, cancel)
            .map_err(Error::from)
            .and_then(|files| {
                let data = beside.join("_data");
                fs::rename(&files, &data).map_err(Error::io("make", &data))?;
                Record::new(name, BTreeMap::new(), BTreeMap::new()).write(&beside)?;
                self.must_be_free(name)?;
                let folder = self.folder.join(name.as_str());
                fs::rename(&beside, &folder).map_err(Error::io("make", &folder))
            });
        if restored.is_err() {
            let _ = gantry_store::remove_tree(&beside);
        } else {
            self.tell_made(name);
        }
        restored
    }

    fn must_be_free(&self, name: &VolumeName) -> Result<()> {
        if self.folder.join(name.as_str()).exists() {
            return Err(Error::VolumeExists(name.to_string()));
        }
        Ok(())
    }
}
