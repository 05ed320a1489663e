//! What the supervisor of one reads: the container's own bundle with another process in it.

use std::fs;
use std::path::PathBuf;

use gantry_runtime::{BUNDLE_FILE, Bundle, ProcessIdentity, StdinPlan};
use gantry_shim::EXIT_FILE;

use super::Exec;
use crate::container::folder::Folder;
use crate::container::record::View;
use crate::container::spec::{self, capabilities};
use crate::core::Core;
use crate::{Error, Result};

/// The request, for a later engine.
pub(super) const CONFIG_FILE: &str = "exec.json";

/// Makes the folder with everything in it. Returns it, and where its supervisor will listen.
pub(super) fn write(
    core: &Core,
    view: &View,
    container: &Folder,
    first: ProcessIdentity,
    exec: &Exec,
) -> Result<(PathBuf, PathBuf)> {
    let mut bundle = Bundle::read(&container.bundle()).map_err(|failure| Error::Damaged {
        path: container.bundle(),
        why: failure.to_string(),
    })?;
    let folder = exec.folder(container);
    fs::create_dir_all(&folder).map_err(Error::io("make", &folder))?;
    bundle = bundle.for_further_process(first);
    become_exec(core, view, exec, &mut bundle)?;
    let runtime = &core.host.paths().runtime;
    bundle.socket = runtime.join(format!("{}.s", &exec.id[..16]));
    bundle.exit_record = folder.join(EXIT_FILE);
    for (name, text) in [
        (CONFIG_FILE, serde_json::to_vec(&exec.config)),
        (BUNDLE_FILE, serde_json::to_vec(&bundle)),
    ] {
        let text = text.map_err(|error| Error::Internal(format!("{name}: {error}")))?;
        let path = folder.join(name);
        fs::write(&path, text).map_err(Error::io("write", &path))?;
    }
    Ok((folder, bundle.socket))
}

fn become_exec(core: &Core, view: &View, exec: &Exec, bundle: &mut Bundle) -> Result<()> {
    let config = &exec.config;
    let environment = spec::process::environment(&view.definition.config, config.tty, &config.env);
    bundle.stdin = if config.attach_stdin {
        StdinPlan::Once
    } else {
        StdinPlan::Closed
    };
    if !config.user.is_empty() {
        bundle.user.clone_from(&config.user);
    }
    let process = bundle.spec.process_mut().as_mut();
    let process = process.ok_or_else(|| Error::Internal("a bundle without a process".into()))?;
    process
        .set_args(Some(config.cmd.clone()))
        .set_env(Some(environment))
        .set_terminal(Some(config.tty))
        .set_console_size(None);
    if !config.working_dir.is_empty() {
        process.set_cwd(config.working_dir.clone().into());
    }
    if config.privileged {
        let sets = capabilities::sets(&capabilities::all(), &core.capabilities)?;
        process
            .set_capabilities(Some(sets))
            .set_apparmor_profile(None);
    }
    Ok(())
}
