//! What a request may ask: refused with the reason, or answered with a warning, never ignored.

use gantry_runtime::{SysctlNamespace, sysctl_namespace};
use gantry_wire::{ContainerConfig, ContainerCreate, HostConfig};

use crate::container::spec::{capabilities, devices, rlimits, security};
use crate::container::{health, logging, signal};
use crate::core::Core;
use crate::host::IdMapping;
use crate::host::cgroup::Controller;
use crate::network::{Mode, ports};
use crate::{Error, Result};

/// Where the request meets this machine.
pub(super) struct Machine {
    /// Whether rules about device nodes are enforced.
    pub(super) device_rules: bool,
    /// The engine's own, which its containers inherit.
    pub(super) oom_score: i64,
    pub(super) may_lower_oom_score: bool,
}

impl Machine {
    pub(super) fn of(core: &Core) -> Self {
        let rootless = core.host.facts.rootless;
        let score = std::fs::read_to_string("/proc/self/oom_score_adj").unwrap_or_default();
        Self {
            device_rules: !rootless && core.host.cgroups.has(Controller::Devices),
            oom_score: score.trim().parse().unwrap_or_default(),
            may_lower_oom_score: core.host.mapping == IdMapping::Root
                && core.capabilities.contains("CAP_SYS_RESOURCE"),
        }
    }
}

/// Refuses what cannot be done; returns warnings for what is done differently.
pub(super) fn check(body: &ContainerCreate, machine: &Machine) -> Result<Vec<String>> {
    let mut warnings = Vec::new();
    check_config(&body.config)?;
    check_lifetime(&body.host_config)?;
    check_namespaces(&body.config, &body.host_config)?;
    check_kernel(&body.host_config, machine)?;
    check_sources(&body.host_config)?;
    check_network(body)?;
    logging::plan_options(&body.host_config.log_config)?;
    capabilities::of(&body.host_config)?;
    devices::check(&body.host_config, machine.device_rules)?;
    warnings.extend(security::of(&body.host_config)?.warnings);
    rlimits::of(&body.host_config.resources)?;
    warnings.extend(rlimits::warnings(&body.host_config.resources));
    Ok(warnings)
}

fn unsupported<T>(option: &str, why: &str) -> Result<T> {
    Err(Error::Unsupported {
        option: option.to_owned(),
        why: why.to_owned(),
    })
}

fn check_config(config: &ContainerConfig) -> Result<()> {
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
    config.healthcheck.as_ref().map_or(Ok(()), health::check)
}

/// What contradicts the network mode, and ports that make no sense.
fn check_network(body: &ContainerCreate) -> Result<()> {
    let (config, host) = (&body.config, &body.host_config);
    let conflict = |what: &str| Err(Error::Invalid(format!("conflicting options: {what}")));
    match Mode::of(&host.network_mode) {
        Mode::Host if !config.hostname.is_empty() && host.uts_mode == "host" => {
            conflict("hostname and the UTS mode")
        }
        Mode::Container(_) if !config.hostname.is_empty() => {
            conflict("hostname and the network mode")
        }
        Mode::Container(_) if !host.port_bindings.is_empty() || host.publish_all_ports => {
            conflict("port publishing and the container type network mode")
        }
        Mode::Container(_)
            if !config.exposed_ports.is_empty() && !host.port_bindings.is_empty() =>
        {
            conflict("port exposing and the container type network mode")
        }
        Mode::Container(_) if !host.dns.is_empty() => conflict("dns and the network mode"),
        Mode::Container(_) if !host.extra_hosts.is_empty() => {
            conflict("custom host-to-IP mapping and the network mode")
        }
        _ => ports::wanted(config, host).map(|_| ()),
    }
}

pub(crate) fn check_lifetime(host: &HostConfig) -> Result<()> {
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

fn check_namespaces(config: &ContainerConfig, host: &HostConfig) -> Result<()> {
    for (name, mode, own) in [
        ("pid", host.pid_mode.as_str(), ["", "host"].as_slice()),
        (
            "ipc",
            host.ipc_mode.as_str(),
            &["", "private", "shareable", "none", "host"],
        ),
        ("uts", host.uts_mode.as_str(), &["", "host"]),
        (
            "cgroupns",
            host.cgroupns_mode.as_str(),
            &["", "private", "host"],
        ),
        // As Docker's, the host is where the engine is, which may be a user namespace.
        ("userns", host.userns_mode.as_str(), &["", "host"]),
    ] {
        let joins = matches!(name, "pid" | "ipc") && mode.starts_with("container:");
        if !own.contains(&mode) && !joins {
            return Err(Error::Invalid(format!("invalid {name} mode: {mode}")));
        }
    }
    if host.uts_mode == "host" && !config.hostname.is_empty() {
        return Err(Error::Invalid(
            "conflicting options: hostname and the UTS mode".to_owned(),
        ));
    }
    Ok(())
}

/// Settings of the kernel: those of the container's own namespaces only.
fn check_kernel(host: &HostConfig, machine: &Machine) -> Result<()> {
    for name in host.sysctls.keys() {
        let (shared, option) = match sysctl_namespace(name) {
            Some(SysctlNamespace::Ipc) => (host.ipc_mode == "host", "--ipc host"),
            Some(SysctlNamespace::Network) => (host.network_mode == "host", "--network host"),
            Some(SysctlNamespace::Uts) => (host.uts_mode == "host", "--uts host"),
            None => {
                return unsupported(
                    &format!("--sysctl {name}"),
                    "it belongs to the whole machine and to no namespace",
                );
            }
        };
        if shared {
            let why = format!("with {option} it would be the host's");
            return unsupported(&format!("--sysctl {name}"), &why);
        }
    }
    let score = host.oom_score_adj;
    if !(-1000..=1000).contains(&score) {
        return Err(Error::Invalid(format!(
            "Invalid value {score}, range for oom score adj is [-1000, 1000]"
        )));
    }
    // 0 is what clients send for "as it is": below a user's systemd that is more.
    if score != 0 && score < machine.oom_score && !machine.may_lower_oom_score {
        return unsupported(
            &format!("--oom-score-adj {score}"),
            "only root may make a process less likely to be killed",
        );
    }
    Ok(())
}

fn check_sources(host: &HostConfig) -> Result<()> {
    crate::volume::check_driver(&host.volume_driver)?;
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
    Ok(())
}

#[cfg(test)]
mod tests {
    use gantry_wire::Ulimit;

    use super::*;

    fn checked(change: impl FnOnce(&mut ContainerCreate)) -> Result<Vec<String>> {
        let mut body = ContainerCreate::default();
        body.host_config.network_mode = "none".into();
        change(&mut body);
        let machine = Machine {
            device_rules: true,
            // As in a unit of a user's systemd.
            oom_score: 200,
            may_lower_oom_score: false,
        };
        check(&body, &machine)
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
                (|body| body.host_config.oom_score_adj = -1) as fn(&mut ContainerCreate),
            ),
            ("unsupported", |body| {
                let value = ("kernel.panic".into(), "1".into());
                body.host_config.sysctls.extend([value]);
            }),
            ("unsupported", |body| {
                body.host_config.network_mode = "host".into();
                let value = ("net.ipv4.ip_forward".into(), "1".into());
                body.host_config.sysctls.extend([value]);
            }),
            ("invalid-request", |body| {
                body.host_config.uts_mode = "container:x".into();
            }),
            ("invalid-request", |body| {
                body.host_config.oom_score_adj = 1001;
            }),
            ("invalid-request", |body| {
                body.host_config.uts_mode = "host".into();
                body.config.hostname = "name".into();
            }),
            ("unsupported", |body| {
                body.host_config.volume_driver = "nfs".into();
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
        let warnings = checked(|body| {
            body.host_config.resources.ulimits.push(Ulimit {
                name: "nofile".into(),
                soft: 1 << 40,
                hard: 1 << 40,
            });
        });
        assert_eq!(warnings.unwrap().len(), 1);
    }
}
