//! `--pid`, `--ipc` and `--network container:ID`: whose namespaces a container shares.

use std::sync::Arc;

use gantry_runtime::{Joined, ProcessIdentity};
use gantry_wire::HostConfig;

use super::record::View;
use crate::core::Core;
use crate::{Error, Result};

const PREFIX: &str = "container:";

/// At create: a name or a short id becomes the full id, which is how Docker keeps it.
pub(super) fn settle(core: &Core, host: &mut HostConfig) -> Result<()> {
    for mode in [
        &mut host.pid_mode,
        &mut host.ipc_mode,
        &mut host.network_mode,
    ] {
        if let Some(wanted) = mode.strip_prefix(PREFIX) {
            let found = donor(core, wanted)?;
            *mode = format!("{PREFIX}{}", found.id().as_str());
        }
    }
    Ok(())
}

/// A container that another one is created with. "Not found" would make Docker's client go and pull
/// the image.
pub(super) fn donor(core: &Core, name: &str) -> Result<Arc<View>> {
    match core.registry.find(name) {
        Err(error @ Error::NoSuchContainer(_)) => Err(Error::Invalid(error.to_string())),
        found => Ok(found?.now()),
    }
}

/// At start: the first processes of those containers, which must run.
pub(super) fn processes(core: &Core, host: &HostConfig) -> Result<Joined> {
    let process = |mode: &str, what: &str| match mode.strip_prefix(PREFIX) {
        Some(id) => running(core, id, what).map(Some),
        None => Ok(None),
    };
    if let Some(id) = host.ipc_mode.strip_prefix(PREFIX) {
        let donor = core.registry.find(id)?.now();
        let mode = donor.definition.host_config.ipc_mode.clone();
        if mode != "shareable" && mode != "host" {
            return Err(Error::state(
                "ipc-not-shareable",
                format!(
                    "cannot join IPC namespace of container {id}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)"
                ),
            ));
        }
    }
    Ok(Joined {
        pid: process(&host.pid_mode, "PID")?,
        ipc: process(&host.ipc_mode, "IPC")?,
        network: process(&host.network_mode, "network")?,
    })
}

fn running(core: &Core, id: &str, what: &str) -> Result<ProcessIdentity> {
    let donor = core.registry.find(id)?.now();
    let process = donor.state.process.clone();
    process.filter(|_| donor.state.is_running()).ok_or_else(|| {
        Error::state(
            "container-not-running",
            format!("cannot join {what} namespace of a non running container: {id}"),
        )
    })
}
