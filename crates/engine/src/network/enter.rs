//! A container's way into its networks and out again.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use gantry_network::protocol::{Refusal, Reply, Request};
use gantry_network::{Endpoint, MacAddress, Protocol, PublishedPort, Resolver, Sandbox};
use gantry_wire::{ContainerCreate, EndpointSettings};

use super::place::{End, Place};
use super::state::Networks;
use super::{DEFAULT, Mode, holder, ports, resolve};
use crate::container::{Registry, View};
use crate::network::Holder;
use crate::{Error, Result};

/// Where a container will stand, and the turn that it holds while its subnets are new.
#[derive(Debug)]
pub(crate) struct Reserved {
    pub(crate) place: Place,
    _turns: Vec<File>,
}

impl Networks {
    /// Takes addresses for a container; `None` for one without networks.
    pub(crate) fn reserve(&self, view: &View) -> Result<Option<Reserved>> {
        let definition = &view.definition;
        let Mode::Network(primary) = Mode::of(&definition.host_config.network_mode) else {
            return Ok(None);
        };
        if definition.config.network_disabled {
            return Ok(None);
        }
        let mut turns = Vec::new();
        let mut place = Place::default();
        let endpoints = &definition.networking.endpoints_config;
        let none = EndpointSettings::default();
        let mut wishes = vec![(primary, &none)];
        for (name, settings) in endpoints {
            let settings = settings.as_ref().unwrap_or(&none);
            if name == primary {
                wishes[0].1 = settings;
            } else {
                wishes.push((name, settings));
            }
        }
        for (name, settings) in wishes {
            let end = self.take_end(view, name, settings, &place, &mut turns);
            match end {
                Ok((name, end)) => place.ends.insert(name, end),
                Err(error) => {
                    self.vacate(&place);
                    return Err(error);
                }
            };
        }
        place.choose_way_out(endpoints, primary);
        Ok(Some(Reserved {
            place,
            _turns: turns,
        }))
    }

    /// An end of one network, with its addresses taken.
    fn take_end(
        &self,
        view: &View,
        name: &str,
        settings: &EndpointSettings,
        place: &Place,
        turns: &mut Vec<File>,
    ) -> Result<(String, End)> {
        let id = self.id_of(name)?;
        turns.extend(self.settle_subnets(&id)?);
        let mut state = self.state();
        let entry = state.networks.get_mut(&id);
        let entry = entry.ok_or_else(|| Error::NoSuchNetwork(name.to_owned()))?;
        let addresses = entry.take(&fixed_addresses(settings)?)?;
        let config = &view.definition.config;
        let is_primary = place.is_empty();
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

    /// What the keeper is asked to make of a place.
    pub(crate) fn sandbox(&self, view: &View, place: &Place, ports: Vec<PublishedPort>) -> Sandbox {
        let state = self.state();
        let definition = &view.definition;
        let host = &definition.host_config;
        let mut endpoints = Vec::new();
        for end in place.ends.values() {
            if let Some(entry) = state.networks.get(&end.network) {
                endpoints.push(end.endpoint(entry.record.bridge()));
            }
        }
        // In the order of their names.
        endpoints.sort_by(|one: &Endpoint, other| one.interface.cmp(&other.interface));
        let mode = Mode::of(&host.network_mode);
        let resolver = resolve::is_served(host, mode).then(|| Resolver {
            upstream: host
                .dns
                .iter()
                .filter_map(|text| text.parse().ok())
                .collect(),
            links: Vec::new(),
            names: mode != Mode::Network(super::DEFAULT),
        });
        Sandbox {
            container: view.id().as_str().to_owned(),
            endpoints,
            ports,
            resolver,
        }
    }

    /// Has the keeper make a container's network. Returns the namespace's path and the ports as
    /// they are bound.
    pub(crate) async fn prepare(
        &self,
        registry: &Registry,
        view: &View,
        place: &Place,
    ) -> Result<(PathBuf, Vec<PublishedPort>)> {
        let definition = &view.definition;
        let wanted = ports::wanted(&definition.config, &definition.host_config)?;
        let sandbox = self.sandbox(view, place, wanted);
        match self.keeper.ask(Request::Prepare(sandbox)).await? {
            Ok(Reply::Prepared {
                namespace, ports, ..
            }) => Ok((namespace, ports)),
            Ok(other) => Err(Error::NetworkKeeper(format!("a wrong answer: {other:?}"))),
            Err(refusal) => Err(refused(refusal, registry, view)),
        }
    }

    /// Takes a container out of its networks.
    pub(crate) async fn release(&self, view: &View) {
        let container = view.id().as_str().to_owned();
        let reply = self
            .keeper
            .ask_if_there(Request::Release { container })
            .await;
        if let Some(Err(refusal)) = reply {
            tracing::error!(container = %view.id(), %refusal, "a network was not given back");
        }
        self.vacate(&view.place);
    }

    /// At create: networks are named by their names, and must be there.
    pub(crate) fn settle(&self, body: &mut ContainerCreate) -> Result<()> {
        let state = self.state();
        let find = |text: &str| {
            let mut records = state.networks.values().map(|entry| &entry.record);
            let found = records.find(|record| record.name == text || record.id == text);
            found.ok_or_else(|| Error::NoSuchNetwork(text.to_owned()))
        };
        let Mode::Network(primary) = Mode::of(&body.host_config.network_mode) else {
            return Ok(());
        };
        let primary = find(primary)?.name.clone();
        let asked = std::mem::take(&mut body.networking_config.endpoints_config);
        let mut settled: BTreeMap<String, Option<EndpointSettings>> = BTreeMap::new();
        for (name, settings) in asked {
            let name = if name == "default" { DEFAULT } else { &name };
            settled.insert(find(name)?.name.clone(), settings);
        }
        settled.entry(primary.clone()).or_default();
        for (name, settings) in &mut settled {
            let settings = settings.get_or_insert_default();
            settings.network_id.clone_from(&find(name)?.id);
            fixed_addresses(settings)?;
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

impl End {
    fn endpoint(&self, bridge: gantry_network::Bridge) -> Endpoint {
        let internal = bridge.internal;
        Endpoint {
            bridge,
            interface: self.interface.clone(),
            addresses: self.addresses.clone(),
            mac: self.mac,
            gateways: if self.leads_out && !internal {
                self.gateways.clone()
            } else {
                Vec::new()
            },
            names: self.names.clone(),
        }
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

    /// The network with the highest priority leads out, the container's first where none is named.
    fn choose_way_out(
        &mut self,
        endpoints: &BTreeMap<String, Option<EndpointSettings>>,
        primary: &str,
    ) {
        let priority = |name: &str| {
            let settings = endpoints.get(name).and_then(Option::as_ref);
            settings.map_or(0, |settings| settings.gw_priority)
        };
        let names = self.ends.keys();
        let chosen = names.max_by_key(|name| (priority(name), name.as_str() == primary));
        let chosen = chosen.cloned();
        for (name, end) in &mut self.ends {
            end.leads_out = Some(name) == chosen.as_ref();
        }
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

/// What the keeper refused, as the client is told.
fn refused(refusal: Refusal, registry: &Registry, view: &View) -> Error {
    match refusal {
        Refusal::PortTaken {
            protocol,
            host,
            port,
        } => Error::PortInUse {
            endpoint: format!("{} ({})", view.name, view.id().short()),
            address: SocketAddr::new(host, port),
            protocol,
            holder: find_holder(registry, protocol, host, port),
            free: holder::next_free(protocol, host, port),
        },
        Refusal::PortForbidden { protocol, port } => Error::PortForbidden {
            port,
            protocol,
            first: first_free_for_all(),
        },
        Refusal::NoSuchAddress { host } => Error::Network(format!(
            "cannot assign requested address {host}: this host does not have it"
        )),
        other => Error::Network(other.to_string()),
    }
}

/// A container of this engine, else a process.
fn find_holder(registry: &Registry, protocol: Protocol, host: IpAddr, port: u16) -> Holder {
    let views = registry.views();
    let container = views.iter().find(|view| {
        view.place.ports.iter().any(|one| {
            one.protocol == protocol
                && one.host_port == port
                && (one.host == host || one.host.is_unspecified() || host.is_unspecified())
        })
    });
    match container {
        Some(view) => Holder::Container(view.name.as_str().to_owned()),
        None => holder::of(protocol, host, port),
    }
}

/// The first port that the kernel gives to everybody.
fn first_free_for_all() -> u16 {
    let text = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    let first = text.ok().and_then(|text| text.trim().parse().ok());
    first.unwrap_or(1024)
}
