//! Networks that come, are looked at, and go.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use gantry_network::Cidr;
use gantry_network::protocol::Request;
use gantry_wire as wire;
use gantry_wire::gantry;
use ipnet::IpNet;

use super::record::{Record, Subnet};
use super::state::{Entry, Networks, default_mtu};
use super::{DEFAULT, pool};
use crate::container::{Registry, View};
use crate::{Error, Filters, Result};

/// The driver option for the largest packet, as Docker calls it.
const MTU: &str = "com.docker.network.driver.mtu";

/// What has no bridge: the same on every engine.
const WITHOUT_BRIDGE: [(&str, &str, char); 2] = [("host", "host", 'c'), ("none", "null", 'd')];

impl Networks {
    /// Makes a network.
    pub(crate) fn create(&self, body: wire::NetworkCreate) -> Result<wire::NetworkCreated> {
        check_name(&body.name)?;
        if !matches!(body.driver.as_str(), "" | "bridge") {
            return Err(Error::Unsupported {
                option: format!("--driver {}", body.driver),
                why: "networks of one's own are of the driver bridge".to_owned(),
            });
        }
        if body.config_only {
            return Err(Error::Unsupported {
                option: "--config-only".to_owned(),
                why: "a network is what it is made with".to_owned(),
            });
        }
        if self.id_of(&body.name).is_ok() || WITHOUT_BRIDGE.iter().any(|one| one.0 == body.name) {
            return Err(Error::NetworkExists(body.name));
        }
        let mtu = match body.options.get(MTU).map(|text| text.parse::<u32>()) {
            None => default_mtu(self.is_rootless()),
            Some(Ok(mtu)) if (68..=65535).contains(&mtu) => mtu,
            Some(_) => return Err(Error::Invalid(format!("invalid value of {MTU}"))),
        };
        let ignored: Vec<_> = body
            .options
            .keys()
            .filter(|key| *key != MTU)
            .cloned()
            .collect();
        let mut record = Record::new(&body.name, &self.keeper.plan().tag, mtu);
        let ipam = body.ipam.unwrap_or_default();
        record.subnets = subnets(&ipam, body.enable_ipv6 == Some(true))?;
        record.chosen = !record
            .subnets
            .iter()
            .any(|subnet| subnet.gateway.addr().is_ipv4());
        record.internal = body.internal;
        record.attachable = body.attachable;
        record.ipam = ipam;
        record.options = body.options;
        record.labels = body.labels;
        self.check_overlap(&record)?;
        record.save(self.folder())?;
        let id = record.id.clone();
        let entry = Entry {
            last: vec![None; record.subnets.len()],
            taken: BTreeSet::new(),
            record,
        };
        self.state().networks.insert(id.clone(), entry);
        let settled = {
            let _turn = self.take_turn(std::slice::from_ref(&id));
            self.settle_subnets(&id)
        };
        if let Err(error) = settled {
            self.forget(&id);
            return Err(error);
        }
        let warning = if ignored.is_empty() {
            String::new()
        } else {
            format!("These options do nothing here: {}.", ignored.join(", "))
        };
        Ok(wire::NetworkCreated { id, warning })
    }

    /// What was asked for must be nobody else's.
    fn check_overlap(&self, record: &Record) -> Result<()> {
        let prefix = self.keeper.plan().bridge_prefix();
        let state = self.state();
        let own = state
            .networks
            .values()
            .flat_map(|entry| &entry.record.subnets);
        let mut taken: Vec<IpNet> = own.map(|subnet| subnet.gateway.trunc()).collect();
        if !self.is_rootless() {
            taken.extend(pool::host_routes(|name| name.starts_with(&prefix)));
        }
        let mut wanted = record.subnets.iter().map(|subnet| subnet.gateway.trunc());
        match wanted.find(|net| taken.iter().any(|other| pool::overlap(*net, *other))) {
            None => Ok(()),
            Some(_) => Err(Error::NetworkState {
                code: "network-overlaps",
                message: "invalid pool request: Pool overlaps with other one on this address space"
                    .to_owned(),
            }),
        }
    }

    /// Removes a network that nobody is in.
    pub(crate) async fn remove(&self, registry: &Registry, name: &str) -> Result<String> {
        let record = match self.find(name)? {
            Found::Bridge(record) if record.is_default() => return Err(predefined(DEFAULT)),
            Found::WithoutBridge(name, ..) => return Err(predefined(name)),
            Found::Bridge(record) => record,
        };
        let users = members(registry, &record.id);
        if !users.is_empty() {
            let names: Vec<_> = users
                .iter()
                .map(|view| format!("\"{}\"", view.name))
                .collect();
            return Err(Error::NetworkState {
                code: "network-in-use",
                message: format!(
                    "error while removing network: network {} has active endpoints (name:{})",
                    record.name,
                    names.join(", ")
                ),
            });
        }
        record.remove(self.folder())?;
        self.forget(&record.id);
        let network = record.id.clone();
        let removed = self
            .keeper
            .ask_if_there(Request::RemoveBridge { network })
            .await;
        if let Some(Err(refusal)) = removed {
            tracing::error!(network = record.name, %refusal, "a bridge was not removed");
        }
        Ok(record.name)
    }

    fn forget(&self, id: &str) {
        self.state().networks.remove(id);
    }

    /// All networks as Docker lists them.
    pub(crate) fn list(
        &self,
        registry: &Registry,
        filters: &Filters,
    ) -> Result<Vec<wire::Network>> {
        filters.only(&["dangling", "driver", "id", "label", "name", "scope", "type"])?;
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
            filters.matches("name", |name| network.name.contains(name))
                && filters.matches("id", |id| network.id.starts_with(id))
                && filters.matches("driver", |driver| network.driver == driver)
                && filters.matches("scope", |scope| scope == "local")
                && filters.matches("type", |kind| (kind == "custom") == custom)
                && filters.matches("dangling", |flag| {
                    matches!(flag, "true" | "1") == (custom && !used())
                })
                && filters.matches_labels("label", &network.labels)
        });
        all.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(all)
    }

    /// One network with its containers.
    pub(crate) fn inspect(&self, registry: &Registry, name: &str) -> Result<wire::Network> {
        Ok(match self.find(name)? {
            Found::WithoutBridge(name, driver, digit) => without_bridge((name, driver, digit)),
            Found::Bridge(record) => describe(&record, &members(registry, &record.id)),
        })
    }

    /// Removes networks of one's own that nobody is in.
    pub(crate) async fn prune(
        &self,
        registry: &Registry,
        filters: &Filters,
    ) -> Result<Vec<String>> {
        filters.only(&["label", "label!", "until"])?;
        let until = filters.values("until").next();
        let until = until.map(|text| crate::prune::moment(text, wire::Timestamp::now()));
        let until = until.transpose()?;
        let wanted: Vec<String> = {
            let state = self.state();
            let records = state.networks.values().map(|entry| &entry.record);
            let chosen = records.filter(|record| {
                !record.is_default()
                    && until.is_none_or(|until| record.created <= until)
                    && filters.matches_labels("label", &record.labels)
                    && (!filters.has("label!") || !filters.matches_labels("label!", &record.labels))
            });
            chosen.map(|record| record.id.clone()).collect()
        };
        let mut removed = Vec::new();
        for id in wanted {
            // In use, or removed meanwhile: then it is not for us.
            if let Ok(name) = self.remove(registry, &id).await {
                removed.push(name);
            }
        }
        Ok(removed)
    }

    /// The rows that a window shows.
    pub(crate) fn rows(&self, registry: &Registry) -> Vec<gantry::Network> {
        let state = self.state();
        let bridges = state.networks.values().map(|entry| {
            let record = &entry.record;
            let members = members(registry, &record.id);
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
                members: members
                    .iter()
                    .map(|view| member(view, &record.name))
                    .collect(),
            }
        });
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

/// A network that was found.
#[derive(Debug)]
pub(crate) enum Found {
    Bridge(Box<Record>),
    WithoutBridge(&'static str, &'static str, char),
}

/// The running containers of a network.
fn members(registry: &Registry, id: &str) -> Vec<Arc<View>> {
    let mut views = registry.views();
    views.retain(|view| view.place.ends.values().any(|end| end.network == id));
    views
}

fn member(view: &View, network: &str) -> gantry::NetworkMember {
    let end = view.place.ends.get(network);
    let addresses = end.map(|end| texts(end.addresses.iter().map(|cidr| cidr.addr())));
    gantry::NetworkMember {
        id: view.id().as_str().to_owned(),
        name: view.name.as_str().to_owned(),
        addresses: addresses.unwrap_or_default(),
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
        enable_ipv6: record
            .subnets
            .iter()
            .any(|one| one.gateway.addr().is_ipv6()),
        ipam,
        internal: record.internal,
        attachable: record.attachable,
        containers: containers.collect(),
        options: record.options.clone(),
        labels: record.labels.clone(),
        ..wire::Network::default()
    }
}

fn without_bridge((name, driver, digit): (&str, &str, char)) -> wire::Network {
    wire::Network {
        name: name.to_owned(),
        id: digit.to_string().repeat(64),
        driver: driver.to_owned(),
        ..wire::Network::default()
    }
}

/// The subnets that are asked for; an IPv6 one is chosen where only its family is.
fn subnets(ipam: &wire::Ipam, ipv6: bool) -> Result<Vec<Subnet>> {
    if !matches!(ipam.driver.as_str(), "" | "default") {
        return Err(Error::Unsupported {
            option: format!("--ipam-driver {}", ipam.driver),
            why: "the engine gives out the addresses".to_owned(),
        });
    }
    let mut all = Vec::new();
    for config in &ipam.config {
        if !config.subnet.is_empty() {
            all.push(subnet(config)?);
        } else if !config.gateway.is_empty() || !config.ip_range.is_empty() {
            let message = "a gateway or a range of addresses needs its subnet".to_owned();
            return Err(Error::Invalid(message));
        }
    }
    if ipv6 && !all.iter().any(|one| one.gateway.addr().is_ipv6()) {
        let chosen = pool::random_ipv6_subnet().and_then(|net| pool::gateway_of(net.into()));
        let range = None;
        all.extend(chosen.map(|gateway| Subnet { gateway, range }));
    }
    Ok(all)
}

fn subnet(config: &wire::IpamConfig) -> Result<Subnet> {
    let invalid = |what: &str, text: &str| Error::Invalid(format!("invalid {what}: {text}"));
    let net: Cidr = config
        .subnet
        .parse()
        .map_err(|_| invalid("subnet", &config.subnet))?;
    let gateway = match config.gateway.as_str() {
        "" => pool::gateway_of(net.trunc()),
        text => {
            let address: IpAddr = text.parse().map_err(|_| invalid("gateway", text))?;
            if !net.contains(&address) {
                return Err(invalid("gateway", text));
            }
            IpNet::new(address, net.prefix_len()).ok().map(Cidr)
        }
    };
    let range = match config.ip_range.as_str() {
        "" => None,
        text => {
            let range: Cidr = text.parse().map_err(|_| invalid("range", text))?;
            if !net.contains(&range.0) {
                return Err(invalid("range", text));
            }
            Some(range)
        }
    };
    Ok(Subnet {
        gateway: gateway.ok_or_else(|| invalid("subnet", &config.subnet))?,
        range,
    })
}

fn check_name(name: &str) -> Result<()> {
    let mut characters = name.chars();
    let good = characters
        .next()
        .is_some_and(|first| first.is_ascii_alphanumeric())
        && characters.all(|one| one.is_ascii_alphanumeric() || "_.-".contains(one));
    if good && name != "default" {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "invalid network name \"{name}\": only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
    )))
}

fn predefined(name: &str) -> Error {
    Error::NetworkState {
        code: "network-forbidden",
        message: format!("{name} is a pre-defined network and cannot be removed"),
    }
}

fn texts<T: ToString>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    items.into_iter().map(|item| item.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn config(subnet: &str, gateway: &str, range: &str) -> wire::IpamConfig {
        wire::IpamConfig {
            subnet: subnet.into(),
            gateway: gateway.into(),
            ip_range: range.into(),
        }
    }

    #[test]
    fn subnets_are_read_and_gateways_chosen() {
        let one = subnet(&config("10.9.0.0/24", "", "10.9.0.128/25")).unwrap();
        assert_eq!(one.gateway.to_string(), "10.9.0.1/24");
        assert_eq!(one.range.unwrap().to_string(), "10.9.0.128/25");
        let two = subnet(&config("10.9.0.0/24", "10.9.0.254", "")).unwrap();
        assert_eq!(two.gateway.to_string(), "10.9.0.254/24");
        for (net, gateway, range) in [
            ("x", "", ""),
            ("10.9.0.0/24", "10.8.0.1", ""),
            ("10.9.0.0/24", "", "10.8.0.0/25"),
        ] {
            assert!(subnet(&config(net, gateway, range)).is_err(), "{net}");
        }
    }

    #[test]
    fn ipv6_is_chosen_where_it_is_asked_for() {
        let all = subnets(&wire::Ipam::default(), true).unwrap();
        assert!(all[0].gateway.addr().is_ipv6());
        assert!(subnets(&wire::Ipam::default(), false).unwrap().is_empty());
    }

    #[test]
    fn names_are_dockers() {
        for (name, good) in [
            ("mine", true),
            ("a_b.c-1", true),
            ("", false),
            ("-x", false),
            ("default", false),
        ] {
            assert_eq!(check_name(name).is_ok(), good, "{name}");
        }
    }

    #[test]
    fn labels_are_not_lost() {
        let mut record = Record::new("mine", "abcdefg", 1500);
        record.labels = BTreeMap::from([("a".into(), "b".into())]);
        assert_eq!(describe(&record, &[]).labels["a"], "b");
        assert!(record.interface.len() <= 15);
    }
}
