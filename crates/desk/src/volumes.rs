//! Volumes: the row, and what can be done with one.

use gantry_view::{
    BackupVolume, CreateVolume, Failure, FileEntry, FileKind, FilePage, Mount, MountKind,
    RemoveVolume, RestoreVolume, Volume, VolumeEntries, VolumeUse, VolumeUses,
};
use gantry_wire::gantry::{self, BackupRequest, EntryKind, RestoreRequest};
use gantry_wire::{MountPoint, VolumeCreate};

use crate::{Desk, failure::failure, path, time::millis};

/// The label by which Compose groups what belongs together.
const PROJECT: &str = "com.docker.compose.project";

pub(crate) fn row(row: gantry::Volume) -> Volume {
    Volume {
        name: row.name,
        created_at: row.created.as_millisecond(),
        anonymous: row.anonymous,
        folder: row.mountpoint,
        device: row.device,
        project: row.labels.get(PROJECT).cloned(),
    }
}

/// A mount of a container's row.
pub(crate) fn mount(point: MountPoint) -> Mount {
    let kind = match point.r#type.as_str() {
        "volume" => MountKind::Volume,
        "tmpfs" => MountKind::Tmpfs,
        _ => MountKind::Bind,
    };
    Mount {
        kind,
        source: match kind {
            MountKind::Volume => point.name,
            _ => point.source,
        },
        target: point.destination,
        writable: point.rw,
    }
}

pub(crate) async fn create(desk: &Desk, request: CreateVolume) -> Result<String, Failure> {
    let client = desk.link().client().await?;
    let wanted = VolumeCreate {
        name: request.name,
        ..VolumeCreate::default()
    };
    let volume = client.create_volume(&wanted).await.map_err(failure)?;
    Ok(volume.name)
}

pub(crate) async fn remove(desk: &Desk, request: RemoveVolume) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let removed = client.remove_volume(&request.name, false).await;
    removed.map_err(failure)
}

pub(crate) async fn uses(desk: &Desk, _: VolumeUses) -> Result<Vec<VolumeUse>, Failure> {
    let client = desk.link().client().await?;
    let uses = client.volume_uses().await.map_err(failure)?.into_iter();
    let shown = uses.map(|found| VolumeUse {
        name: found.name,
        bytes: found.bytes,
        files: found.files,
        written_at: found.written.and_then(millis),
    });
    Ok(shown.collect())
}

pub(crate) async fn entries(desk: &Desk, request: VolumeEntries) -> Result<FilePage, Failure> {
    let client = desk.link().client().await?;
    let page = client.volume_entries(&request.name, &request.dir).await;
    let page = page.map_err(failure)?;
    Ok(FilePage {
        entries: page.entries.into_iter().map(entry).collect(),
        more: page.more,
    })
}

fn entry(found: gantry::FileEntry) -> FileEntry {
    FileEntry {
        name: found.name,
        kind: match found.kind {
            EntryKind::Directory => FileKind::Folder,
            EntryKind::File | EntryKind::Hardlink => FileKind::File,
            EntryKind::Symlink => FileKind::Link,
            EntryKind::Device | EntryKind::Fifo | EntryKind::Socket => FileKind::Special,
        },
        size: found.size,
        files: found.files,
        modified_at: found.modified.as_millisecond(),
        target: found.target,
    }
}

pub(crate) async fn backup(desk: &Desk, request: BackupVolume) -> Result<String, Failure> {
    let path = path::absolute(&request.path)?;
    let client = desk.link().client().await?;
    let wanted = BackupRequest {
        volume: request.name,
        path: path.to_string_lossy().into_owned(),
        overwrite: request.overwrite,
    };
    let started = client.backup_volume(&wanted).await.map_err(failure)?;
    Ok(started.task)
}

pub(crate) async fn restore(desk: &Desk, request: RestoreVolume) -> Result<String, Failure> {
    let path = path::absolute(&request.path)?;
    let client = desk.link().client().await?;
    let wanted = RestoreRequest {
        path: path.to_string_lossy().into_owned(),
        volume: request.name,
    };
    let started = client.restore_volume(&wanted).await.map_err(failure)?;
    Ok(started.task)
}
