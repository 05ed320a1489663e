//! What a request may ask: refused with the reason, or answered with a warning, never ignored.

use gantry_wire::{ContainerConfig, ContainerCreate, HostConfig};

use crate::container::spec::{capabilities, rlimits, security};
use crate::container::{logging, network, signal};
use crate::host::IdMapping;
use crate::{Error, Result};

/// Where the request meets this machine.
pub(super) struct Machine {
    pub(super) mapping: IdMapping,
}

/// Refuses what cannot be done; returns warnings for what is done differently.
pub(super) fn check(body: &ContainerCreate, machine: &Machine) -> Result<Vec<String>> {
    let mut warnings = Vec::new();
    check_config(&body.config, &mut warnings)?;
    check_lifetime(&body.host_config)?;
    check_namespaces(&body.host_config, machine)?;
    check_sources(&body.host_config, &mut warnings)?;
    network::check(body, &mut warnings)?;
    logging::plan_options(&body.host_config.log_config)?;
    capabilities::of(&body.host_config)?;
    security::of(&body.host_config)?;
    rlimits::of(&body.host_config.resources)?;
    Ok(warnings)
}

fn unsupported<T>(option: &str, why: &str) -> Result<T> {
    Err(Error::Unsupported {
        option: option.to_owned(),
        why: why.to_owned(),
    })
}

fn check_config(config: &ContainerConfig, warnings: &mut Vec<String>) -> Result<()> {
    if !config.stop_signal.is_empty() {
        signal::parse(&config.stop_signal)?;
    }
    if config.hostname.len() > 63 || config.hostname.contains('/') {
        return Err(Error::Invalid(format!(
            "invalid hostname: {}",
            config.hostname
        )));
    }
    if !config.working_dir.is_empty() && !config.working_dir.starts_with('/') {
        return Err(Error::Invalid(format!(
            "the working directory '{}' is invalid, it needs to be an absolute path",
            config.working_dir
        )));
    }
    for variable in &config.env {
        if variable.starts_with('=') || variable.contains('\0') {
            return Err(Error::Invalid(format!(
                "invalid environment variable: {variable}"
            )));
        }
    }
    if config
        .healthcheck
        .as_ref()
        .is_some_and(|health| health.test.first().is_some_and(|kind| kind != "NONE"))
    {
        warnings.push("The health check is kept, but this version does not run it.".to_owned());
    }
    if !config.mac_address.is_empty() {
        warnings.push("The MAC address is not set: there is no bridge network yet.".to_owned());
    }
    Ok(())
}

fn check_lifetime(host: &HostConfig) -> Result<()> {
    let policy = &host.restart_policy;
    match policy.name.as_str() {
        "" | "no" | "always" | "unless-stopped" => {
            if policy.maximum_retry_count != 0 {
                return Err(Error::Invalid(
                    "invalid restart policy: maximum retry count can only be used with 'on-failure'"
                        .to_owned(),
                ));
            }
        }
        "on-failure" => {
            if policy.maximum_retry_count < 0 {
                return Err(Error::Invalid(
                    "invalid restart policy: maximum retry count cannot be negative".to_owned(),
                ));
            }
        }
        other => {
            return Err(Error::Invalid(format!(
                "invalid restart policy: unknown policy '{other}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"
            )));
        }
    }
    if host.auto_remove && !matches!(policy.name.as_str(), "" | "no") {
        return Err(Error::Invalid(
            "can't create 'AutoRemove' container with restart policy".to_owned(),
        ));
    }
    Ok(())
}

fn check_namespaces(host: &HostConfig, machine: &Machine) -> Result<()> {
    let later = "joining another container's namespaces is not there yet";
    for (option, mode, own) in [
        ("--pid", host.pid_mode.as_str(), ["", "host"].as_slice()),
        (
            "--ipc",
            host.ipc_mode.as_str(),
            &["", "private", "shareable", "none", "host"],
        ),
        ("--uts", host.uts_mode.as_str(), &["", "host"]),
        (
            "--cgroupns",
            host.cgroupns_mode.as_str(),
            &["", "private", "host"],
        ),
        ("--userns", host.userns_mode.as_str(), &["", "host"]),
    ] {
        if !own.contains(&mode) {
            if mode.starts_with("container:") {
                return unsupported(&format!("{option} {mode}"), later);
            }
            return Err(Error::Invalid(format!(
                "invalid {} mode: {mode}",
                &option[2..]
            )));
        }
    }
    if host.userns_mode == "host" && machine.mapping != IdMapping::Root {
        return unsupported(
            "--userns host",
            "the engine itself runs in a user namespace",
        );
    }
    if host.privileged {
        return unsupported("--privileged", "privileged containers are not there yet");
    }
    Ok(())
}

fn check_sources(host: &HostConfig, warnings: &mut Vec<String>) -> Result<()> {
    if !host.volumes_from.is_empty() {
        return unsupported(
            "--volumes-from",
            "sharing volumes between containers is not there yet",
        );
    }
    if !matches!(host.volume_driver.as_str(), "" | "local") {
        return unsupported("--volume-driver", "only local volumes exist");
    }
    if !host.links.is_empty() {
        return unsupported("--link", "there is no bridge network yet");
    }
    if !host.storage_opt.is_empty() {
        return unsupported(
            "--storage-opt",
            "the size of a container's root cannot be limited",
        );
    }
    if let Some(request) = host.resources.device_requests.first() {
        return Err(Error::Invalid(format!(
            "could not select device driver \"{}\" with capabilities: {:?}",
            request.driver, request.capabilities
        )));
    }
    if !matches!(host.isolation.as_str(), "" | "default") {
        return Err(Error::Invalid(format!(
            "invalid isolation '{}' on linux",
            host.isolation
        )));
    }
    let runtimes = ["", "gantry", "runc", "io.containerd.runc.v2"];
    if !runtimes.contains(&host.runtime.as_str()) {
        return Err(Error::Invalid(format!(
            "unknown or invalid runtime name: {}",
            host.runtime
        )));
    }
    if host.shm_size < 0 {
        return Err(Error::Invalid("SHM size can not be less than 0".to_owned()));
    }
    if host.init == Some(true) {
        warnings.push("The command itself is process 1: --init is not there yet.".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(change: impl FnOnce(&mut ContainerCreate)) -> Result<Vec<String>> {
        let mut body = ContainerCreate::default();
        body.host_config.network_mode = "none".into();
        change(&mut body);
        let mapping = IdMapping::Ranges;
        check(&body, &Machine { mapping })
    }

    #[test]
    fn a_plain_request_passes_without_a_word() {
        assert_eq!(checked(|_| ()).unwrap(), [""; 0]);
    }

    #[test]
    fn what_cannot_be_done_is_refused_by_name() {
        for (code, change) in [
            (
                "unsupported",
                (|body| body.host_config.privileged = true) as fn(&mut ContainerCreate),
            ),
            ("unsupported", |body| {
                body.host_config.pid_mode = "container:x".into();
            }),
            ("unsupported", |body| {
                body.host_config.userns_mode = "host".into();
            }),
            ("unsupported", |body| {
                body.host_config.volumes_from = vec!["x".into()];
            }),
            ("invalid-request", |body| {
                body.host_config.ipc_mode = "what".into();
            }),
            ("invalid-request", |body| {
                body.host_config.runtime = "kata".into();
            }),
            ("invalid-request", |body| {
                body.config.stop_signal = "SIGFOO".into();
            }),
            ("invalid-request", |body| {
                body.config.working_dir = "relative".into();
            }),
            ("invalid-request", |body| {
                body.host_config.auto_remove = true;
                body.host_config.restart_policy.name = "always".into();
            }),
        ] {
            assert_eq!(checked(change).unwrap_err().code(), code);
        }
    }

    #[test]
    fn what_is_done_differently_is_said() {
        let warnings = checked(|body| body.host_config.init = Some(true)).unwrap();
        assert_eq!(warnings.len(), 1);
    }
}
