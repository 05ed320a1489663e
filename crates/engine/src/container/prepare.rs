//! Everything the supervisor reads, written before it is started.

use std::path::PathBuf;

use gantry_runtime::{BUNDLE_VERSION, Bundle, RootFs, StdinPlan};

use super::folder::Folder;
use super::owner::stop_signal;
use super::record::View;
use super::spec::{self, capabilities, security};
use super::{base, create, files, health, join, logging};
use crate::core::Core;
use crate::host::cgroup::Controller;
use crate::seccomp::{self, Profile};
use crate::{Error, Result};

/// Writes the bundle and the files that it names. `network` is the namespace that was made for it.
pub(crate) fn write(
    core: &Core,
    view: &View,
    folder: &Folder,
    network: Option<PathBuf>,
) -> Result<()> {
    files::write(core, view, folder)?;
    let bundle = bundle(core, view, folder, network)?;
    let path = folder.bundle();
    let text = serde_json::to_vec(&bundle)
        .map_err(|error| Error::Internal(format!("the bundle: {error}")))?;
    std::fs::write(&path, text).map_err(Error::io("write", &path))
}

fn bundle(core: &Core, view: &View, folder: &Folder, network: Option<PathBuf>) -> Result<Bundle> {
    let definition = &view.definition;
    let host = &definition.host_config;
    let rootless = core.host.facts.rootless;
    let device_rules = !rootless && core.host.cgroups.has(Controller::Devices);
    let mut allowed = core.capabilities.clone();
    if !rootless && !device_rules && !host.privileged {
        // Nobody would stop the container from opening the node of the host's disk.
        allowed.remove("CAP_MKNOD");
    }
    let joined = join::processes(core, host)?;
    let machine = spec::Machine {
        rootless,
        joined: &joined,
        network: network.as_deref(),
        cgroups: &core.host.cgroups,
        device_rules,
        capabilities: &allowed,
    };
    let id = definition.id.as_str();
    let needed = create::controllers(&host.resources, rootless);
    let mut lower = core.lower_dirs(definition)?;
    lower.push(base::folder(&core.host.paths().root));
    Ok(Bundle {
        version: BUNDLE_VERSION,
        id: id.to_owned(),
        spec: spec::build(definition, folder, machine)?,
        rootfs: RootFs::Overlay {
            lower,
            upper: folder.upper(),
            work: folder.work(),
            userxattr: rootless,
        },
        user: definition.config.user.clone(),
        additional_groups: host.group_add.clone(),
        cgroup: core.host.cgroups.plan(id, &needed),
        seccomp: seccomp_filter(core, view)?,
        stdin: match (definition.config.open_stdin, definition.config.stdin_once) {
            (false, _) => StdinPlan::Closed,
            (true, true) => StdinPlan::Once,
            (true, false) => StdinPlan::Open,
        },
        log: logging::plan(
            folder,
            logging::plan_options(&host.log_config)?,
            &core.host.config,
        ),
        stop_signal: stop_signal(view),
        socket: core.host.paths().runtime.join(format!("{}.s", &id[..16])),
        exit_record: folder.exit_record(),
        rootless,
        directories: Vec::new(),
        device_sources: spec::devices::sources(host),
        init: host.init == Some(true),
        joined,
        health: health::plan(&definition.config),
    })
}

/// The file with the compiled filter. Without one the container does not start.
fn seccomp_filter(core: &Core, view: &View) -> Result<Option<PathBuf>> {
    let host = &view.definition.host_config;
    let wanted = capabilities::of(host)?;
    let given: capabilities::Set = wanted.intersection(&core.capabilities).cloned().collect();
    let cache = core.host.paths().seccomp();
    let compile = |profile: &Profile| {
        seccomp::compiled(&cache, profile, &given)
            .map_err(|error| Error::Seccomp(error.to_string()))
    };
    match security::of(host)?.seccomp {
        security::Seccomp::Unconfined => Ok(None),
        security::Seccomp::Default => compile(&core.profile).map(Some),
        security::Seccomp::Profile(profile) => compile(&profile).map(Some),
    }
}
