//! Finding the processes that an earlier engine started.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use gantry_shim::{EXIT_FILE, ExitRecord, ShimRecord};
use gantry_wire::ExecConfig;

use super::bundle::CONFIG_FILE;
use super::{Exec, Stage, start};
use crate::container::folder::Folder;
use crate::container::id::ContainerId;
use crate::container::link::Link;
use crate::container::registry::Handle;
use crate::container::search::Supervision;
use crate::core::{Core, blocking};

/// One on disk.
struct Found {
    id: String,
    folder: PathBuf,
    config: ExecConfig,
    supervisor: Option<ShimRecord>,
    exit: Option<ExitRecord>,
}

/// Listens again to those of a container that still run. What has ended can be asked for its exit
/// code, and its folder goes.
pub(in crate::container) async fn recover(core: &Arc<Core>, folder: &Folder, container: &Handle) {
    let execs = folder.execs();
    let id = container.now().id().clone();
    let found = blocking(move || Ok(read_all(&execs))).await;
    let supervised = found.unwrap_or_default().into_iter().map(|found| async {
        let running = match &found.supervisor {
            Some(supervisor) => running(&found.folder, supervisor).await,
            None => None,
        };
        bring_back(core, found, &id, container, running);
    });
    join_all(supervised).await;
}

/// The connection to a supervisor, if it answers, and the process that it watches over.
async fn running(folder: &Path, supervisor: &ShimRecord) -> Option<(Option<Link>, i32)> {
    match Supervision::of(folder).await {
        Supervision::Heard(link, status) => Some((Some(link), status.process?.pid)),
        Supervision::Silent(_) => Some((None, supervisor.container.as_ref()?.pid)),
        Supervision::Over => None,
    }
}

fn bring_back(
    core: &Arc<Core>,
    found: Found,
    container: &ContainerId,
    handle: &Handle,
    running: Option<(Option<Link>, i32)>,
) {
    let stage = match (&running, &found.exit) {
        (Some(_), _) => Stage::Starting,
        (None, Some(record)) => start::ended(record.code),
        // It had not begun, or went down with its supervisor.
        (None, None) => return discard(&found.folder),
    };
    let exec = Arc::new(Exec {
        id: found.id,
        container: container.clone(),
        config: found.config,
        stage: Mutex::new(stage),
    });
    core.execs.insert(Arc::clone(&exec));
    match running {
        Some((link, pid)) => start::listen(core, &exec, handle, found.folder, link, pid),
        None => discard(&found.folder),
    }
}

fn read_all(execs: &Path) -> Vec<Found> {
    let mut all = Vec::new();
    for entry in fs::read_dir(execs).into_iter().flatten().flatten() {
        let folder = entry.path();
        let text = fs::read(folder.join(CONFIG_FILE)).unwrap_or_default();
        let (Ok(id), Ok(config)) = (
            entry.file_name().into_string(),
            serde_json::from_slice(&text),
        ) else {
            discard(&folder);
            continue;
        };
        let supervisor = ShimRecord::read(&folder).ok().flatten();
        all.push(Found {
            id,
            config,
            supervisor: supervisor.filter(ShimRecord::is_alive),
            exit: ExitRecord::read(&folder.join(EXIT_FILE)).ok().flatten(),
            folder,
        });
    }
    all
}

fn discard(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        tracing::warn!(%error, "the folder of a process that has ended stays");
    }
}
