//! Published ports as clients ask for them and as lists show them.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use gantry_network::{Protocol, PublishedPort};
use gantry_wire::{ContainerConfig, HostConfig, Port, PortBinding, PortMap};

use crate::{Error, Result};

/// A port of a container: `80/tcp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ContainerPort {
    pub(crate) number: u16,
    pub(crate) protocol: Protocol,
}

impl ContainerPort {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let invalid = || Error::Invalid(format!("invalid port specification: \"{text}\""));
        let (number, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        let protocol = match protocol.to_ascii_lowercase().as_str() {
            "tcp" => Protocol::Tcp,
            "udp" => Protocol::Udp,
            "sctp" => {
                return Err(Error::Unsupported {
                    option: format!("--publish {text}"),
                    why: "ports of SCTP are not published".to_owned(),
                });
            }
            _ => return Err(invalid()),
        };
        let number = number.parse().ok().filter(|number| *number > 0);
        Ok(Self {
            number: number.ok_or_else(invalid)?,
            protocol,
        })
    }
}

impl std::fmt::Display for ContainerPort {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.number, self.protocol)
    }
}

/// What a container wants published: its port bindings, and with `-P` every exposed port.
pub(crate) fn wanted(config: &ContainerConfig, host: &HostConfig) -> Result<Vec<PublishedPort>> {
    let mut all = Vec::new();
    for (port, bindings) in &host.port_bindings {
        let port = ContainerPort::parse(port)?;
        let bindings = bindings.as_deref().unwrap_or_default();
        if bindings.is_empty() {
            all.extend(published(port, &PortBinding::default())?);
        }
        for binding in bindings {
            all.extend(published(port, binding)?);
        }
    }
    if host.publish_all_ports {
        for text in &config.exposed_ports {
            let port = ContainerPort::parse(text)?;
            let is_bound = |one: &PublishedPort| {
                one.container_port == port.number && one.protocol == port.protocol
            };
            if !all.iter().any(is_bound) {
                all.extend(published(port, &PortBinding::default())?);
            }
        }
    }
    Ok(all)
}

/// One binding: of both families where no address is named.
pub(crate) fn published(port: ContainerPort, binding: &PortBinding) -> Result<Vec<PublishedPort>> {
    let invalid = |what: &str| Error::Invalid(format!("invalid {what}"));
    let addresses: Vec<IpAddr> = match binding.host_ip.as_str() {
        "" => vec![Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()],
        text => {
            let bare = text.trim_start_matches('[').trim_end_matches(']');
            let address = bare.parse();
            vec![address.map_err(|_| invalid(&format!("IP address: {text}")))?]
        }
    };
    let number = |text: &str| {
        let number = text.parse::<u16>();
        number.map_err(|_| invalid(&format!("hostPort: {}", binding.host_port)))
    };
    let (first, last) = match binding.host_port.split_once('-') {
        _ if binding.host_port.is_empty() => (0, None),
        None => (number(&binding.host_port)?, None),
        Some((first, last)) => {
            let (first, last) = (number(first)?, number(last)?);
            if first == 0 || last < first {
                return Err(invalid(&format!("hostPort: {}", binding.host_port)));
            }
            (first, Some(last))
        }
    };
    let one = |host| PublishedPort {
        protocol: port.protocol,
        host,
        host_port: first,
        last_host_port: last,
        container_port: port.number,
    };
    Ok(addresses.into_iter().map(one).collect())
}

/// As `docker inspect` shows them: every exposed port, published or not.
pub(crate) fn map(config: &ContainerConfig, bound: &[PublishedPort]) -> PortMap {
    let mut map: PortMap = BTreeMap::new();
    for text in &config.exposed_ports {
        map.insert(text.clone(), None);
    }
    for port in bound {
        let key = format!("{}/{}", port.container_port, port.protocol);
        let bindings = map.entry(key).or_default().get_or_insert_default();
        bindings.push(PortBinding {
            host_ip: port.host.to_string(),
            host_port: port.host_port.to_string(),
        });
    }
    map
}

/// One of them in a list.
pub(crate) fn shown(port: &PublishedPort) -> Port {
    Port {
        ip: port.host.to_string(),
        private_port: port.container_port,
        public_port: port.host_port,
        r#type: port.protocol.to_string(),
    }
}

/// As `docker ps` shows them.
pub(crate) fn list(config: &ContainerConfig, bound: &[PublishedPort]) -> Vec<Port> {
    let mut all: Vec<Port> = bound.iter().map(shown).collect();
    for text in &config.exposed_ports {
        let Ok(port) = ContainerPort::parse(text) else {
            continue;
        };
        let protocol = port.protocol.as_str();
        let is_known = |one: &Port| one.private_port == port.number && one.r#type == protocol;
        if !all.iter().any(is_known) {
            all.push(Port {
                private_port: port.number,
                r#type: protocol.to_owned(),
                ..Port::default()
            });
        }
    }
    all.sort_by_key(|port| (port.private_port, port.r#type.clone(), port.public_port));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(port: &str, host_ip: &str, host_port: &str) -> Result<Vec<PublishedPort>> {
        let mut host = HostConfig::default();
        let binding = PortBinding {
            host_ip: host_ip.into(),
            host_port: host_port.into(),
        };
        host.port_bindings.insert(port.into(), Some(vec![binding]));
        wanted(&ContainerConfig::default(), &host)
    }

    #[test]
    fn a_port_without_address_is_published_on_both_families() {
        let ports = wants("80/tcp", "", "8001").unwrap();
        let hosts: Vec<_> = ports.iter().map(|port| port.host.to_string()).collect();
        assert_eq!(hosts, ["0.0.0.0", "::"]);
        assert!(ports.iter().all(|port| port.host_port == 8001));
    }

    #[test]
    fn addresses_ranges_and_free_ports_are_read() {
        let one = |port, ip, host| wants(port, ip, host).unwrap()[0];
        assert_eq!(one("53/udp", "127.0.0.1", "0").host_port, 0);
        assert_eq!(one("53/udp", "127.0.0.1", "").host_port, 0);
        assert_eq!(one("53/udp", "[::1]", "1").host.to_string(), "::1");
        let range = one("80", "127.0.0.1", "8000-8010");
        assert_eq!((range.host_port, range.last_host_port), (8000, Some(8010)));
        for (port, ip, host) in [
            ("0", "", ""),
            ("80/x", "", ""),
            ("80", "nine", ""),
            ("80", "", "70000"),
            ("80", "", "9-8"),
        ] {
            assert!(wants(port, ip, host).is_err(), "{port} {ip} {host}");
        }
    }

    #[test]
    fn publish_all_takes_what_is_exposed_and_not_bound() {
        let config = ContainerConfig {
            exposed_ports: ["80/tcp".into(), "90/tcp".into()].into(),
            ..ContainerConfig::default()
        };
        let mut host = HostConfig {
            publish_all_ports: true,
            ..HostConfig::default()
        };
        host.port_bindings.insert("80/tcp".into(), None);
        let all = wanted(&config, &host).unwrap();
        let ports: Vec<_> = all.iter().map(|port| port.container_port).collect();
        assert_eq!(ports, [80, 80, 90, 90]);
    }

    #[test]
    fn lists_show_exposed_ports_too() {
        let config = ContainerConfig {
            exposed_ports: ["80/tcp".into(), "90/udp".into()].into(),
            ..ContainerConfig::default()
        };
        let bound = published(
            ContainerPort::parse("80").unwrap(),
            &PortBinding {
                host_ip: "127.0.0.1".into(),
                host_port: "8001".into(),
            },
        );
        let bound = bound.unwrap();
        let list = list(&config, &bound);
        let public: Vec<_> = list.iter().map(|port| port.public_port).collect();
        assert_eq!(public, [8001, 0]);
        let map = map(&config, &bound);
        assert_eq!(map["90/udp"], None);
        assert_eq!(map["80/tcp"].as_ref().unwrap()[0].host_port, "8001");
    }
}
