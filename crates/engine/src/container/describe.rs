//! A container in the words of its readers: rows of lists, and inspect.

use std::collections::BTreeMap;

use gantry_wire as wire;
use gantry_wire::{ContainerState, NEVER, gantry};

use super::folder::Folder;
use super::record::View;
use super::{health, signal, status};
use crate::network::{self, ports};

/// The row that a window shows.
pub(crate) fn row(view: &View) -> gantry::Container {
    let (definition, state) = (&view.definition, &view.state);
    let (config, host) = (&definition.config, &definition.host_config);
    let ran = state.finished_at != NEVER && !state.is_up();
    let limit = |value: i64| u64::try_from(value).ok().filter(|value| *value > 0);
    gantry::Container {
        id: definition.id.as_str().to_owned(),
        name: view.name.as_str().to_owned(),
        image: config.image.clone(),
        image_id: definition.image_id.clone(),
        command: command(view),
        created: definition.created,
        state: state.status,
        exit_code: ran.then_some(state.exit_code),
        signal: state.signal.filter(|_| ran).map(signal::name),
        health: state
            .health
            .as_ref()
            .filter(|_| state.is_up())
            .map(|health| health.status.as_str().to_owned()),
        oom_killed: state.oom_killed,
        ending: state.ending.clone(),
        lost: state.lost,
        error: state.error.clone(),
        started_at: happened(state.started_at),
        finished_at: happened(state.finished_at),
        tty: config.tty,
        open_stdin: config.open_stdin,
        auto_remove: host.auto_remove,
        network_mode: host.network_mode.clone(),
        networks: network::attachments(view),
        ports: ports::list(config, &view.place.ports),
        lost_ports: network::lost_ports(view),
        mounts: definition.mounts.clone(),
        labels: config.labels.clone(),
        memory_limit: limit(host.resources.memory),
        nano_cpus: limit(host.resources.nano_cpus),
        warnings: definition.warnings.clone(),
    }
}

/// One line of `docker ps`. `image` is how the image is shown.
pub(crate) fn summary(view: &View, image: String, now: wire::Timestamp) -> wire::ContainerSummary {
    let definition = &view.definition;
    wire::ContainerSummary {
        id: definition.id.as_str().to_owned(),
        names: vec![format!("/{}", view.name)],
        image,
        image_id: definition.image_id.clone(),
        command: command(view),
        created: definition.created.as_second(),
        ports: ports(view),
        size_rw: None,
        size_root_fs: None,
        labels: definition.config.labels.clone(),
        state: view.state.status,
        status: status::status(&view.state, now),
        host_config: wire::SummaryHostConfig {
            network_mode: definition.host_config.network_mode.clone(),
            annotations: definition.host_config.annotations.clone(),
        },
        network_settings: wire::SummaryNetworkSettings {
            networks: network::endpoints(view),
        },
        mounts: mounts(view),
    }
}

/// The mounts as Docker shows them: a mode is what stands behind a path of `--volume`, and memory
/// that `--tmpfs` asks for is a setting of the host.
fn mounts(view: &View) -> Vec<wire::MountPoint> {
    let definition = &view.definition;
    let asked = |point: &wire::MountPoint| {
        let mut mounts = definition.host_config.mounts.iter();
        mounts.any(|mount| mount.target == point.destination)
    };
    let mut points = definition.mounts.clone();
    points.retain(|point| point.r#type != "tmpfs" || asked(point));
    for point in &mut points {
        if definition.config.volumes.contains(&point.destination) {
            point.mode.clear();
        } else if asked(point) {
            let mode = if point.r#type == "volume" { "z" } else { "" };
            mode.clone_into(&mut point.mode);
        }
    }
    points
}

/// Everything about one container.
pub(crate) fn inspect(
    view: &View,
    folder: &Folder,
    lower: &[String],
    exec_ids: Vec<String>,
) -> wire::ContainerInspect {
    let definition = &view.definition;
    let text = |path: std::path::PathBuf| path.to_string_lossy().into_owned();
    let graph = BTreeMap::from([
        ("LowerDir".to_owned(), lower.join(":")),
        ("UpperDir".to_owned(), text(folder.upper())),
        ("WorkDir".to_owned(), text(folder.work())),
        // Mounted in the container's own namespace only.
        ("MergedDir".to_owned(), text(folder.path().join("merged"))),
    ]);
    wire::ContainerInspect {
        id: definition.id.as_str().to_owned(),
        created: definition.created,
        path: definition.path.clone(),
        args: definition.args.clone(),
        state: state(view),
        image: definition.image_id.clone(),
        resolv_conf_path: text(folder.resolv_conf()),
        hostname_path: text(folder.hostname()),
        hosts_path: text(folder.hosts()),
        log_path: text(folder.log()),
        name: format!("/{}", view.name),
        restart_count: view.state.restarts,
        driver: "overlay2".to_owned(),
        platform: "linux".to_owned(),
        host_config: definition.host_config.clone(),
        graph_driver: wire::GraphDriver {
            data: graph,
            name: "overlay2".to_owned(),
        },
        mounts: mounts(view),
        config: definition.config.clone(),
        network_settings: network::settings(view),
        exec_ids,
        ..wire::ContainerInspect::default()
    }
}

fn state(view: &View) -> wire::State {
    let state = &view.state;
    wire::State {
        status: state.status,
        running: state.is_running(),
        paused: state.status == ContainerState::Paused,
        restarting: state.status == ContainerState::Restarting,
        oom_killed: state.oom_killed,
        dead: state.status == ContainerState::Dead,
        pid: state.process.as_ref().map_or(0, |process| process.pid),
        exit_code: state.exit_code,
        error: state.error.clone(),
        started_at: state.started_at,
        finished_at: state.finished_at,
        health: state.health.as_ref().map(health::state),
        why_stopped: state.ending.clone(),
    }
}

/// The program and its arguments; those with spaces in quotes, as Docker shows them.
pub(crate) fn command(view: &View) -> String {
    let mut text = view.definition.path.clone();
    for argument in &view.definition.args {
        let quote = if argument.contains(' ') { "'" } else { "" };
        for part in [" ", quote, argument, quote] {
            text.push_str(part);
        }
    }
    text
}

/// `docker ps` shows the ports of what runs only.
pub(crate) fn ports(view: &View) -> Vec<wire::Port> {
    if view.place.is_empty() {
        return Vec::new();
    }
    ports::list(&view.definition.config, &view.place.ports)
}

fn happened(time: wire::Timestamp) -> Option<wire::Timestamp> {
    (time != NEVER).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::view;
    use super::*;

    #[test]
    fn a_command_is_shown_as_docker_shows_it() {
        assert_eq!(command(&view()), "sh -c 'exit 3'");
    }

    #[test]
    fn a_container_that_never_ran_has_no_exit_code() {
        let mut view = view();
        assert_eq!(row(&view).exit_code, None);
        view.state.status = ContainerState::Exited;
        view.state.exit_code = 137;
        view.state.signal = Some(9);
        view.state.finished_at = wire::Timestamp::from_second(2000).unwrap();
        let row = row(&view);
        assert_eq!(
            (row.exit_code, row.signal.as_deref()),
            (Some(137), Some("SIGKILL"))
        );
    }
}
