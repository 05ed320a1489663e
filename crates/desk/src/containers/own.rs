//! What a container was asked to be: its request once more, without what its image and the engine
//! have filled in.

use std::collections::BTreeSet;

use gantry_wire::{
    ContainerConfig, ContainerCreate, ContainerInspect, EndpointSettings, HostConfig, ImageConfig,
    NetworkingConfig,
};

/// The request that makes a container like this one of the same image. Addresses that were asked
/// for are not part of it: see [`fixed_addresses`].
pub(super) fn own(container: &ContainerInspect, image: &ImageConfig) -> ContainerCreate {
    let host_config = HostConfig {
        container_id_file: String::new(),
        ..container.host_config.clone()
    };
    ContainerCreate {
        config: own_config(container, image),
        networking_config: own_networks(container),
        host_config,
    }
}

fn own_config(container: &ContainerInspect, image: &ImageConfig) -> ContainerConfig {
    let mut config = container.config.clone();
    let host = &container.host_config;
    own_program(&mut config, image);
    config.env.retain(|variable| !image.env.contains(variable));
    config
        .labels
        .retain(|name, value| image.labels.get(name) != Some(value));
    // What is published is exposed by that.
    config.exposed_ports.retain(|port| {
        !image.exposed_ports.contains(port) && !host.port_bindings.contains_key(port)
    });
    config.volumes.retain(|path| !image.volumes.contains(path));
    for (own, inherited) in [
        (&mut config.user, &image.user),
        (&mut config.stop_signal, &image.stop_signal),
        (&mut config.working_dir, &image.working_dir),
    ] {
        if own == inherited {
            own.clear();
        }
    }
    if config.shell == image.shell {
        config.shell.clear();
    }
    if config.on_build == image.on_build {
        config.on_build.clear();
    }
    if config.healthcheck == image.healthcheck {
        config.healthcheck = None;
    }
    let shares = [&host.network_mode, &host.uts_mode]
        .into_iter()
        .any(|mode| mode == "host" || mode.starts_with("container:"));
    // The beginning of the id is what the engine names a container that was not given a name.
    if shares || container.id.starts_with(&config.hostname) {
        config.hostname.clear();
    }
    config.mac_address.clear();
    config
}

/// An entrypoint of one's own drops the image's command, so that it comes with its command; `[""]`
/// is none at all.
fn own_program(config: &mut ContainerConfig, image: &ImageConfig) {
    let same_entrypoint = config.entrypoint == image.entrypoint;
    if same_entrypoint && config.cmd == image.cmd {
        config.entrypoint.clear();
        config.cmd.clear();
    } else if same_entrypoint && !config.cmd.is_empty() {
        config.entrypoint.clear();
    } else if config.entrypoint.is_empty() {
        config.entrypoint = vec![String::new()];
    }
}

/// What was asked for in each network; nothing of what the network gave.
fn own_networks(container: &ContainerInspect) -> NetworkingConfig {
    let mode = container.host_config.network_mode.as_str();
    let mut config = NetworkingConfig::default();
    if matches!(mode, "host" | "none") || mode.starts_with("container:") {
        return config;
    }
    let given: BTreeSet<&str> = container.id.get(..12).into_iter().collect();
    for (name, end) in &container.network_settings.networks {
        let asked = EndpointSettings {
            aliases: (end.aliases.iter())
                .filter(|alias| !given.contains(alias.as_str()))
                .cloned()
                .collect(),
            links: end.links.clone(),
            driver_opts: end.driver_opts.clone(),
            gw_priority: end.gw_priority,
            ..EndpointSettings::default()
        };
        // The default network is there without being named.
        if name != "bridge" || asked != EndpointSettings::default() {
            config.endpoints_config.insert(name.clone(), Some(asked));
        }
    }
    config
}

/// Addresses that were asked for, which only one container can have.
pub(super) fn fixed_addresses(container: &ContainerInspect) -> Vec<String> {
    let ends = container.network_settings.networks.iter();
    let addresses = ends.flat_map(|(name, end)| {
        let asked = end.ipam_config.iter().flatten();
        asked.filter_map(move |(key, value)| {
            let address = value.as_str().filter(|address| !address.is_empty())?;
            key.ends_with("Address")
                .then(|| format!("{address} ({name})"))
        })
    });
    let hardware = Some(&container.config.mac_address).filter(|address| !address.is_empty());
    addresses.chain(hardware.cloned()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    /// Entrypoint and command that a container like this one asks for, whose image has `/e` and `a`.
    fn program(entrypoint: &[&str], cmd: &[&str]) -> (Vec<String>, Vec<String>) {
        let mut config = ContainerConfig {
            entrypoint: words(entrypoint),
            cmd: words(cmd),
            ..ContainerConfig::default()
        };
        let image = ImageConfig {
            entrypoint: words(&["/e"]),
            cmd: words(&["a"]),
            ..ImageConfig::default()
        };
        own_program(&mut config, &image);
        (config.entrypoint, config.cmd)
    }

    #[test]
    fn a_program_is_asked_for_as_docker_merges_it() {
        assert_eq!(program(&["/e"], &["a"]), (words(&[]), words(&[])));
        assert_eq!(program(&["/e"], &["b"]), (words(&[]), words(&["b"])));
        assert_eq!(program(&["/e"], &[]), (words(&["/e"]), words(&[])));
        assert_eq!(program(&["/x"], &["a"]), (words(&["/x"]), words(&["a"])));
        assert_eq!(program(&[], &["b"]), (words(&[""]), words(&["b"])));
    }

    #[test]
    fn what_the_image_and_the_engine_gave_is_not_asked_for() {
        let end = EndpointSettings {
            ipam_config: json!({"IPv4Address": "10.9.0.7"}).as_object().cloned(),
            aliases: words(&["www", "0123456789ab"]),
            ip_address: "10.9.0.7".into(),
            mac_address: "02:42:0a:09:00:07".into(),
            ..EndpointSettings::default()
        };
        let mut container = ContainerInspect {
            id: "0123456789abcdef".into(),
            config: ContainerConfig {
                hostname: "0123456789ab".into(),
                env: words(&["A=1", "PATH=/bin"]),
                labels: BTreeMap::from([
                    ("from".into(), "image".into()),
                    ("own".into(), "1".into()),
                ]),
                user: "app".into(),
                ..ContainerConfig::default()
            },
            ..ContainerInspect::default()
        };
        container.host_config.network_mode = "shop".into();
        container
            .network_settings
            .networks
            .insert("shop".into(), end);
        let image = ImageConfig {
            env: words(&["PATH=/bin"]),
            user: "app".into(),
            labels: BTreeMap::from([("from".into(), "image".into())]),
            ..ImageConfig::default()
        };
        let own = own(&container, &image);
        assert_eq!(own.config.env, ["A=1"]);
        assert_eq!((&*own.config.hostname, &*own.config.user), ("", ""));
        assert_eq!(own.config.labels.keys().collect::<Vec<_>>(), ["own"]);
        let asked = own.networking_config.endpoints_config["shop"].as_ref();
        let asked = asked.expect("the network");
        assert_eq!(asked.aliases, ["www"]);
        assert_eq!((&*asked.ip_address, &*asked.mac_address), ("", ""));
        assert_eq!(fixed_addresses(&container), ["10.9.0.7 (shop)"]);
    }
}
