//! The options of `run` and `create`, and the request they become.

mod env;
mod health;
mod limits;
mod mounts;
mod ports;
mod quantity;

pub(crate) use env::collect as environment;
pub(crate) use limits::LimitOptions;

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use gantry_wire::{
    ContainerConfig, ContainerCreate, DeviceMapping, HostConfig, LogConfig, Resources, Ulimit,
};

/// What a new container is like.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ContainerOptions {
    /// Print help
    #[arg(long, action = clap::ArgAction::Help)]
    help: Option<bool>,
    /// Attach to stdin, stdout or stderr
    #[arg(short, long, value_name = "STREAM")]
    pub(crate) attach: Vec<String>,
    /// Keep stdin open
    #[arg(short, long)]
    pub(crate) interactive: bool,
    /// Give it a terminal
    #[arg(short, long)]
    tty: bool,
    /// Remove it when it exits
    #[arg(long)]
    rm: bool,
    /// Name of the container
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Set an environment variable, or pass one of ours on
    #[arg(short, long, value_name = "KEY[=VALUE]")]
    env: Vec<String>,
    /// Read environment variables from a file
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,
    /// Bind a folder of this computer, or a volume
    #[arg(short, long, value_name = "SOURCE:TARGET[:OPTIONS]")]
    volume: Vec<String>,
    /// Attach a mount: type=bind,source=…,target=…
    #[arg(long)]
    mount: Vec<String>,
    /// Mount a tmpfs
    #[arg(long, value_name = "TARGET[:OPTIONS]")]
    tmpfs: Vec<String>,
    /// Working folder inside the container
    #[arg(short, long, value_name = "DIR")]
    workdir: Option<String>,
    /// User name or id, and group: name|uid[:group|gid]
    #[arg(short, long)]
    user: Option<String>,
    /// Add groups
    #[arg(long)]
    group_add: Vec<String>,
    /// Overwrite the image's entrypoint
    #[arg(long)]
    entrypoint: Option<String>,
    /// Host name inside the container
    #[arg(short = 'h', long)]
    hostname: Option<String>,
    /// Connect it to a network: none, host
    #[arg(long, visible_alias = "net")]
    network: Option<String>,
    /// Publish a port: [[ip:]host:]container[/protocol]
    #[arg(short, long)]
    publish: Vec<String>,
    /// Publish every exposed port
    #[arg(short = 'P', long)]
    publish_all: bool,
    /// Expose a port
    #[arg(long)]
    expose: Vec<String>,
    /// Set a label
    #[arg(short, long, value_name = "KEY[=VALUE]")]
    label: Vec<String>,
    #[command(flatten)]
    limits: limits::LimitOptions,
    /// Set a resource limit: name=soft[:hard]
    #[arg(long)]
    ulimit: Vec<String>,
    /// Size of /dev/shm
    #[arg(long, value_name = "BYTES")]
    shm_size: Option<String>,
    /// Set a sysctl: key=value
    #[arg(long)]
    sysctl: Vec<String>,
    #[command(flatten)]
    health: health::HealthOptions,
    /// Signal that stops it
    #[arg(long)]
    stop_signal: Option<String>,
    /// Seconds to wait before it is killed
    #[arg(long, allow_negative_numbers = true)]
    stop_timeout: Option<i64>,
    /// Give extended privileges
    #[arg(long)]
    privileged: bool,
    /// Add a Linux capability
    #[arg(long)]
    cap_add: Vec<String>,
    /// Drop a Linux capability
    #[arg(long)]
    cap_drop: Vec<String>,
    /// Security options
    #[arg(long)]
    security_opt: Vec<String>,
    /// Add a device: host[:container[:rwm]]
    #[arg(long)]
    device: Vec<String>,
    /// Make its root read-only
    #[arg(long)]
    read_only: bool,
    /// Run an init that forwards signals and reaps processes
    #[arg(long)]
    init: bool,
    /// PID namespace: host
    #[arg(long)]
    pid: Option<String>,
    /// IPC namespace: host, private, shareable
    #[arg(long)]
    ipc: Option<String>,
    /// UTS namespace: host
    #[arg(long)]
    uts: Option<String>,
    /// Set DNS servers
    #[arg(long)]
    dns: Vec<String>,
    /// Set DNS search domains
    #[arg(long)]
    dns_search: Vec<String>,
    /// Add a line to /etc/hosts: name:ip
    #[arg(long)]
    add_host: Vec<String>,
    /// Where the log goes
    #[arg(long, value_name = "DRIVER")]
    log_driver: Option<String>,
    /// Options of the log driver
    #[arg(long)]
    log_opt: Vec<String>,
    /// Platform of the image, such as linux/arm64
    #[arg(long)]
    pub(crate) platform: Option<String>,
    /// Pull the image before: always, missing, never
    #[arg(long, value_enum, default_value_t, value_name = "POLICY")]
    pub(crate) pull: PullPolicy,
    /// Write the container's id to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) cidfile: Option<PathBuf>,
    /// The image
    pub(crate) image: String,
    /// The command and its arguments
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "COMMAND"
    )]
    command: Vec<String>,
}

/// When an image is pulled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PullPolicy {
    Always,
    #[default]
    Missing,
    Never,
}

impl ContainerOptions {
    /// The request. What is attached is the caller's to say.
    pub(crate) fn to_body(&self) -> anyhow::Result<ContainerCreate> {
        let mounts = mounts::parse(&self.volume, &self.mount, &self.tmpfs)?;
        let ports = ports::parse(&self.publish, &self.expose)?;
        let config = ContainerConfig {
            hostname: self.hostname.clone().unwrap_or_default(),
            user: self.user.clone().unwrap_or_default(),
            tty: self.tty,
            open_stdin: self.interactive,
            env: env::collect(&self.env_file, &self.env)?,
            cmd: self.command.clone(),
            image: self.image.clone(),
            exposed_ports: ports.exposed,
            volumes: mounts.anonymous,
            working_dir: self.workdir.clone().unwrap_or_default(),
            entrypoint: self.entrypoint.iter().cloned().collect(),
            labels: env::pairs(&self.label),
            stop_signal: self.stop_signal.clone().unwrap_or_default(),
            stop_timeout: self.stop_timeout,
            healthcheck: self.health.config()?,
            ..ContainerConfig::default()
        };
        let host_config = HostConfig {
            binds: mounts.binds,
            mounts: mounts.explicit,
            tmpfs: mounts.tmpfs,
            port_bindings: ports.bindings,
            publish_all_ports: self.publish_all,
            network_mode: self.network.clone().unwrap_or_else(|| "default".to_owned()),
            auto_remove: self.rm,
            restart_policy: self
                .limits
                .restart_policy()?
                .unwrap_or_else(limits::no_restart),
            log_config: LogConfig {
                r#type: self.log_driver.clone().unwrap_or_default(),
                config: env::pairs(&self.log_opt),
            },
            console_size: crate::terminal::size()
                .map_or([0, 0], |(rows, columns)| [rows.into(), columns.into()]),
            cap_add: self.cap_add.clone(),
            cap_drop: self.cap_drop.clone(),
            security_opt: self.security_opt.clone(),
            privileged: self.privileged,
            readonly_rootfs: self.read_only,
            init: self.init.then_some(true),
            pid_mode: self.pid.clone().unwrap_or_default(),
            ipc_mode: self.ipc.clone().unwrap_or_default(),
            uts_mode: self.uts.clone().unwrap_or_default(),
            dns: self.dns.clone(),
            dns_search: self.dns_search.clone(),
            extra_hosts: self.add_host.clone(),
            group_add: self.group_add.clone(),
            shm_size: limits::optional_bytes("--shm-size", self.shm_size.as_deref())?,
            sysctls: env::pairs(&self.sysctl),
            resources: self.resources()?,
            ..HostConfig::default()
        };
        Ok(ContainerCreate {
            config,
            host_config,
            ..ContainerCreate::default()
        })
    }

    fn resources(&self) -> anyhow::Result<Resources> {
        Ok(Resources {
            ulimits: self
                .ulimit
                .iter()
                .map(|text| ulimit(text).context("--ulimit"))
                .collect::<anyhow::Result<_>>()?,
            devices: self.device.iter().map(|text| device(text)).collect(),
            ..self.limits.resources()?
        })
    }
}

/// Splits `name:tag`, minding the port of a registry.
pub(crate) fn split_reference(reference: &str) -> (&str, Option<&str>) {
    match reference.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (reference, None),
    }
}

fn ulimit(text: &str) -> anyhow::Result<Ulimit> {
    let (name, values) = text
        .split_once('=')
        .with_context(|| format!("\"{text}\" is not name=soft[:hard]"))?;
    let (soft, hard) = values.split_once(':').unwrap_or((values, values));
    Ok(Ulimit {
        name: name.to_owned(),
        soft: soft.parse().with_context(|| format!("\"{soft}\""))?,
        hard: hard.parse().with_context(|| format!("\"{hard}\""))?,
    })
}

fn device(text: &str) -> DeviceMapping {
    let parts: Vec<&str> = text.split(':').collect();
    let (host, container, permissions) = match parts.as_slice() {
        [host, container, permissions, ..] => (*host, *container, *permissions),
        [host, second] if second.starts_with('/') => (*host, *second, "rwm"),
        [host, second] => (*host, *host, *second),
        _ => (text, text, "rwm"),
    };
    DeviceMapping {
        path_on_host: host.to_owned(),
        path_in_container: container.to_owned(),
        cgroup_permissions: permissions.to_owned(),
    }
}

#[cfg(test)]
mod tests;
