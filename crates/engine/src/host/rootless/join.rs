//! Finding the namespaces again that the supervisors of running containers hold, and the keeper of
//! their networks.

use std::os::fd::OwnedFd;
use std::path::Path;

use gantry_network::KeeperRecord;
use gantry_shim::ShimRecord;
use nix::sched::{CloneFlags, setns};

use crate::host::{EnterError, Paths};

/// Joins the namespaces of any supervisor that still lives, else those of the network keeper. False when none does.
///
/// A second user namespace, even with the same map, has no power over what the first one owns:
/// when supervisors live but cannot be joined, beginning anew would lose their containers.
pub(super) fn join_living(paths: &Paths, root: bool) -> Result<bool, EnterError> {
    let mut flags = CloneFlags::CLONE_NEWNS;
    if !root {
        flags |= CloneFlags::CLONE_NEWUSER;
    }
    let mut refused = None;
    for holder in living(&paths.containers()).chain(keeper(&paths.keeper())) {
        match setns(holder, flags) {
            Ok(()) => return Ok(true),
            // Gone since it was opened: as if it had never been there.
            Err(nix::errno::Errno::ESRCH) => {}
            Err(error) => refused = Some(error),
        }
    }
    match refused {
        None => Ok(false),
        Some(error) => Err(EnterError::Join(error.into())),
    }
}

/// Handles on the supervisors that live, found through the containers' folders.
fn living(containers: &Path) -> impl Iterator<Item = OwnedFd> {
    std::fs::read_dir(containers)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let record = ShimRecord::read(&entry.path()).ok()??;
            record
                .is_alive()
                .then(|| record.shim.open().ok()?)
                .flatten()
        })
}

/// A handle on the network keeper, which outlives the last container for a moment.
fn keeper(directory: &Path) -> Option<OwnedFd> {
    let record = KeeperRecord::read(directory).ok()??;
    let alive = record.is_alive();
    alive.then(|| record.keeper.open().ok()?).flatten()
}
