//! Finding the supervisor's program, and starting it.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use gantry_packet::Started;

use crate::core::Core;
use crate::{Error, Result};

/// The name of the program.
const PROGRAM: &str = "gantry-shim";

/// Copies the supervisor's program into sealed memory.
pub(crate) fn sealed() -> Result<OwnedFd> {
    let program = program()?;
    gantry_shim::sealed_binary(&program).map_err(Error::io("read", &program))
}

/// The supervisor's program, beside our own or where packages put it. `GANTRY_SHIM` names another,
/// for tests.
pub(crate) fn program() -> Result<PathBuf> {
    let mut looked = Vec::new();
    for candidate in candidates() {
        if candidate.is_file() {
            return Ok(candidate);
        }
        looked.push(candidate.display().to_string());
    }
    Err(Error::ShimMissing(looked.join(", ")))
}

/// Starts one for the bundle in a folder.
pub(crate) fn spawn(core: &Core, folder: &Path) -> Result<Started> {
    let started = gantry_shim::spawn(&core.shim, folder)
        .map_err(Error::io("start the supervisor in", folder))?;
    core.host.descriptors.give_back(&started.child);
    Ok(started)
}

fn candidates() -> impl Iterator<Item = PathBuf> {
    let named = std::env::var_os("GANTRY_SHIM").map(PathBuf::from);
    let own = std::env::current_exe().ok();
    let folder = own.as_deref().and_then(std::path::Path::parent);
    // Test programs lie one folder deeper than what they test.
    let beside = [folder, folder.and_then(std::path::Path::parent)]
        .into_iter()
        .flatten()
        .map(|folder| folder.join(PROGRAM));
    let beside: Vec<_> = beside.collect();
    named
        .into_iter()
        .chain(beside)
        .chain([PathBuf::from("/usr/lib/gantry").join(PROGRAM)])
}
