//! A container's way into its networks and out again.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::IpAddr;

use gantry_network::MacAddress;
use gantry_wire::{ContainerCreate, EndpointSettings};

use super::place::{End, Place};
use super::record::Record;
use super::state::Networks;
use super::{DEFAULT, Mode};
use crate::container::{Registry, View};
use crate::{Error, Result};

/// Where a container will stand, and the turn that it holds while its subnets are new.
#[derive(Debug)]
pub(crate) struct Reserved {
    pub(crate) place: Place,
    _turn: Option<File>,
}

impl Networks {
    /// Takes addresses for a container; `None` for one without networks.
    pub(crate) fn reserve(&self, registry: &Registry, view: &View) -> Result<Option<Reserved>> {
        let definition = &view.definition;
        let Mode::Network(primary) = Mode::of(&definition.host_config.network_mode) else {
            return Ok(None);
        };
        if definition.config.network_disabled {
            return Ok(None);
        }
        let mut place = Place {
            wired: true,
            ..Place::default()
        };
        let endpoints = &definition.networking.endpoints_config;
        let none = EndpointSettings::default();
        // The first of them is the container's own, unless it was disconnected.
        let mut wishes: Vec<_> = endpoints
            .iter()
            .map(|(name, settings)| (name.as_str(), settings.as_ref().unwrap_or(&none)))
            .collect();
        wishes.sort_by_key(|(name, _)| *name != primary);
        let ids = wishes.iter().map(|(name, _)| self.id_of(name));
        let turn = self.take_turn(&ids.collect::<Result<Vec<_>>>()?);
        for (name, settings) in wishes {
            let end = self.take_end(registry, view, name, settings, &place);
            match end {
                Ok((name, end)) => place.ends.insert(name, end),
                Err(error) => {
                    self.vacate(&place);
                    return Err(error);
                }
            };
        }
        self.choose_way_out(&mut place, endpoints);
        Ok(Some(Reserved { place, _turn: turn }))
    }

    /// An end of one network, with its addresses taken.
    fn take_end(
        &self,
        registry: &Registry,
        view: &View,
        name: &str,
        settings: &EndpointSettings,
        place: &Place,
    ) -> Result<(String, End)> {
        let id = self.id_of(name)?;
        self.settle_subnets(&id)?;
        let mut state = self.state();
        let entry = state.networks.get_mut(&id);
        let entry = entry.ok_or_else(|| Error::NetworkGone(name.to_owned()))?;
        let fixed = fixed_addresses(settings)?;
        check_fixed(&entry.record, &fixed, settings)?;
        let addresses = entry.take(&fixed, |address| address_holder(registry, &id, address))?;
        let config = &view.definition.config;
        let is_primary = place.ends.is_empty();
        let mac = match (settings.mac_address.as_str(), config.mac_address.as_str()) {
            ("", "") => None,
            ("", text) if is_primary => Some(text),
            ("", _) => None,
            (text, _) => Some(text),
        };
        let mac = match (mac, addresses.first()) {
            (Some(text), _) => text
                .parse()
                .map_err(|error| Error::Invalid(format!("invalid MAC address: {error}")))?,
            (None, Some(first)) => MacAddress::of(first.addr()),
            (None, None) => MacAddress::default(),
        };
        let end = End {
            network: id.clone(),
            id: hex::encode(rand::random::<[u8; 32]>()),
            interface: format!("eth{}", place.free_interface()),
            addresses,
            gateways: entry.record.gateways(),
            leads_out: false,
            mac,
            names: if entry.record.is_default() {
                Vec::new()
            } else {
                names(view, settings)
            },
        };
        Ok((entry.record.name.clone(), end))
    }

    /// One more end for a container that runs, and the turn that is held while its subnets are new.
    pub(crate) fn reserve_end(
        &self,
        registry: &Registry,
        view: &View,
        name: &str,
    ) -> Result<(End, Option<File>)> {
        let endpoints = &view.definition.networking.endpoints_config;
        let settings = endpoints.get(name).cloned().flatten().unwrap_or_default();
        let turn = self.take_turn(&[self.id_of(name)?]);
        let (_, end) = self.take_end(registry, view, name, &settings, &view.place)?;
        Ok((end, turn))
    }

    /// At create: networks are named by their names, and must be there.
    pub(crate) fn settle(&self, body: &mut ContainerCreate) -> Result<()> {
        let state = self.state();
        // One that is missing is missed when the container starts, as with Docker, whose clients
        // would take it for a missing image now.
        let find = |text: &str| {
            let mut records = state.networks.values().map(|entry| &entry.record);
            let found = records.find(|record| record.name == text || record.id == text);
            found.map(|record| (record.name.clone(), record.id.clone()))
        };
        let name_of = |text: &str| find(text).map_or_else(|| text.to_owned(), |found| found.0);
        let Mode::Network(primary) = Mode::of(&body.host_config.network_mode) else {
            return Ok(());
        };
        let primary = name_of(primary);
        let asked = std::mem::take(&mut body.networking_config.endpoints_config);
        let mut settled: BTreeMap<String, Option<EndpointSettings>> = BTreeMap::new();
        for (name, settings) in asked {
            let name = if name == "default" { DEFAULT } else { &name };
            settled.insert(name_of(name), settings);
        }
        settled.entry(primary.clone()).or_default();
        for (name, settings) in &mut settled {
            let settings = settings.get_or_insert_default();
            settings.network_id = find(name).map(|found| found.1).unwrap_or_default();
            let fixed = fixed_addresses(settings)?;
            let mut records = state.networks.values().map(|entry| &entry.record);
            if let Some(record) = records.find(|record| record.name == *name) {
                check_fixed(record, &fixed, settings)?;
            }
            if !settings.mac_address.is_empty() {
                let mac = settings.mac_address.parse::<MacAddress>();
                mac.map_err(|error| Error::Invalid(format!("invalid MAC address: {error}")))?;
            }
        }
        if !body.config.mac_address.is_empty() {
            let mac = body.config.mac_address.parse::<MacAddress>();
            mac.map_err(|error| Error::Invalid(format!("invalid MAC address: {error}")))?;
        }
        body.networking_config.endpoints_config = settled;
        body.host_config.network_mode = primary;
        Ok(())
    }

    /// The id of a network, given its name or id.
    pub(crate) fn id_of(&self, name: &str) -> Result<String> {
        let state = self.state();
        let mut records = state.networks.values().map(|entry| &entry.record);
        let found = records.find(|record| record.name == name || record.id == name);
        let found = found.map(|record| record.id.clone());
        found.ok_or_else(|| Error::NoSuchNetwork(name.to_owned()))
    }
}

impl Place {
    /// The first number that no interface has.
    fn free_interface(&self) -> usize {
        let used = |number: usize| {
            let name = format!("eth{number}");
            self.ends.values().any(|end| end.interface == name)
        };
        let most = self.ends.len();
        (0..most).find(|number| !used(*number)).unwrap_or(most)
    }
}

/// The addresses that a container wants.
fn fixed_addresses(settings: &EndpointSettings) -> Result<Vec<IpAddr>> {
    let Some(wish) = &settings.ipam_config else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for key in ["IPv4Address", "IPv6Address"] {
        let text = wish.get(key).and_then(|value| value.as_str());
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            let address = text.parse();
            all.push(address.map_err(|_| Error::Invalid(format!("invalid IP address: {text}")))?);
        }
    }
    Ok(all)
}

/// What Docker allows on networks of one's own only.
fn check_fixed(record: &Record, fixed: &[IpAddr], settings: &EndpointSettings) -> Result<()> {
    let refused = |why: &str| {
        let message = format!(
            "invalid config for network {}: invalid endpoint settings:\n{why}",
            record.name
        );
        Err(Error::Invalid(message))
    };
    if record.is_default() && !fixed.is_empty() {
        return refused("user specified IP address is supported on user defined networks only");
    }
    if record.is_default() && !settings.aliases.is_empty() {
        return refused(
            "network-scoped alias is supported only for containers in user defined networks",
        );
    }
    // What was chosen here may be chosen anew when nobody uses it.
    if record.chosen && fixed.iter().any(IpAddr::is_ipv4) {
        return refused(
            "user specified IP address is supported only when connecting to networks with user configured subnets",
        );
    }
    let has = |address: &IpAddr| {
        let mut subnets = record.subnets.iter();
        subnets.any(|subnet| subnet.gateway.trunc().contains(address))
    };
    match fixed.iter().find(|address| !has(address)) {
        None => Ok(()),
        Some(stranger) => refused(&format!(
            "no configured subnet or ip-range contain the IP address {stranger}"
        )),
    }
}

/// Who has an address of a network.
fn address_holder(registry: &Registry, network: &str, address: IpAddr) -> Option<String> {
    let views = registry.views();
    let found = views.iter().find(|view| {
        let mut ends = view.place.ends.values();
        ends.any(|end| {
            end.network == network && end.addresses.iter().any(|one| one.addr() == address)
        })
    });
    found.map(|view| view.name.as_str().to_owned())
}

/// Has a container's ends carry the names that it has now.
pub(crate) fn rename(view: &View, place: &mut Place) {
    let endpoints = &view.definition.networking.endpoints_config;
    for (network, end) in &mut place.ends {
        // The default network has none.
        if !end.names.is_empty() {
            let settings = endpoints.get(network).cloned().flatten();
            end.names = names(view, &settings.unwrap_or_default());
        }
    }
}

/// What others of a network may call a container.
fn names(view: &View, settings: &EndpointSettings) -> Vec<String> {
    let config = &view.definition.config;
    let mut names = vec![view.name.as_str().to_owned()];
    let further = settings.aliases.iter().cloned();
    let own = [view.id().short().to_owned(), config.hostname.clone()];
    for name in further.chain(own) {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
