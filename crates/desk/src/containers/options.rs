//! What a request asks for beyond the fields of the run dialog, as words of `docker run`.

use gantry_wire::{
    ContainerConfig, ContainerCreate, EndpointSettings, HealthConfig, HostConfig, Mount, Resources,
};

/// Options and their values, in the order of Docker's documentation as far as it has one. What
/// needs no word because it is Docker's default has none.
pub(super) fn options(body: &ContainerCreate) -> Vec<String> {
    let mut words = Words::default();
    let (config, host) = (&body.config, &body.host_config);
    names(&mut words, config);
    if let Some(check) = &config.healthcheck {
        health(&mut words, check);
    }
    networks(&mut words, body);
    resolving(&mut words, host);
    storage(&mut words, config, host);
    rights(&mut words, host);
    namespaces(&mut words, host);
    limits(&mut words, &host.resources);
    rest(&mut words, host);
    words.0
}

/// `-p` for one published port.
pub(super) fn publish(port: &str, address: &str, host: &str) -> String {
    let port = port.strip_suffix("/tcp").unwrap_or(port);
    let address = match address {
        "" => String::new(),
        address if address.contains(':') => format!("[{address}]:"),
        address => format!("{address}:"),
    };
    match (address.as_str(), host) {
        ("", "") => port.to_owned(),
        (address, host) => format!("{address}{host}:{port}"),
    }
}

/// The largest unit that leaves a whole number.
pub(super) fn bytes(bytes: i64) -> String {
    [(30, "g"), (20, "m"), (10, "k")]
        .into_iter()
        .find(|(shift, _)| bytes % (1_i64 << shift) == 0)
        .map_or_else(
            || format!("{bytes}b"),
            |(shift, unit)| format!("{}{unit}", bytes >> shift),
        )
}

#[derive(Default)]
struct Words(Vec<String>);

impl Words {
    /// An option with its value, unless that is empty.
    fn one(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.0.extend([name.to_owned(), value.to_owned()]);
        }
    }

    fn each<'a>(&mut self, name: &str, values: impl IntoIterator<Item = &'a String>) {
        for value in values {
            self.one(name, value);
        }
    }

    fn pairs<'a>(&mut self, name: &str, pairs: impl IntoIterator<Item = (&'a String, &'a String)>) {
        for (key, value) in pairs {
            self.one(name, &format!("{key}={value}"));
        }
    }

    fn flag(&mut self, name: &str, on: bool) {
        if on {
            self.0.push(name.to_owned());
        }
    }

    /// A number that is not Docker's default of zero.
    fn number(&mut self, name: &str, value: i64) {
        if value != 0 {
            self.one(name, &value.to_string());
        }
    }

    fn size(&mut self, name: &str, value: i64) {
        match value {
            0 => {}
            -1 => self.one(name, "-1"),
            value => self.one(name, &bytes(value)),
        }
    }
}

fn names(words: &mut Words, config: &ContainerConfig) {
    words.one("--hostname", &config.hostname);
    words.one("--domainname", &config.domainname);
    words.pairs("--label", &config.labels);
    words.each("--expose", &config.exposed_ports);
    // A name alone takes the image's variable away, which only the request itself can say.
    words.one("--stop-signal", &config.stop_signal);
    if let Some(seconds) = config.stop_timeout {
        words.one("--stop-timeout", &seconds.to_string());
    }
}

fn health(words: &mut Words, check: &HealthConfig) {
    match check.test.split_first() {
        Some((kind, _)) if kind == "NONE" => return words.flag("--no-healthcheck", true),
        Some((kind, rest)) if kind == "CMD-SHELL" => words.one("--health-cmd", &rest.join(" ")),
        Some((_, rest)) => words.one("--health-cmd", &shell_words::join(rest)),
        None => {}
    }
    for (name, nanoseconds) in [
        ("--health-interval", check.interval),
        ("--health-timeout", check.timeout),
        ("--health-start-period", check.start_period),
        ("--health-start-interval", check.start_interval),
    ] {
        if nanoseconds != 0 {
            words.one(name, &duration(nanoseconds));
        }
    }
    words.number("--health-retries", check.retries);
}

/// As Go reads it.
fn duration(nanoseconds: i64) -> String {
    [(1_000_000_000, "s"), (1_000_000, "ms")]
        .into_iter()
        .find(|(unit, _)| nanoseconds % unit == 0)
        .map_or_else(
            || format!("{nanoseconds}ns"),
            |(unit, name)| format!("{}{name}", nanoseconds / unit),
        )
}

/// Networks beside the first one, and the ports that are left.
fn networks(words: &mut Words, body: &ContainerCreate) {
    let host = &body.host_config;
    for (name, end) in &body.networking_config.endpoints_config {
        let Some(end) = end else {
            words.one("--network", name);
            continue;
        };
        words.one("--network", &network(name, end));
    }
    for (port, bindings) in &host.port_bindings {
        for binding in bindings.iter().flatten() {
            words.one("-p", &publish(port, &binding.host_ip, &binding.host_port));
        }
    }
    words.flag("--publish-all", host.publish_all_ports);
    words.each("--link", &host.links);
}

/// `name`, or `name=…,alias=…` where there is more to say.
fn network(name: &str, end: &EndpointSettings) -> String {
    let mut parts: Vec<String> = end
        .aliases
        .iter()
        .map(|alias| format!("alias={alias}"))
        .collect();
    let options = end.driver_opts.iter();
    parts.extend(options.map(|(key, value)| format!("driver-opt={key}={value}")));
    if end.gw_priority != 0 {
        parts.push(format!("gw-priority={}", end.gw_priority));
    }
    if parts.is_empty() {
        return name.to_owned();
    }
    format!("name={name},{}", parts.join(","))
}

fn resolving(words: &mut Words, host: &HostConfig) {
    words.each("--dns", &host.dns);
    words.each("--dns-option", &host.dns_options);
    words.each("--dns-search", &host.dns_search);
    words.each("--add-host", &host.extra_hosts);
}

fn storage(words: &mut Words, config: &ContainerConfig, host: &HostConfig) {
    words.each("-v", &host.binds);
    words.each("-v", &config.volumes);
    for mount in &host.mounts {
        words.one("--mount", &mounted(mount));
    }
    for (target, options) in &host.tmpfs {
        let options = match options.as_str() {
            "" => String::new(),
            options => format!(":{options}"),
        };
        words.one("--tmpfs", &format!("{target}{options}"));
    }
    words.each("--volumes-from", &host.volumes_from);
    words.one("--volume-driver", &host.volume_driver);
    words.pairs("--storage-opt", &host.storage_opt);
    words.flag("--read-only", host.readonly_rootfs);
    if host.shm_size != 64 << 20 {
        words.size("--shm-size", host.shm_size);
    }
}

/// `type=…,source=…,target=…` with what else is said of it.
fn mounted(mount: &Mount) -> String {
    let mut parts = vec![format!("type={}", mount.r#type)];
    if !mount.source.is_empty() {
        parts.push(format!("source={}", mount.source));
    }
    parts.push(format!("target={}", mount.target));
    if mount.read_only {
        parts.push("readonly".to_owned());
    }
    if let Some(bind) = &mount.bind_options {
        if !bind.propagation.is_empty() {
            parts.push(format!("bind-propagation={}", bind.propagation));
        }
        if bind.non_recursive {
            parts.push("bind-recursive=disabled".to_owned());
        }
    }
    if let Some(volume) = &mount.volume_options {
        if volume.no_copy {
            parts.push("volume-nocopy".to_owned());
        }
        if !volume.subpath.is_empty() {
            parts.push(format!("volume-subpath={}", volume.subpath));
        }
    }
    if let Some(tmpfs) = &mount.tmpfs_options {
        if tmpfs.size_bytes != 0 {
            parts.push(format!("tmpfs-size={}", tmpfs.size_bytes));
        }
        if tmpfs.mode != 0 {
            parts.push(format!("tmpfs-mode={:o}", tmpfs.mode));
        }
    }
    parts.join(",")
}

fn rights(words: &mut Words, host: &HostConfig) {
    words.flag("--privileged", host.privileged);
    words.each("--cap-add", &host.cap_add);
    words.each("--cap-drop", &host.cap_drop);
    words.each("--group-add", &host.group_add);
    // The engine says this one itself of what is privileged.
    let said = |option: &&String| !(host.privileged && *option == "label=disable");
    words.each("--security-opt", host.security_opt.iter().filter(said));
    for device in &host.resources.devices {
        let (outside, inside) = (&device.path_on_host, &device.path_in_container);
        let rights = &device.cgroup_permissions;
        words.one("--device", &format!("{outside}:{inside}:{rights}"));
    }
    words.each("--device-cgroup-rule", &host.resources.device_cgroup_rules);
}

fn namespaces(words: &mut Words, host: &HostConfig) {
    if host.ipc_mode != "private" {
        words.one("--ipc", &host.ipc_mode);
    }
    words.one("--pid", &host.pid_mode);
    words.one("--uts", &host.uts_mode);
    words.one("--userns", &host.userns_mode);
    words.pairs("--sysctl", &host.sysctls);
    words.pairs("--annotation", &host.annotations);
}

fn limits(words: &mut Words, resources: &Resources) {
    words.size("--memory-reservation", resources.memory_reservation);
    words.size("--memory-swap", resources.memory_swap);
    if let Some(swappiness) = resources.memory_swappiness.filter(|value| *value >= 0) {
        words.one("--memory-swappiness", &swappiness.to_string());
    }
    words.flag(
        "--oom-kill-disable",
        resources.oom_kill_disable == Some(true),
    );
    words.number("--cpu-shares", resources.cpu_shares);
    words.number("--cpu-period", resources.cpu_period);
    words.number("--cpu-quota", resources.cpu_quota);
    words.one("--cpuset-cpus", &resources.cpuset_cpus);
    words.one("--cpuset-mems", &resources.cpuset_mems);
    words.number("--pids-limit", resources.pids_limit.unwrap_or_default());
    words.number("--blkio-weight", resources.blkio_weight.into());
    for (name, devices) in [
        ("--device-read-bps", &resources.blkio_device_read_bps),
        ("--device-write-bps", &resources.blkio_device_write_bps),
        ("--device-read-iops", &resources.blkio_device_read_iops),
        ("--device-write-iops", &resources.blkio_device_write_iops),
    ] {
        for device in devices {
            words.one(name, &format!("{}:{}", device.path, device.rate));
        }
    }
    for limit in &resources.ulimits {
        let (name, soft, hard) = (&limit.name, limit.soft, limit.hard);
        words.one("--ulimit", &format!("{name}={soft}:{hard}"));
    }
    words.one("--cgroup-parent", &resources.cgroup_parent);
}

fn rest(words: &mut Words, host: &HostConfig) {
    words.flag("--init", host.init == Some(true));
    words.number("--oom-score-adj", host.oom_score_adj);
    if host.log_config.r#type != "json-file" {
        words.one("--log-driver", &host.log_config.r#type);
    }
    words.pairs("--log-opt", &host.log_config.config);
    if host.runtime != "gantry" {
        words.one("--runtime", &host.runtime);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use gantry_wire::{NetworkingConfig, Ulimit};

    use super::*;

    #[test]
    fn what_is_asked_for_is_said_as_docker_reads_it() {
        let mut body = ContainerCreate::default();
        body.config.labels = BTreeMap::from([("tier".into(), "web".into())]);
        body.config.healthcheck = Some(HealthConfig {
            test: vec!["CMD".into(), "test".into(), "-e".into(), "/a b".into()],
            interval: 1_500_000_000,
            retries: 2,
            ..HealthConfig::default()
        });
        body.host_config.cap_add = vec!["NET_ADMIN".into()];
        body.host_config.shm_size = 1 << 30;
        body.host_config.resources.ulimits = vec![Ulimit {
            name: "nofile".into(),
            soft: 10,
            hard: 20,
        }];
        body.networking_config = NetworkingConfig {
            endpoints_config: BTreeMap::from([(
                "back".into(),
                Some(EndpointSettings {
                    aliases: vec!["db".into()],
                    ..EndpointSettings::default()
                }),
            )]),
        };
        assert_eq!(
            options(&body).join(" "),
            "--label tier=web --health-cmd test -e '/a b' --health-interval 1500ms \
             --health-retries 2 --network name=back,alias=db --shm-size 1g --cap-add NET_ADMIN \
             --ulimit nofile=10:20"
        );
    }

    #[test]
    fn a_container_that_asked_for_nothing_needs_no_words() {
        let mut body = ContainerCreate::default();
        let host = &mut body.host_config;
        host.ipc_mode = "private".into();
        host.runtime = "gantry".into();
        host.shm_size = 64 << 20;
        host.log_config.r#type = "json-file".into();
        assert_eq!(options(&body), [] as [&str; 0]);
    }

    #[test]
    fn a_port_is_published_with_as_much_as_is_known() {
        assert_eq!(publish("80/tcp", "", ""), "80");
        assert_eq!(publish("53/udp", "", "5300"), "5300:53/udp");
        assert_eq!(publish("80/tcp", "127.0.0.1", ""), "127.0.0.1::80");
        assert_eq!(publish("80/tcp", "::1", "8001"), "[::1]:8001:80");
    }
}
