//! A request in two parts: what the run dialog shows of it, and the rest, which it carries along.

use gantry_view::{RestartPolicy, RunContainer, RunPort};
use gantry_wire::{
    ContainerConfig, ContainerCreate, HostConfig, NetworkingConfig, PortBinding, PortMap, Resources,
};

use super::run_mounts;

/// Takes what the dialog shows out of a request.
pub(super) fn part(mut whole: ContainerCreate) -> (RunContainer, ContainerCreate) {
    let aliases = take_network(&mut whole);
    let ContainerCreate {
        config,
        host_config: host,
        ..
    } = &mut whole;
    let resources = &mut host.resources;
    let mut env = Vec::new();
    config
        .env
        .retain(|variable| match variable.split_once('=') {
            Some((name, value)) => {
                env.push((name.to_owned(), value.to_owned()));
                false
            }
            // A name alone takes a variable of the image away.
            None => true,
        });
    let shown = RunContainer {
        image: std::mem::take(&mut config.image),
        command: std::mem::take(&mut config.cmd),
        entrypoint: match std::mem::take(&mut config.entrypoint) {
            none if none.is_empty() => None,
            words if words == [""] => Some(Vec::new()),
            words => Some(words),
        },
        env,
        labels: std::mem::take(&mut config.labels).into_iter().collect(),
        network: match std::mem::take(&mut host.network_mode).as_str() {
            "default" | "bridge" => String::new(),
            mode => mode.to_owned(),
        },
        aliases,
        ports: take_ports(&mut host.port_bindings),
        user: std::mem::take(&mut config.user),
        working_dir: std::mem::take(&mut config.working_dir),
        memory_bytes: std::mem::take(&mut resources.memory)
            .try_into()
            .unwrap_or_default(),
        cpu_millis: cpu_millis(
            std::mem::take(&mut resources.nano_cpus)
                .try_into()
                .unwrap_or_default(),
        ),
        restart: policy(&std::mem::take(&mut host.restart_policy)),
        tty: std::mem::take(&mut config.tty),
        open_stdin: std::mem::take(&mut config.open_stdin),
        auto_remove: std::mem::take(&mut host.auto_remove),
        mounts: run_mounts::take(host),
        ..RunContainer::default()
    };
    (shown, whole)
}

/// The request that the dialog makes, with the rest of a whole one.
pub(super) fn join(request: RunContainer, whole: &ContainerCreate) -> ContainerCreate {
    let (shown, rest) = part(whole.clone());
    let networking_config = join_networks(&request, &shown, whole, rest.networking_config);
    let (known, mut env) = (&whole.host_config, rest.config.env);
    env.extend(
        request
            .env
            .iter()
            .map(|(name, value)| format!("{name}={value}")),
    );
    let mut host_config = HostConfig {
        restart_policy: wire_policy(request.restart),
        auto_remove: request.auto_remove,
        port_bindings: join_ports(
            request.ports,
            &known.port_bindings,
            rest.host_config.port_bindings,
        ),
        resources: Resources {
            memory: request.memory_bytes.try_into().unwrap_or(i64::MAX),
            // What is finer than the dialog's thousandths stays where nobody changed it.
            nano_cpus: if request.cpu_millis == shown.cpu_millis {
                known.resources.nano_cpus
            } else {
                let millis = request.cpu_millis.saturating_mul(1_000_000);
                millis.try_into().unwrap_or(i64::MAX)
            },
            ..rest.host_config.resources
        },
        ..rest.host_config
    };
    for mount in request.mounts {
        run_mounts::put(mount, known, &mut host_config);
    }
    host_config.network_mode = request.network;
    let config = ContainerConfig {
        image: request.image,
        cmd: request.command,
        // An empty entrypoint means the image's own; one empty word means none at all.
        entrypoint: match request.entrypoint {
            None => Vec::new(),
            Some(words) if words.is_empty() => vec![String::new()],
            Some(words) => words,
        },
        env,
        labels: request.labels.into_iter().collect(),
        user: request.user,
        working_dir: request.working_dir,
        tty: request.tty,
        open_stdin: request.open_stdin,
        stdin_once: rest.config.stdin_once && request.open_stdin,
        ..rest.config
    };
    ContainerCreate {
        config,
        host_config,
        networking_config,
    }
}

/// Takes the first network's names out of a request.
fn take_network(whole: &mut ContainerCreate) -> Vec<String> {
    let first = &whole.host_config.network_mode;
    let end = whole.networking_config.endpoints_config.remove(first);
    end.flatten().unwrap_or_default().aliases
}

/// The first network with its names, and the further ones where there can be any.
fn join_networks(
    request: &RunContainer,
    shown: &RunContainer,
    whole: &ContainerCreate,
    further: NetworkingConfig,
) -> NetworkingConfig {
    let (network, aliases) = (&request.network, &request.aliases);
    if matches!(network.as_str(), "host" | "none") || network.starts_with("container:") {
        return NetworkingConfig::default();
    }
    let mut config = further;
    let known = (*network == shown.network)
        .then_some(&whole.networking_config.endpoints_config)
        .and_then(|ends| ends.get_key_value(&whole.host_config.network_mode));
    let name = match known {
        Some((name, _)) => name.clone(),
        None if network.is_empty() => "bridge".to_owned(),
        None => network.clone(),
    };
    let known = known.and_then(|(_, end)| end.clone());
    let is_needed = known.is_some() || !aliases.is_empty() || !config.endpoints_config.is_empty();
    if is_needed {
        let mut end = known.unwrap_or_default();
        end.aliases.clone_from(aliases);
        config.endpoints_config.insert(name, Some(end));
    }
    config
}

/// Takes the ports that the dialog can show: numbers for everybody or for this computer.
fn take_ports(ports: &mut PortMap) -> Vec<RunPort> {
    let mut shown = Vec::new();
    ports.retain(|inside, bindings| {
        let Some(bound) = bindings else { return true };
        bound.retain(|binding| {
            let read = read_port(inside, binding);
            let stays = read.is_none();
            shown.extend(read);
            stays
        });
        !bound.is_empty()
    });
    shown
}

fn read_port(inside: &str, binding: &PortBinding) -> Option<RunPort> {
    let (number, protocol) = inside.split_once('/').unwrap_or((inside, "tcp"));
    let address = match binding.host_ip.as_str() {
        "" | "0.0.0.0" => "",
        "127.0.0.1" => "127.0.0.1",
        _ => return None,
    };
    Some(RunPort {
        host: binding.host_port.parse().ok().filter(|port| *port > 0)?,
        container: number.parse().ok()?,
        protocol: Some(protocol)
            .filter(|it| matches!(*it, "tcp" | "udp"))?
            .to_owned(),
        address: address.to_owned(),
    })
}

/// One port of a container may be published several times.
fn join_ports(ports: Vec<RunPort>, whole: &PortMap, rest: PortMap) -> PortMap {
    let mut map = rest;
    for port in ports {
        let inside = format!("{}/{}", port.container, port.protocol);
        let mut known = whole.get(&inside).into_iter().flatten().flatten();
        let is_narrow = known.any(|binding| binding.host_ip == "0.0.0.0");
        let binding = PortBinding {
            host_ip: match port.address.as_str() {
                "" if is_narrow => "0.0.0.0".to_owned(),
                _ => port.address,
            },
            host_port: port.host.to_string(),
        };
        let bound = map.entry(inside).or_default();
        bound.get_or_insert_default().push(binding);
    }
    map
}

/// Thousandths of a core.
pub(super) fn cpu_millis(nano_cpus: u64) -> u64 {
    nano_cpus / 1_000_000
}

pub(super) fn policy(policy: &gantry_wire::RestartPolicy) -> RestartPolicy {
    match policy.name.as_str() {
        "always" => RestartPolicy::Always,
        "unless-stopped" => RestartPolicy::UnlessStopped,
        "on-failure" => {
            let times = policy.maximum_retry_count.try_into();
            RestartPolicy::OnFailure(times.unwrap_or_default())
        }
        _ => RestartPolicy::No,
    }
}

pub(super) fn wire_policy(policy: RestartPolicy) -> gantry_wire::RestartPolicy {
    let word = policy.word();
    let (name, times) = word.split_once(':').unwrap_or((&word, ""));
    gantry_wire::RestartPolicy {
        name: name.to_owned(),
        maximum_retry_count: times.parse().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use gantry_wire::EndpointSettings;

    use super::*;

    fn binding(address: &str, port: &str) -> PortBinding {
        PortBinding {
            host_ip: address.into(),
            host_port: port.into(),
        }
    }

    fn end(aliases: &[&str]) -> EndpointSettings {
        EndpointSettings {
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            gw_priority: 7,
            ..EndpointSettings::default()
        }
    }

    fn whole() -> ContainerCreate {
        let mut whole = ContainerCreate::default();
        whole.config.image = "web".into();
        whole.config.env = vec!["A=b=c".into(), "GONE".into()];
        whole.config.entrypoint = vec![String::new()];
        whole.config.cmd = vec!["serve".into()];
        whole.config.labels = BTreeMap::from([("tier".into(), "web".into())]);
        whole.host_config.network_mode = "shop".into();
        whole.host_config.cap_add = vec!["NET_ADMIN".into()];
        whole.host_config.restart_policy = wire_policy(RestartPolicy::OnFailure(3));
        whole.host_config.resources.nano_cpus = 333_333_333;
        whole.host_config.resources.memory = 512 << 20;
        whole.host_config.port_bindings = BTreeMap::from([
            (
                "80/tcp".into(),
                Some(vec![binding("0.0.0.0", "8001"), binding("", "")]),
            ),
            ("53/udp".into(), Some(vec![binding("::1", "5300")])),
        ]);
        whole.networking_config.endpoints_config = BTreeMap::from([
            ("shop".into(), Some(end(&["www"]))),
            ("back".into(), Some(end(&[]))),
        ]);
        whole
    }

    #[test]
    fn what_nobody_changes_comes_back_as_it_was() {
        let whole = whole();
        let (shown, rest) = part(whole.clone());
        assert_eq!(shown.env, [("A".to_owned(), "b=c".to_owned())]);
        assert_eq!(
            (shown.entrypoint.clone(), shown.ports.len()),
            (Some(Vec::new()), 1)
        );
        assert_eq!(
            (shown.cpu_millis, &*shown.aliases),
            (333, &["www".to_owned()][..])
        );
        assert_eq!(rest.config.env, ["GONE"]);
        assert_eq!(shown.labels, [("tier".to_owned(), "web".to_owned())]);
        let mut joined = join(shown, &whole);
        joined.config.env.sort();
        let ports = joined.host_config.port_bindings.get_mut("80/tcp");
        ports
            .and_then(Option::as_mut)
            .expect("both")
            .sort_by_key(|it| it.host_port.is_empty());
        assert_eq!(joined, whole);
    }

    #[test]
    fn what_is_changed_changes_and_the_rest_stays() {
        let whole = whole();
        let (shown, _) = part(whole.clone());
        let request = RunContainer {
            network: "other".into(),
            aliases: Vec::new(),
            cpu_millis: 1500,
            restart: RestartPolicy::No,
            ports: Vec::new(),
            ..shown.clone()
        };
        let joined = join(request, &whole);
        let ends = &joined.networking_config.endpoints_config;
        assert_eq!(ends.keys().collect::<Vec<_>>(), ["back", "other"]);
        assert_eq!(joined.host_config.resources.nano_cpus, 1_500_000_000);
        assert_eq!(joined.host_config.restart_policy.name, "no");
        assert_eq!(
            joined.host_config.port_bindings["80/tcp"],
            Some(vec![binding("", "")])
        );
        assert_eq!(joined.host_config.cap_add, ["NET_ADMIN"]);
        let alone = RunContainer {
            network: "host".into(),
            ..shown
        };
        assert_eq!(
            join(alone, &whole).networking_config,
            NetworkingConfig::default()
        );
    }

    #[test]
    fn a_request_of_its_own_says_only_what_was_asked_for() {
        let request = RunContainer {
            image: "web".into(),
            env: vec![("A".into(), "b=c".into())],
            memory_bytes: 1 << 20,
            cpu_millis: 1500,
            ..RunContainer::default()
        };
        let body = join(request, &ContainerCreate::default());
        assert!(body.config.cmd.is_empty() && body.config.entrypoint.is_empty());
        assert_eq!(body.config.env, ["A=b=c"]);
        assert_eq!(body.host_config.resources.memory, 1 << 20);
        assert_eq!(body.host_config.resources.nano_cpus, 1_500_000_000);
        assert!(body.networking_config.endpoints_config.is_empty());
    }

    #[test]
    fn one_port_may_be_published_several_times() {
        let port = |host, address: &str| RunPort {
            host,
            container: 80,
            protocol: "tcp".into(),
            address: address.into(),
        };
        let ports = vec![port(8001, "127.0.0.1"), port(8002, "")];
        let bound = join_ports(ports, &PortMap::new(), PortMap::new());
        let expected = [binding("127.0.0.1", "8001"), binding("", "8002")];
        assert_eq!(bound["80/tcp"].as_deref(), Some(&expected[..]));
    }
}
