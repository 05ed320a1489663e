//! After a restart or a kill of the engine: everything on disk is found again.
//!
//! Each container's folder tells what it was; a living supervisor tells what it is. Supervisors
//! that are gone left an exit record, or their container went down with them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use futures_util::future::join_all;
use gantry_shim::{ExitRecord, Health, ShimRecord};
use gantry_wire::ContainerState;

use super::folder::Folder;
use super::id::ContainerId;
use super::name::ContainerName;
use super::owner::{self, End};
use super::record::View;
use super::registry::Handle;
use super::search::Supervision;
use super::state::Step;
use super::{base, ending, exec, sweep};
use crate::Result;
use crate::core::{Core, blocking};
use crate::network::Place;

/// Whether all that is on disk is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recovered {
    Whole,
    /// A container cannot be read: what nobody seems to need may be its.
    InPart,
}

/// Reads every container, reconnects those that run, and hands each to an owner.
pub(crate) async fn recover(core: &Arc<Core>) -> Result<Recovered> {
    let containers = core.host.paths().containers();
    let trash = core.host.paths().trash();
    let Read {
        mut found,
        removed,
        recovered,
    } = blocking({
        let (containers, trash) = (containers.clone(), trash.clone());
        let root = core.host.paths().root.clone();
        move || {
            for folder in [&containers, &trash] {
                fs::create_dir_all(folder).map_err(crate::Error::io("make", folder))?;
            }
            base::make(&root)?;
            Ok(read_all(&containers, &trash))
        }
    })
    .await?;
    if recovered == Recovered::InPart {
        core.registry.lacks_some();
    }
    // The oldest first keeps its name, should two claim the same.
    found.sort_by_key(|found| found.view.definition.created);
    let supervised = found.into_iter().map(|found| async move {
        let supervision = match &found.supervisor {
            Some(_) => Supervision::of(found.folder.path()).await,
            None => Supervision::Over,
        };
        (found, supervision)
    });
    let mut execs = Vec::new();
    for (found, supervision) in join_all(supervised).await {
        if let Some((folder, handle)) = bring_back(core, found, supervision).await {
            execs.push(async move { exec::recover(core, &folder, &handle).await });
        }
    }
    join_all(execs).await;
    let core = Arc::clone(core);
    tokio::task::spawn_blocking(move || {
        for Found { folder, view, .. } in removed {
            if view.with_volumes {
                let id = view.id().as_str();
                core.volumes.discard_anonymous(id, &view.definition.mounts);
            }
            discard(&folder, &trash);
        }
        empty(&trash);
    });
    Ok(recovered)
}

/// What is on disk.
struct Read {
    found: Vec<Found>,
    /// Their removal was acknowledged before the engine died.
    removed: Vec<Found>,
    recovered: Recovered,
}

/// A container on disk.
struct Found {
    folder: Folder,
    view: View,
    supervisor: Option<ShimRecord>,
}

fn read_all(containers: &Path, trash: &Path) -> Read {
    let mut all = Read {
        found: Vec::new(),
        removed: Vec::new(),
        recovered: Recovered::Whole,
    };
    for entry in fs::read_dir(containers).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(id) = name.to_str().and_then(|name| ContainerId::parse(name).ok()) else {
            continue;
        };
        let folder = Folder::new(containers, &id);
        match View::read(&folder) {
            Ok(view) => {
                let supervisor = ShimRecord::read(folder.path()).ok().flatten();
                let supervisor = supervisor.filter(ShimRecord::is_alive);
                let removed = view.hidden;
                let mut found = Found {
                    folder,
                    view,
                    supervisor,
                };
                if removed && found.supervisor.is_none() {
                    all.removed.push(found);
                    continue;
                }
                adopt_end(&mut found);
                all.found.push(found);
            }
            // Also one that was to go with its end, of which a power cut left no record.
            Err(error) if !folder.config().exists() && !is_supervised(&folder) => {
                tracing::info!(%id, %error, "a half-made container is swept");
                discard(&folder, trash);
            }
            // Kept: a person may want to look, and nothing may be lost.
            Err(error) => {
                tracing::error!(%id, %error, "a container's record cannot be read");
                all.recovered = Recovered::InPart;
            }
        }
    }
    all
}

fn is_supervised(folder: &Folder) -> bool {
    let record = ShimRecord::read(folder.path()).ok().flatten();
    record.is_some_and(|record| record.is_alive())
}

/// A container that ran and whose supervisor is gone has ended; how, its exit record says.
fn adopt_end(found: &mut Found) {
    let state = &mut found.view.state;
    if found.supervisor.is_some() {
        return;
    }
    found.view.place = Place::default();
    let record = ExitRecord::read(&found.folder.exit_record()).ok().flatten();
    let ended_at = |record: &ExitRecord| i128::from(record.finished_at);
    let process = state.process.clone();
    let end = match (state.is_up(), record) {
        (true, Some(record)) if record.process == state.process => End::from(record),
        (true, _) => End::lost(),
        // It was started, and ended, before the engine could write that down.
        (false, Some(record))
            if record.process.is_some()
                && state.status != ContainerState::Restarting
                && ended_at(&record) > state.finished_at.as_nanosecond() =>
        {
            state.status = ContainerState::Running;
            End::from(record)
        }
        _ => {
            if state.status == ContainerState::Removing {
                state.status = ContainerState::Dead;
            }
            return;
        }
    };
    if state.health.is_some() {
        // As it was found last, while no engine was there.
        state.health = Health::read(found.folder.path()).ok().flatten();
    }
    end.describe(state);
    if let Err(error) = state.step(Step::Exited) {
        tracing::error!(%error, "an impossible end");
    }
    found.view.state.ending = Some(ending::of(&found.view, &found.folder));
    sweep::after_loss(&found.folder, process.as_ref());
    found.view.revision += 1;
    if let Err(error) = found.view.save(&found.folder, found.view.durability()) {
        tracing::error!(%error, "the record was not written");
    }
}

async fn bring_back(
    core: &Arc<Core>,
    mut found: Found,
    mut supervision: Supervision,
) -> Option<(Folder, Handle)> {
    let id = found.view.id().clone();
    let settled = blocking(move || {
        settle(&mut found, &mut supervision);
        Ok((found, supervision))
    });
    let (mut found, supervision) = match settled.await {
        Ok(settled) => settled,
        Err(error) => {
            tracing::error!(%id, %error, "a container was not brought back");
            return None;
        }
    };
    // A removal that waited for the end of its container is taken back: it may still run.
    (found.view.hidden, found.view.with_volumes) = (false, false);
    let name = core
        .registry
        .reserve(found.view.name.clone(), &id)
        .or_else(|_| core.registry.reserve_random(&id));
    let name: ContainerName = match name {
        Ok(name) => name.keep(),
        Err(error) => {
            tracing::error!(%id, %error, "a container was not brought back");
            return None;
        }
    };
    found.view.name = name;
    let folder = found.folder.clone();
    let handle = owner::adopt(core, found.folder, found.view, supervision);
    core.registry.insert(id, handle.clone());
    Some((folder, handle))
}

/// Brings the record of a container to what is known of its supervisor.
fn settle(found: &mut Found, supervision: &mut Supervision) {
    let Some(record) = &found.supervisor else {
        return;
    };
    match (&*supervision, &record.container) {
        (Supervision::Heard(..), _) => return,
        (Supervision::Silent(_), Some(process)) => {
            let state = &mut found.view.state;
            state.process = Some(process.clone());
            if !state.is_up() {
                state.status = ContainerState::Running;
            }
            return;
        }
        // Nothing had run when it fell silent.
        (Supervision::Silent(_), None) => sweep::by_force(&found.folder, None),
        (Supervision::Over, _) => {}
    }
    *supervision = Supervision::Over;
    found.supervisor = None;
    adopt_end(found);
}

fn discard(folder: &Folder, trash: &Path) {
    if let Err(error) = crate::trash::move_to(trash, folder.path()) {
        tracing::error!(%error, "a folder was not swept");
    }
}

/// Deletes what earlier removals left.
fn empty(trash: &Path) {
    let left: Vec<_> = fs::read_dir(trash)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    crate::trash::delete(&left);
}
