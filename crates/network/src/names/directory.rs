//! Which container has which names and addresses, network by network.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{PoisonError, RwLock};

use crate::types::{Resolver, Sandbox};

/// Shared by the keeper, which writes, and the server, which reads.
#[derive(Debug, Default)]
pub struct Directory(RwLock<HashMap<String, Entry>>);

#[derive(Debug)]
struct Entry {
    ends: Vec<End>,
    resolver: Resolver,
}

#[derive(Debug)]
struct End {
    network: String,
    internal: bool,
    /// In lower case.
    names: Vec<String>,
    addresses: Vec<IpAddr>,
}

impl Directory {
    /// Takes in a container as it is now.
    pub fn put(&self, sandbox: &Sandbox) {
        let ends = sandbox.endpoints.iter().map(|endpoint| End {
            network: endpoint.bridge.network.clone(),
            internal: endpoint.bridge.internal,
            names: endpoint
                .names
                .iter()
                .map(|name| name.to_ascii_lowercase())
                .collect(),
            addresses: endpoint.addresses.iter().map(|cidr| cidr.addr()).collect(),
        });
        let entry = Entry {
            ends: ends.collect(),
            resolver: sandbox.resolver.clone().unwrap_or_default(),
        };
        self.write(|entries| {
            entries.insert(sandbox.container.clone(), entry);
        });
    }

    pub fn remove(&self, container: &str) {
        self.write(|entries| {
            entries.remove(container);
        });
    }

    /// The addresses behind a name as one container sees it; `None` where it is nobody's.
    pub fn addresses(&self, asking: &str, name: &str) -> Option<Vec<IpAddr>> {
        self.read(|entries| {
            let asking = entries.get(asking)?;
            if !asking.resolver.names {
                return None;
            }
            let links = &asking.resolver.links;
            let link = links
                .iter()
                .find(|(alias, _)| alias.eq_ignore_ascii_case(name));
            let name = link.map_or(name, |(_, target)| target);
            let shared = |end: &&End| asking.ends.iter().any(|own| own.network == end.network);
            let found: Vec<_> = entries
                .values()
                .flat_map(|entry| &entry.ends)
                .filter(shared)
                .filter(|end| end.names.iter().any(|one| one.eq_ignore_ascii_case(name)))
                .flat_map(|end| end.addresses.iter().copied())
                .collect();
            (!found.is_empty()).then_some(found)
        })
    }

    /// The first name of an address of a network that the asking container is in.
    pub fn name(&self, asking: &str, address: IpAddr) -> Option<String> {
        self.read(|entries| {
            let asking = entries.get(asking).filter(|entry| entry.resolver.names)?;
            let shared = |end: &&End| asking.ends.iter().any(|own| own.network == end.network);
            let mut ends = entries
                .values()
                .flat_map(|entry| &entry.ends)
                .filter(shared);
            let end = ends.find(|end| end.addresses.contains(&address))?;
            end.names.first().cloned()
        })
    }

    /// Who else is asked: the container's own choice. `None` where nobody outside may be.
    pub fn upstream(&self, asking: &str) -> Option<Vec<IpAddr>> {
        self.read(|entries| {
            let asking = entries.get(asking)?;
            let inside = !asking.ends.is_empty() && asking.ends.iter().all(|end| end.internal);
            (!inside).then(|| asking.resolver.upstream.clone())
        })
    }

    fn read<T>(&self, look: impl FnOnce(&HashMap<String, Entry>) -> T) -> T {
        look(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write(&self, change: impl FnOnce(&mut HashMap<String, Entry>)) {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// The resolvers of the host, as they are now.
pub fn host_resolvers() -> Vec<IpAddr> {
    let text = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let servers: BTreeMap<usize, IpAddr> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("nameserver"))
        .filter_map(|rest| rest.trim().parse().ok())
        .enumerate()
        .collect();
    servers.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Bridge, Endpoint, MacAddress};

    fn sandbox(container: &str, network: &str, address: &str, names: &[&str]) -> Sandbox {
        let endpoint = Endpoint {
            bridge: Bridge {
                network: network.into(),
                interface: "gb1".into(),
                addresses: Vec::new(),
                mtu: 1500,
                internal: false,
            },
            interface: "eth0".into(),
            addresses: vec![address.parse().unwrap()],
            mac: MacAddress::default(),
            gateways: Vec::new(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        Sandbox {
            container: container.into(),
            endpoints: vec![endpoint],
            resolver: Some(Resolver {
                names: true,
                links: vec![("db".into(), "web".into())],
                ..Resolver::default()
            }),
            ..Sandbox::default()
        }
    }

    #[test]
    fn names_are_those_of_shared_networks_only() {
        let directory = Directory::default();
        directory.put(&sandbox("a", "n1", "10.0.0.2/24", &["Web", "alias"]));
        directory.put(&sandbox("b", "n1", "10.0.0.3/24", &["other"]));
        directory.put(&sandbox("c", "n2", "10.0.1.2/24", &["third"]));
        let found = |asking: &str, name: &str| directory.addresses(asking, name);
        let web = "10.0.0.2".parse().unwrap();
        assert_eq!(found("b", "WEB"), Some(vec![web]));
        assert_eq!(found("b", "alias"), Some(vec![web]));
        assert_eq!(found("b", "db"), Some(vec![web]), "a link");
        assert_eq!(found("c", "web"), None);
        assert_eq!(directory.name("b", web).as_deref(), Some("web"));
        assert_eq!(directory.name("c", web), None);
        directory.remove("a");
        assert_eq!(found("b", "web"), None);
    }
}
