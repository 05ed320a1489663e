//! How a container finds names: its /etc/resolv.conf, and how it calls its host.

use std::fmt::Write;
use std::net::{IpAddr, UdpSocket};

use super::{Mode, Place};
use crate::container::Definition;

/// Where the keeper answers, in every container of a user network.
pub(crate) const SERVER: &str = "127.0.0.11";

/// The resolvers behind systemd's own, which listens on the host's loopback.
const BEHIND_SYSTEMD: &str = "/run/systemd/resolve/resolv.conf";

/// Whether a container is on a network whose containers know each other's names: any but the default
/// one, also when it joined later.
pub(crate) fn knows_names(definition: &Definition) -> bool {
    let mut networks = definition.networking.endpoints_config.keys();
    let mode = Mode::of(&definition.host_config.network_mode);
    matches!(mode, Mode::Network(_)) && networks.any(|name| name != super::DEFAULT)
}

/// A container's /etc/resolv.conf, given the host's.
pub(crate) fn resolv_conf(definition: &Definition, host: &str) -> String {
    let config = &definition.host_config;
    let mode = Mode::of(&config.network_mode);
    let asked = [&config.dns, &config.dns_search, &config.dns_options];
    if mode == Mode::Host && asked.iter().all(|list| list.is_empty()) {
        return host.to_owned();
    }
    let mut text = String::new();
    let serves = knows_names(definition);
    let own_network = matches!(mode, Mode::Network(_));
    let mut servers: Vec<String> = if serves {
        vec![SERVER.to_owned()]
    } else if !config.dns.is_empty() {
        config.dns.clone()
    } else if own_network {
        let beyond = reachable(host);
        beyond.iter().map(ToString::to_string).collect()
    } else {
        values(host, "nameserver").map(str::to_owned).collect()
    };
    if servers.is_empty() && own_network {
        // The host's resolver is on its loopback: the keeper asks it.
        servers.push(SERVER.to_owned());
    }
    for server in servers {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "nameserver {server}");
    }
    let own = |given: &[String], key: &str| {
        if given.is_empty() {
            values(host, key).map(str::to_owned).collect()
        } else {
            given.to_vec()
        }
    };
    let search: Vec<String> = own(&config.dns_search, "search");
    // A single dot asks for no search at all.
    if !search.is_empty() && search != ["."] {
        let _ = writeln!(text, "search {}", search.join(" "));
    }
    let mut options: Vec<String> = own(&config.dns_options, "options");
    if serves && !options.iter().any(|option| option.starts_with("ndots:")) {
        options.push("ndots:0".to_owned());
    }
    if !options.is_empty() {
        let _ = writeln!(text, "options {}", options.join(" "));
    }
    text
}

/// Whether the keeper must answer a container's questions.
pub(crate) fn is_served(definition: &Definition) -> bool {
    let config = &definition.host_config;
    match Mode::of(&config.network_mode) {
        Mode::Network(_) if knows_names(definition) => true,
        Mode::Network(_) => config.dns.is_empty() && reachable(&host()).is_empty(),
        _ => false,
    }
}

fn host() -> String {
    std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default()
}

/// The host's resolvers that a container can ask itself.
fn reachable(host: &str) -> Vec<IpAddr> {
    let beyond = |text: &str| -> Vec<IpAddr> {
        let servers = values(text, "nameserver").filter_map(|server| server.parse().ok());
        servers
            .filter(|server: &IpAddr| !server.is_loopback() && server.is_ipv4())
            .collect()
    };
    let own = beyond(host);
    if own.is_empty() {
        return beyond(&std::fs::read_to_string(BEHIND_SYSTEMD).unwrap_or_default());
    }
    own
}

/// The words behind a key, of all its lines.
fn values<'a>(text: &'a str, key: &str) -> impl Iterator<Item = &'a str> {
    let lines = text.lines().filter_map(move |line| {
        let mut words = line.split_whitespace();
        (words.next() == Some(key)).then_some(words)
    });
    lines.flatten()
}

/// The address by which a container reaches its host: the network's own as root; else the host's
/// among its neighbours, since the network's own is not the host.
pub(crate) fn host_gateway(place: &Place, rootless: bool) -> Option<IpAddr> {
    if !rootless {
        let leading = place.ends.values().find(|end| end.leads_out);
        let end = leading.or_else(|| place.ends.values().next());
        return end.and_then(|end| end.gateways.first().copied());
    }
    // Connecting a datagram socket sends nothing and chooses the address.
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let own = socket.local_addr().ok()?.ip();
    (!own.is_loopback()).then_some(own)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gantry_wire::HostConfig;

    use super::*;

    const HOST: &str =
        "nameserver 127.0.0.53\nnameserver 9.9.9.9\nsearch lan home\noptions edns0\n";

    /// A container of this mode, on these networks.
    fn on(mode: &str, networks: &[&str], config: HostConfig) -> Definition {
        let view = crate::container::tests::view();
        let mut definition = Arc::unwrap_or_clone(view.definition);
        definition.host_config = HostConfig {
            network_mode: mode.to_owned(),
            ..config
        };
        let ends = networks.iter().map(|name| ((*name).to_owned(), None));
        definition.networking.endpoints_config = ends.collect();
        definition
    }

    fn plain(mode: &str, networks: &[&str]) -> String {
        resolv_conf(&on(mode, networks, HostConfig::default()), HOST)
    }

    #[test]
    fn the_default_network_asks_the_hosts_resolvers_that_it_can_reach() {
        let text = plain("bridge", &["bridge"]);
        assert_eq!(text, "nameserver 9.9.9.9\nsearch lan home\noptions edns0\n");
    }

    #[test]
    fn a_user_network_asks_the_keeper_whenever_it_came() {
        let expected = "nameserver 127.0.0.11\nsearch lan home\noptions edns0 ndots:0\n";
        assert_eq!(plain("mine", &["mine"]), expected);
        assert_eq!(plain("bridge", &["bridge", "mine"]), expected);
        assert_ne!(plain("mine", &["bridge"]), expected);
    }

    #[test]
    fn what_was_asked_for_wins() {
        let config = HostConfig {
            dns: vec!["8.8.4.4".into()],
            dns_search: vec!["a.test".into(), "b.test".into()],
            ..HostConfig::default()
        };
        let text = resolv_conf(&on("bridge", &["bridge"], config), HOST);
        assert!(text.starts_with("nameserver 8.8.4.4\nsearch a.test b.test\n"));
        let silent = HostConfig {
            dns_search: vec![".".into()],
            ..HostConfig::default()
        };
        assert!(!resolv_conf(&on("none", &[], silent), HOST).contains("search"));
        assert_eq!(plain("host", &[]), HOST);
    }
}
