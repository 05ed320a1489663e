//! The command line that makes the same container, in docker style.

use gantry_view::{RestartPolicy, RunContainer};
use gantry_wire::{ContainerConfig, ContainerCreate, ContainerInspect, HostConfig, ImageConfig};

use super::{
    like,
    options::{bytes, options},
    own,
};

/// Parts of a variable's name that say its value is nobody's business.
const SECRET: [&str; 5] = ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "_KEY"];

/// `docker run …` with what differs from the image and from Docker's defaults.
///
/// Secrets are named without their value, which docker then takes from its own environment.
pub(super) fn run_command(container: &ContainerInspect, image: Option<&ImageConfig>) -> String {
    let own = own::own(container, image.unwrap_or(&ImageConfig::default()));
    let nano_cpus = own.host_config.resources.nano_cpus;
    let (shown, rest) = like::part(own.clone());
    // Ports and mounts as they were asked for have more to say than fields of a dialog.
    let rest = ContainerCreate {
        config: ContainerConfig {
            labels: own.config.labels,
            ..rest.config
        },
        host_config: HostConfig {
            port_bindings: own.host_config.port_bindings,
            binds: own.host_config.binds,
            mounts: own.host_config.mounts,
            tmpfs: own.host_config.tmpfs,
            ..rest.host_config
        },
        ..rest
    };
    let mut line = Line::default();
    line.word("docker").word("run");
    kind(&mut line, &shown);
    line.flag("--name", container.name.trim_start_matches('/'));
    fields(&mut line, &shown, nano_cpus);
    for word in options(&rest) {
        line.word(&word);
    }
    let arguments = entrypoint(&mut line, &shown);
    line.word(&shown.image);
    for word in arguments.iter().chain(&shown.command) {
        line.word(word);
    }
    line.0
}

fn kind(line: &mut Line, shown: &RunContainer) {
    if !shown.open_stdin {
        line.word("-d");
    }
    match (shown.open_stdin, shown.tty) {
        (true, true) => line.word("-it"),
        (true, false) => line.word("-i"),
        (false, true) => line.word("-t"),
        (false, false) => line,
    };
    if shown.auto_remove {
        line.word("--rm");
    }
}

fn fields(line: &mut Line, shown: &RunContainer, nano_cpus: i64) {
    let mut some = |name: &str, value: &str| {
        if !value.is_empty() {
            line.flag(name, value);
        }
    };
    some("--network", &shown.network);
    for alias in &shown.aliases {
        some("--network-alias", alias);
    }
    if shown.restart != RestartPolicy::No {
        some("--restart", &shown.restart.word());
    }
    for (name, value) in &shown.env {
        let upper = name.to_uppercase();
        if SECRET.iter().any(|part| upper.contains(part)) {
            some("-e", name);
        } else {
            some("-e", &format!("{name}={value}"));
        }
    }
    some("-u", &shown.user);
    some("-w", &shown.working_dir);
    if let Ok(memory @ 1..) = i64::try_from(shown.memory_bytes) {
        some("--memory", &bytes(memory));
    }
    if nano_cpus > 0 {
        some("--cpus", &cpus(nano_cpus));
    }
}

/// Docker's flag takes one word; the words after it lead the arguments.
fn entrypoint<'a>(line: &mut Line, shown: &'a RunContainer) -> &'a [String] {
    let Some(words) = &shown.entrypoint else {
        return &[];
    };
    let (first, rest) = match words.split_first() {
        Some((first, rest)) => (first.as_str(), rest),
        None => ("", [].as_slice()),
    };
    line.flag("--entrypoint", first);
    rest
}

pub(super) fn cpus(nano_cpus: i64) -> String {
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
    use gantry_wire::{ContainerConfig, Resources, RestartPolicy};

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
            binds: vec!["/home/me/my site:/srv:ro".into()],
            cap_drop: vec!["ALL".into()],
            restart_policy: RestartPolicy {
                name: "on-failure".into(),
                maximum_retry_count: 3,
            },
            resources: Resources {
                memory: 512 << 20,
                nano_cpus: 1_500_000_000,
                ..Resources::default()
            },
            ..HostConfig::default()
        };
        assert_eq!(
            run_command(&container, Some(&image())),
            "docker run -it --rm --name web --network host --restart on-failure:3 -e LEVEL=2 \
             --memory 512m --cpus 1.5 -v '/home/me/my site:/srv:ro' --cap-drop ALL \
             --entrypoint sh nginx:1 -c 'sleep 1; ls'"
        );
    }
}
