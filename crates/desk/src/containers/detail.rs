//! Everything about one container.

use std::time::Duration;

use gantry_client::Client;
use gantry_view::{Container, ContainerDetail, Failure, InspectContainer, Port};
use gantry_wire::{ContainerInspect, ImageInspect};

use super::{
    command::run_command,
    row::{lost_ports, state},
};
use crate::{Desk, failure::failure, time::millis};

/// How long the page waits for the size of the changes, which may have to be measured.
const MEASURE: Duration = Duration::from_millis(250);

pub(crate) async fn inspect(
    desk: &Desk,
    request: InspectContainer,
) -> Result<ContainerDetail, Failure> {
    let client = desk.link().client().await?;
    let id = &request.id;
    let (container, changed_bytes) =
        tokio::join!(client.inspect_container(id, false), measure(&client, id));
    let container = container.map_err(failure)?;
    // The image may be gone by force; then the container is told on its own.
    let image = client.inspect_image(&container.image).await.ok();
    let inspect = serde_json::to_string_pretty(&[&container])
        .map_err(|error| Failure::new("internal", error.to_string()))?;
    Ok(detail(container, image.as_ref(), changed_bytes, inspect))
}

pub(super) async fn measure(client: &Client, id: &str) -> Option<u64> {
    let measured = tokio::time::timeout(MEASURE, client.inspect_container(id, true));
    let size = measured.await.ok()?.ok()?.size_rw?;
    size.try_into().ok()
}

fn detail(
    container: ContainerInspect,
    image: Option<&ImageInspect>,
    changed_bytes: Option<u64>,
    inspect: String,
) -> ContainerDetail {
    let run_command = run_command(&container, image.map(|image| &image.config));
    let row = row(&container);
    let resources = container.host_config.resources;
    ContainerDetail {
        container: row,
        entrypoint: container.config.entrypoint,
        cmd: container.config.cmd,
        env: container.config.env,
        working_dir: container.config.working_dir,
        user: container.config.user,
        hostname: container.config.hostname,
        labels: container.config.labels.into_iter().collect(),
        memory_limit: resources.memory.try_into().unwrap_or_default(),
        restart_policy: container.host_config.restart_policy.name,
        stop_signal: container.config.stop_signal,
        platform: image.map_or(container.platform, |image| {
            format!("{}/{}", image.os, image.architecture)
        }),
        changed_bytes,
        pid: u32::try_from(container.state.pid)
            .ok()
            .filter(|pid| *pid != 0),
        run_command,
        inspect,
    }
}

/// The same row that the table has, from what inspect tells.
fn row(container: &ContainerInspect) -> Container {
    let words = std::iter::once(&container.path).chain(&container.args);
    let started_at = millis(container.state.started_at);
    let row = super::row(gantry_wire::gantry::Container {
        id: container.id.clone(),
        name: container.name.trim_start_matches('/').to_owned(),
        image: container.config.image.clone(),
        image_id: container.image.clone(),
        command: shell_words::join(words),
        created: container.created,
        state: container.state.status,
        exit_code: (started_at.is_some() && !state(container.state.status).is_up())
            .then_some(container.state.exit_code),
        oom_killed: container.state.oom_killed,
        ending: container.state.why_stopped.clone(),
        error: container.state.error.clone(),
        started_at: Some(container.state.started_at),
        finished_at: Some(container.state.finished_at),
        tty: container.config.tty,
        open_stdin: container.config.open_stdin,
        auto_remove: container.host_config.auto_remove,
        nano_cpus: container.host_config.resources.nano_cpus.try_into().ok(),
        network_mode: container.host_config.network_mode.clone(),
        labels: container.config.labels.clone(),
        ..gantry_wire::gantry::Container::default()
    });
    Container {
        ports: ports(container),
        ..row
    }
}

fn ports(container: &ContainerInspect) -> Vec<Port> {
    let mut ports = Vec::new();
    for (port, bindings) in &container.network_settings.ports {
        let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
        let Ok(number) = number.parse() else { continue };
        let exposed = Port {
            container: number,
            protocol: protocol.to_owned(),
            host: None,
            address: String::new(),
            lost: None,
        };
        match bindings.as_deref() {
            None | Some([]) => ports.push(exposed),
            Some(bindings) => ports.extend(bindings.iter().map(|binding| Port {
                host: binding.host_port.parse().ok(),
                address: binding.host_ip.clone(),
                ..exposed.clone()
            })),
        }
    }
    ports.extend(lost_ports(&container.network_settings.lost_ports));
    ports
}
