//! Backups: a volume's files to a tar, and a new volume from one.

use std::collections::BTreeMap;
use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gantry_file::Durability;
use gantry_store::UpperDir;
use gantry_wire::gantry::{BackupRequest, RestoreRequest, TaskKind, TaskResult, TaskStarted};
use tokio::io::AsyncRead;
use tokio_util::io::SyncIoBridge;

use super::record::Record;
use super::{VolumeName, Volumes};
use crate::core::{Core, with_core};
use crate::input::drain;
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
    let name = core.volumes.free_name(&request.volume)?;
    Ok(run(
        core,
        TaskKind::Restore,
        request.volume,
        move |core, task| {
            let (store, cancel) = (&core.store, task.cancel_flag());
            core.volumes.restore(&name, |folder| {
                store.unpack_tree(&path, folder, task, cancel)
            })?;
            Ok(TaskResult {
                path: Some(request.path),
                ..TaskResult::default()
            })
        },
    ))
}

/// The same of a tar that comes as a stream, of `size` bytes where that is known: as a task that
/// ends with it, and this call with the task.
pub(crate) async fn restore_stream_task(
    core: &Arc<Core>,
    archive: impl AsyncRead + Send + Unpin + 'static,
    volume: &str,
    size: Option<u64>,
) -> Result<TaskStarted> {
    let name = match core.volumes.free_name(volume) {
        Ok(name) => name,
        Err(error) => {
            drain(archive).await;
            return Err(error);
        }
    };
    let task = Arc::new(core.tasks.start(TaskKind::Restore, volume.to_owned()));
    if let Some(size) = size {
        task.expect(size);
    }
    let working = Arc::clone(&task);
    let restored = with_core(core, move |core| {
        let mut archive = archive;
        let (store, cancel) = (&core.store, working.cancel_flag());
        let input = SyncIoBridge::new(&mut archive);
        let restored = core.volumes.restore(&name, |folder| {
            store.unpack_tree_from(input, size, folder, &*working, cancel)
        });
        Ok((restored, archive))
    });
    let restored = match restored.await {
        Ok((restored, rest)) => {
            drain(rest).await;
            restored
        }
        Err(error) => Err(error),
    };
    settle(&task, restored.map(|()| TaskResult::default()))?;
    Ok(TaskStarted {
        task: task.id().to_owned(),
    })
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
        let result = with_core(&core, move |core| work(core, &working)).await;
        // The task itself carries the failure.
        let _ = settle(&task, result);
    });
    started
}

/// Ends a task with what came of its work.
fn settle(task: &TaskHandle, result: Result<TaskResult>) -> Result<()> {
    let result = result.map_err(|error| match error {
        Error::Store(gantry_store::Error::Cancelled) => Error::Cancelled,
        other => other,
    });
    match result {
        Ok(result) => {
            task.finish(result);
            Ok(())
        }
        Err(error) => {
            task.fail(&error);
            Err(error)
        }
    }
}

impl Volumes {
    /// The files are unpacked aside, which says where they lie then: the volume appears whole or not
    /// at all.
    fn restore(
        &self,
        name: &VolumeName,
        unpack: impl FnOnce(&Path) -> gantry_store::Result<PathBuf>,
    ) -> Result<()> {
        let _wanted = self.want(vec![name.clone()])?;
        let beside = self.beside()?;
        let restored = unpack(&beside).map_err(Error::from).and_then(|files| {
            let data = beside.join("_data");
            fs::rename(&files, &data).map_err(Error::io("make", &data))?;
            let record = Record::new(name, BTreeMap::new(), BTreeMap::new());
            record.write(&beside, Durability::Quick)?;
            // All at once: there may be many files.
            let synced = fs::File::open(&data).and_then(|data| Ok(rustix::fs::syncfs(data)?));
            synced.map_err(Error::io("write", &data))?;
            self.must_be_free(name)?;
            let folder = self.folder.join(name.as_str());
            fs::rename(&beside, &folder)
                .and_then(|()| gantry_file::sync_folder(&self.folder))
                .map_err(Error::io("make", &folder))
        });
        if restored.is_err() {
            let _ = gantry_store::remove_tree(&beside);
        } else {
            self.tell_made(name);
        }
        restored
    }

    /// The name of a volume that is to be made.
    fn free_name(&self, text: &str) -> Result<VolumeName> {
        let name = VolumeName::parse(text)?;
        self.must_be_free(&name)?;
        Ok(name)
    }

    fn must_be_free(&self, name: &VolumeName) -> Result<()> {
        if self.folder.join(name.as_str()).exists() {
            return Err(Error::VolumeExists(name.to_string()));
        }
        Ok(())
    }
}
