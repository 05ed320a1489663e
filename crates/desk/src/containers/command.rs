//! The command line that makes the same container, in docker style.

use gantry_wire::{ContainerInspect, ImageConfig, MountPoint};

/// Parts of a variable's name that say its value is nobody's business.
const SECRET: [&str; 5] = ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "_KEY"];

/// `docker run …` with what differs from the image and from Docker's defaults.
///
/// Secrets are named without their value, which docker then takes from its own environment.
pub(super) fn run_command(container: &ContainerInspect, image: Option<&ImageConfig>) -> String {
    let defaults = ImageConfig::default();
    let image = image.unwrap_or(&defaults);
    let mut line = Line::default();
    line.word("docker").word("run");
    settings(&mut line, container);
    program_settings(&mut line, container, image);
    limits(&mut line, container);
    let arguments = entrypoint(&mut line, container, image);
    line.word(&container.config.image);
    for word in arguments {
        line.word(word);
    }
    line.0
}

fn settings(line: &mut Line, container: &ContainerInspect) {
    let (config, host) = (&container.config, &container.host_config);
    if !config.open_stdin {
        line.word("-d");
    }
    match (config.open_stdin, config.tty) {
        (true, true) => line.word("-it"),
        (true, false) => line.word("-i"),
        (false, true) => line.word("-t"),
        (false, false) => line,
    };
    if host.auto_remove {
        line.word("--rm");
    }
    line.flag("--name", container.name.trim_start_matches('/'));
    if !matches!(host.network_mode.as_str(), "" | "default" | "bridge") {
        line.flag("--network", &host.network_mode);
    }
    match (
        host.restart_policy.name.as_str(),
        host.restart_policy.maximum_retry_count,
    ) {
        ("" | "no", _) => {}
        (name, 0) => line.flag("--restart", name),
        (name, count) => line.flag("--restart", &format!("{name}:{count}")),
    }
    for (port, bindings) in &host.port_bindings {
        for binding in bindings.iter().flatten() {
            let address = match binding.host_ip.as_str() {
                "" => String::new(),
                ip if ip.contains(':') => format!("[{ip}]:"),
                ip => format!("{ip}:"),
            };
            let port = port.strip_suffix("/tcp").unwrap_or(port);
            line.flag("-p", &format!("{address}{}:{port}", binding.host_port));
        }
    }
    for mount in &container.mounts {
        mounted(line, mount);
    }
    if host.privileged {
        line.word("--privileged");
    }
    if host.readonly_rootfs {
        line.word("--read-only");
    }
    for capability in &host.cap_add {
        line.flag("--cap-add", capability);
    }
    for capability in &host.cap_drop {
        line.flag("--cap-drop", capability);
    }
}

fn mounted(line: &mut Line, mount: &MountPoint) {
    let source = match mount.r#type.as_str() {
        "tmpfs" => return line.flag("--tmpfs", &mount.destination),
        "volume" => &mount.name,
        _ => &mount.source,
    };
    let mode = if mount.rw { "" } else { ":ro" };
    line.flag("-v", &format!("{source}:{}{mode}", mount.destination));
}

fn program_settings(line: &mut Line, container: &ContainerInspect, image: &ImageConfig) {
    let config = &container.config;
    for variable in config.env.iter().filter(|own| !image.env.contains(own)) {
        let name = variable.split('=').next().unwrap_or_default();
        let upper = name.to_uppercase();
        let secret = SECRET.iter().any(|part| upper.contains(part));
        line.flag("-e", if secret { name } else { variable });
    }
    if config.user != image.user {
        line.flag("-u", &config.user);
    }
    if config.working_dir != image.working_dir && config.working_dir != "/" {
        line.flag("-w", &config.working_dir);
    }
    // On the host's network the name is the host's and cannot be chosen.
    let own_name = container.host_config.network_mode != "host"
        && !config.hostname.is_empty()
        && !container.id.starts_with(&config.hostname);
    if own_name {
        line.flag("--hostname", &config.hostname);
    }
    if !config.stop_signal.is_empty() && config.stop_signal != image.stop_signal {
        line.flag("--stop-signal", &config.stop_signal);
    }
}

fn limits(line: &mut Line, container: &ContainerInspect) {
    let resources = &container.host_config.resources;
    if resources.memory > 0 {
        line.flag("--memory", &memory(resources.memory));
    }
    if resources.nano_cpus > 0 {
        line.flag("--cpus", &cpus(resources.nano_cpus));
    }
}

/// Docker's flag takes one word; the words after it lead the arguments.
fn entrypoint<'a>(
    line: &mut Line,
    container: &'a ContainerInspect,
    image: &ImageConfig,
) -> Vec<&'a str> {
    let config = &container.config;
    let own_entrypoint = config.entrypoint != image.entrypoint;
    let mut arguments = Vec::new();
    if own_entrypoint {
        let (first, rest) = match config.entrypoint.split_first() {
            Some((first, rest)) => (first.as_str(), rest),
            None => ("", [].as_slice()),
        };
        line.flag("--entrypoint", first);
        arguments.extend(rest.iter().map(String::as_str));
    }
    if own_entrypoint || config.cmd != image.cmd {
        arguments.extend(config.cmd.iter().map(String::as_str));
    }
    arguments
}

/// The largest unit that leaves a whole number.
fn memory(bytes: i64) -> String {
    [(30, "g"), (20, "m"), (10, "k")]
        .into_iter()
        .find(|(shift, _)| bytes % (1_i64 << shift) == 0)
        .map_or_else(
            || format!("{bytes}b"),
            |(shift, unit)| format!("{}{unit}", bytes >> shift),
        )
}

fn cpus(nano_cpus: i64) -> String {
    let (whole, rest) = (nano_cpus / 1_000_000_000, nano_cpus % 1_000_000_000);
    let decimals = format!("{rest:09}");
    match decimals.trim_end_matches('0') {
        "" => whole.to_string(),
        decimals => format!("{whole}.{decimals}"),
    }
}

/// A command line under construction.
#[derive(Default)]
struct Line(String);

impl Line {
    /// Adds a word, quoted where a shell would take it apart.
    fn word(&mut self, word: &str) -> &mut Self {
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        if !word.is_empty() && word.chars().all(is_plain) {
            self.0.push_str(word);
        } else {
            self.0.push_str(&shell_words::quote(word));
        }
        self
    }

    fn flag(&mut self, name: &str, value: &str) {
        self.word(name).word(value);
    }
}

/// Means itself to every shell, wherever it stands.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gantry_wire::{ContainerConfig, HostConfig, Resources};

    fn container() -> ContainerInspect {
        ContainerInspect {
            id: "0123456789abcdef".into(),
            name: "/web".into(),
            config: ContainerConfig {
                image: "nginx:1".into(),
                hostname: "0123456789ab".into(),
                env: vec![
                    "PATH=/bin".into(),
                    "GREETING=hello you".into(),
                    "DB_PASSWORD=x".into(),
                ],
                cmd: vec!["nginx".into()],
                working_dir: "/srv".into(),
                ..ContainerConfig::default()
            },
            ..ContainerInspect::default()
        }
    }

    fn image() -> ImageConfig {
        ImageConfig {
            env: vec!["PATH=/bin".into()],
            cmd: vec!["nginx".into()],
            working_dir: "/srv".into(),
            ..ImageConfig::default()
        }
    }

    #[test]
    fn only_what_differs_from_the_image_is_said() {
        assert_eq!(
            run_command(&container(), Some(&image())),
            "docker run -d --name web -e 'GREETING=hello you' -e DB_PASSWORD nginx:1"
        );
    }

    #[test]
    fn limits_mounts_and_programs_are_said_as_docker_reads_them() {
        let mut container = container();
        container.config.entrypoint = vec!["sh".into(), "-c".into()];
        container.config.cmd = vec!["sleep 1; ls".into()];
        container.config.env = vec!["LEVEL=2".into()];
        container.config.hostname = "computer".into();
        container.config.tty = true;
        container.config.open_stdin = true;
        container.host_config = HostConfig {
            auto_remove: true,
            network_mode: "host".into(),
            resources: Resources {
                memory: 512 << 20,
                nano_cpus: 1_500_000_000,
                ..Resources::default()
            },
            ..HostConfig::default()
        };
        container.mounts = vec![MountPoint {
            r#type: "bind".into(),
            source: "/home/me/my site".into(),
            destination: "/srv".into(),
            rw: false,
            ..MountPoint::default()
        }];
        assert_eq!(
            run_command(&container, Some(&image())),
            "docker run -it --rm --name web --network host -v '/home/me/my site:/srv:ro' \
             -e LEVEL=2 --memory 512m --cpus 1.5 --entrypoint sh nginx:1 -c 'sleep 1; ls'"
        );
    }
}
