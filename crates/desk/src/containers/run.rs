//! What the run dialog asks for: create, then start.

use gantry_view::{Failure, MountKind, Ran, RunContainer, RunMount, RunPort};
use gantry_wire::{
    ContainerConfig, ContainerCreate, EndpointSettings, HostConfig, Mount, NetworkingConfig,
    PortBinding, PortMap, Resources,
};

use crate::{Desk, failure::failure, path};

pub(crate) async fn run(desk: &Desk, request: RunContainer) -> Result<Ran, Failure> {
    let client = desk.link().client().await?;
    let start = request.start;
    let name = Some(request.name.clone()).filter(|name| !name.is_empty());
    let body = body(request);
    let created = client
        .create_container(name.as_deref(), None, &body)
        .await
        .map_err(failure)?;
    // A container that does not start stays in the list with its error, so its id is a fact of
    // the failure.
    let at = |failure: Failure| failure.with("container", &created.id);
    if start {
        let started = client.start(&created.id).await;
        started.map_err(failure).map_err(at)?;
    }
    let name = match name {
        Some(name) => name,
        // One that is removed when it ends may be gone already.
        None => match client.inspect_container(&created.id, false).await {
            Ok(inspect) => inspect.name.trim_start_matches('/').to_owned(),
            Err(error) if error.is_not_found() => String::new(),
            Err(error) => return Err(at(failure(error))),
        },
    };
    Ok(Ran {
        id: created.id,
        name,
        warnings: created.warnings,
    })
}

fn body(request: RunContainer) -> ContainerCreate {
    let config = ContainerConfig {
        image: request.image,
        cmd: request.command,
        // An empty entrypoint means the image's own; one empty word means none at all.
        entrypoint: match request.entrypoint {
            None => Vec::new(),
            Some(words) if words.is_empty() => vec![String::new()],
            Some(words) => words,
        },
        env: request
            .env
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect(),
        user: request.user,
        working_dir: request.working_dir,
        tty: request.tty,
        open_stdin: request.open_stdin,
        ..ContainerConfig::default()
    };
    let networking_config = endpoints(&request.network, request.aliases);
    let host_config = HostConfig {
        network_mode: request.network,
        port_bindings: bindings(request.ports),
        auto_remove: request.auto_remove,
        mounts: request.mounts.into_iter().map(mount).collect(),
        resources: Resources {
            memory: request.memory_bytes.try_into().unwrap_or(i64::MAX),
            nano_cpus: (request.cpu_millis.saturating_mul(1_000_000))
                .try_into()
                .unwrap_or(i64::MAX),
            ..Resources::default()
        },
        ..HostConfig::default()
    };
    ContainerCreate {
        config,
        host_config,
        networking_config,
    }
}

/// What it is called in its network besides its name.
fn endpoints(network: &str, aliases: Vec<String>) -> NetworkingConfig {
    let mut config = NetworkingConfig::default();
    if !aliases.is_empty() {
        let endpoint = EndpointSettings {
            aliases,
            ..EndpointSettings::default()
        };
        config
            .endpoints_config
            .insert(network.to_owned(), Some(endpoint));
    }
    config
}

/// One port of a container may be published several times.
fn bindings(ports: Vec<RunPort>) -> PortMap {
    let mut map = PortMap::new();
    for port in ports {
        let inside = format!("{}/{}", port.container, port.protocol);
        let binding = PortBinding {
            host_ip: port.address,
            host_port: port.host.to_string(),
        };
        let bound = map.entry(inside).or_default();
        bound.get_or_insert_default().push(binding);
    }
    map
}

fn mount(mount: RunMount) -> Mount {
    let (kind, source) = match mount.kind {
        MountKind::Bind => ("bind", path::home(mount.source.trim())),
        MountKind::Volume => ("volume", mount.source),
        MountKind::Tmpfs => ("tmpfs", String::new()),
    };
    Mount {
        r#type: kind.to_owned(),
        source,
        target: mount.target,
        read_only: mount.read_only,
        ..Mount::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_says_only_what_was_asked_for() {
        let body = body(RunContainer {
            image: "web".into(),
            env: vec![("A".into(), "b=c".into())],
            memory_bytes: 1 << 20,
            cpu_millis: 1500,
            mounts: vec![RunMount {
                kind: MountKind::Volume,
                source: "data".into(),
                target: "/data".into(),
                read_only: true,
            }],
            ..RunContainer::default()
        });
        assert!(body.config.cmd.is_empty());
        assert_eq!(body.config.env, ["A=b=c"]);
        assert_eq!(body.host_config.resources.memory, 1 << 20);
        assert_eq!(body.host_config.resources.nano_cpus, 1_500_000_000);
        assert_eq!(body.host_config.mounts[0].r#type, "volume");
    }

    #[test]
    fn ports_are_bound_where_it_was_said() {
        let port = |host, address: &str| RunPort {
            host,
            container: 80,
            protocol: "tcp".into(),
            address: address.into(),
        };
        let bound = bindings(vec![port(8001, "127.0.0.1"), port(8002, "")]);
        let bound = bound["80/tcp"].as_ref().expect("two bindings");
        assert_eq!(bound.len(), 2);
        assert_eq!(
            (&*bound[0].host_ip, &*bound[0].host_port),
            ("127.0.0.1", "8001")
        );
    }

    #[test]
    fn an_empty_entrypoint_is_none_at_all() {
        let request = RunContainer {
            entrypoint: Some(Vec::new()),
            ..RunContainer::default()
        };
        assert_eq!(body(request).config.entrypoint, [""]);
        assert!(body(RunContainer::default()).config.entrypoint.is_empty());
    }
}
