//! Networks as they are looked for and shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use gantry_network::Cidr;
use gantry_wire as wire;
use gantry_wire::gantry;

use super::DEFAULT;
use super::record::Record;
use super::state::Networks;
use crate::container::{Registry, View};
use crate::{Error, Filters, Result};

/// What has no bridge: the same on every engine.
pub(super) const WITHOUT_BRIDGE: [(&str, &str, char); 2] =
    [("host", "host", 'c'), ("none", "null", 'd')];

impl Networks {
    /// All networks as Docker lists them.
    pub(crate) fn list(
        &self,
        registry: &Registry,
        filters: &Filters,
    ) -> Result<Vec<wire::Network>> {
        filters.only(&["dangling", "driver", "id", "label", "name", "scope", "type"])?;
        let dangling = dangling(filters)?;
        let mut kinds = filters.values("type");
        if let Some(kind) = kinds.find(|kind| !matches!(*kind, "builtin" | "custom")) {
            return Err(Error::Invalid(format!("invalid filter: 'type'='{kind}'")));
        }
        let mut all: Vec<_> = WITHOUT_BRIDGE
            .iter()
            .map(|one| without_bridge(*one))
            .collect();
        {
            let state = self.state();
            let records = state.networks.values().map(|entry| &entry.record);
            all.extend(records.map(|record| describe(record, &[])));
        }
        all.retain(|network| {
            let custom = !matches!(network.name.as_str(), DEFAULT | "host" | "none");
            let used = || !members(registry, &network.id).is_empty();
            filters.matches_pattern("name", &network.name)
                && filters.matches_pattern("id", &network.id)
                && filters.matches("driver", |driver| network.driver == driver)
                && filters.matches("scope", |scope| scope == "local")
                && filters.matches("type", |kind| (kind == "custom") == custom)
                && dangling.is_none_or(|wanted| wanted == (custom && !used()))
                && filters.matches_labels("label", &network.labels)
        });
        all.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(all)
    }

    /// One network with its containers.
    pub(crate) fn inspect(&self, registry: &Registry, name: &str) -> Result<wire::Network> {
        Ok(match self.find(name)? {
            Found::WithoutBridge(name, driver, digit) => {
                let mut network = without_bridge((name, driver, digit));
                let views = registry.views().into_iter();
                network.containers = views.filter_map(|view| member_of(&view, name)).collect();
                network
            }
            Found::Bridge(record) => describe(&record, &members(registry, &record.id)),
        })
    }

    /// The rows that a window shows.
    pub(crate) fn rows(&self) -> Vec<gantry::Network> {
        let state = self.state();
        let bridges = state.networks.values().map(|entry| row(&entry.record));
        let others = WITHOUT_BRIDGE
            .into_iter()
            .map(|(name, driver, digit)| gantry::Network {
                id: digit.to_string().repeat(64),
                name: name.to_owned(),
                driver: driver.to_owned(),
                built_in: true,
                ..gantry::Network::default()
            });
        bridges.chain(others).collect()
    }

    /// Finds a network by name, id or the beginning of its id.
    pub(crate) fn find(&self, text: &str) -> Result<Found> {
        for (name, driver, digit) in WITHOUT_BRIDGE {
            if text == name || text == digit.to_string().repeat(64) {
                return Ok(Found::WithoutBridge(name, driver, digit));
            }
        }
        let state = self.state();
        let records = || state.networks.values().map(|entry| &entry.record);
        let exact = records().find(|record| record.name == text || record.id == text);
        if let Some(record) = exact {
            return Ok(Found::Bridge(Box::new(record.clone())));
        }
        let mut begins = records().filter(|record| !text.is_empty() && record.id.starts_with(text));
        match (begins.next(), begins.next()) {
            (Some(record), None) => Ok(Found::Bridge(Box::new(record.clone()))),
            (Some(_), Some(_)) => Err(Error::Invalid(format!(
                "network {text} is ambiguous (2 matches found on ID prefix)"
            ))),
            _ => Err(Error::NoSuchNetwork(text.to_owned())),
        }
    }
}

/// Whether only networks are wanted that nobody uses, or only those that somebody does.
fn dangling(filters: &Filters) -> Result<Option<bool>> {
    filters.flag("dangling").map_err(|_| {
        Error::Invalid(
            "invalid value for filter 'dangling', must be \"true\" (or \"1\"), or \"false\" (or \"0\")"
                .to_owned(),
        )
    })
}

/// A network that was found.
#[derive(Debug)]
pub(crate) enum Found {
    Bridge(Box<Record>),
    WithoutBridge(&'static str, &'static str, char),
}

/// The network without a bridge that a container is in, and the id of its end there.
pub(crate) fn without_bridge_of(view: &View) -> Option<(wire::Network, String)> {
    let mode = view.definition.host_config.network_mode.as_str();
    let found = WITHOUT_BRIDGE.iter().find(|one| one.0 == mode)?;
    // There is nothing of it but the container itself.
    let end: String = view.id().as_str().chars().rev().collect();
    Some((without_bridge(*found), end))
}

fn member_of(view: &View, network: &str) -> Option<(String, wire::NetworkContainer)> {
    let (found, endpoint_id) = without_bridge_of(view)?;
    let shown = wire::NetworkContainer {
        name: view.name.as_str().to_owned(),
        endpoint_id,
        ..wire::NetworkContainer::default()
    };
    let is_member = found.name == network && view.state.is_up();
    is_member.then(|| (view.id().as_str().to_owned(), shown))
}

/// The running containers of a network.
pub(super) fn members(registry: &Registry, id: &str) -> Vec<Arc<View>> {
    let mut views = registry.views();
    views.retain(|view| view.place.ends.values().any(|end| end.network == id));
    views
}

/// A network's row.
pub(super) fn row(record: &Record) -> gantry::Network {
    gantry::Network {
        id: record.id.clone(),
        name: record.name.clone(),
        driver: "bridge".to_owned(),
        created: record.created,
        subnets: texts(record.subnets.iter().map(|one| one.gateway.trunc())),
        gateways: texts(record.gateways()),
        internal: record.internal,
        built_in: record.is_default(),
        labels: record.labels.clone(),
    }
}

fn describe(record: &Record, members: &[Arc<View>]) -> wire::Network {
    let mut ipam = record.ipam.clone();
    ipam.config = record
        .subnets
        .iter()
        .map(|subnet| wire::IpamConfig {
            subnet: subnet.gateway.trunc().to_string(),
            ip_range: subnet
                .range
                .map(|range| range.to_string())
                .unwrap_or_default(),
            gateway: subnet.gateway.addr().to_string(),
            auxiliary_addresses: subnet
                .reserved
                .iter()
                .map(|(name, address)| (name.clone(), address.to_string()))
                .collect(),
        })
        .collect();
    let containers = members.iter().filter_map(|view| {
        let end = view.place.ends.get(&record.name)?;
        let text = |cidr: Option<Cidr>| cidr.map(|cidr| cidr.to_string()).unwrap_or_default();
        let shown = wire::NetworkContainer {
            name: view.name.as_str().to_owned(),
            endpoint_id: end.id.clone(),
            mac_address: end.mac.to_string(),
            ipv4_address: text(end.ipv4()),
            ipv6_address: text(end.ipv6()),
        };
        Some((view.id().as_str().to_owned(), shown))
    });
    wire::Network {
        name: record.name.clone(),
        id: record.id.clone(),
        created: record.created,
        driver: "bridge".to_owned(),
        enable_ipv4: record.ipv4,
        enable_ipv6: record
            .subnets
            .iter()
            .any(|one| one.gateway.addr().is_ipv6()),
        ipam,
        internal: record.internal,
        attachable: record.attachable,
        containers: containers.collect(),
        options: options(record),
        labels: record.labels.clone(),
        ..wire::Network::default()
    }
}

/// As they were given; those of the default network as Docker shows them.
fn options(record: &Record) -> BTreeMap<String, String> {
    if !record.is_default() {
        return record.options.clone();
    }
    let mtu = record.mtu.to_string();
    [
        ("com.docker.network.bridge.default_bridge", "true"),
        ("com.docker.network.bridge.enable_icc", "true"),
        ("com.docker.network.bridge.enable_ip_masquerade", "true"),
        ("com.docker.network.bridge.host_binding_ipv4", "0.0.0.0"),
        ("com.docker.network.bridge.name", &record.interface),
        ("com.docker.network.driver.mtu", &mtu),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into()
}

fn without_bridge((name, driver, digit): (&str, &str, char)) -> wire::Network {
    wire::Network {
        name: name.to_owned(),
        id: digit.to_string().repeat(64),
        driver: driver.to_owned(),
        ..wire::Network::default()
    }
}

pub(super) fn texts<T: ToString>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    items.into_iter().map(|item| item.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_not_lost() {
        let mut record = Record::new("mine", "abcdefg", 1500);
        record.labels = BTreeMap::from([("a".into(), "b".into())]);
        assert_eq!(describe(&record, &[]).labels["a"], "b");
        assert!(record.interface.len() <= 15);
    }
}
