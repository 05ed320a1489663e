//! A container's way into its networks and out again.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use gantry_network::protocol::{Refusal, Reply, Request};
use gantry_network::{Endpoint, MacAddress, Protocol, PublishedPort, Resolver, Sandbox};
use gantry_wire::{ContainerCreate, EndpointSettings};

use super::place::{End, Place};
use super::record::Record;
use super::state::Networks;
use super::{DEFAULT, Mode, holder, ports, resolve};
use crate::container::{ContainerId, Registry, View};
use crate::network::Holder;
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
        let entry = entry.ok_or_else(|| Error::NoSuchNetwork(name.to_owned()))?;
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

    /// Gives a running container an end of one more network.
    pub(crate) async fn connect(&self, container: &ContainerId, end: &End) -> Result<()> {
        let bridge = {
            let state = self.state();
            let entry = state.networks.get(&end.network);
            entry.map(|entry| entry.record.bridge())
        };
        let bridge = bridge.ok_or_else(|| Error::NoSuchNetwork(end.network.clone()))?;
        self.done(Request::Connect {
            container: container.as_str().to_owned(),
            endpoint: Box::new(end.endpoint(bridge)),
        })
        .await
    }

    pub(crate) async fn disconnect(&self, container: &ContainerId, end: &End) -> Result<()> {
        self.done(Request::Disconnect {
            container: container.as_str().to_owned(),
            network: end.network.clone(),
        })
        .await
    }

    /// The names of a running container are others.
    pub(crate) async fn tell_names(&self, container: &ContainerId, place: &Place) -> Result<()> {
        let names = place.ends.values();
        let names = names.map(|end| (end.network.clone(), end.names.clone()));
        self.done(Request::Name {
            container: container.as_str().to_owned(),
            names: names.collect(),
        })
        .await
    }

    pub(crate) async fn lead_out(&self, container: &ContainerId, end: &End) -> Result<()> {
        self.done(Request::LeadOut {
            container: container.as_str().to_owned(),
            network: end.network.clone(),
        })
        .await
    }

    pub(crate) async fn withdraw(
        &self,
        container: &ContainerId,
        ports: &[PublishedPort],
    ) -> Result<()> {
        self.done(Request::Withdraw {
            container: container.as_str().to_owned(),
            ports: ports.to_vec(),
        })
        .await
    }

    /// Publishes further ports of a running container.
    pub(crate) async fn publish(
        &self,
        registry: &Registry,
        view: &View,
        ports: Vec<PublishedPort>,
    ) -> Result<Vec<PublishedPort>> {
        let request = Request::Publish {
            container: view.id().as_str().to_owned(),
            ports,
        };
        match self.keeper.ask(request).await? {
            Ok(Reply::Published { ports }) => Ok(ports),
            Ok(other) => Err(Error::NetworkKeeper(format!("a wrong answer: {other:?}"))),
            Err(refusal) => Err(refused(refusal, registry, view)),
        }
    }

    async fn done(&self, request: Request) -> Result<()> {
        let reply = self.keeper.ask(request).await?;
        reply
            .map(|_| ())
            .map_err(|refusal| Error::Network(refusal.to_string()))
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
        let links = host.links.iter().map(|link| {
            let (target, alias) = link.split_once(':').unwrap_or((link, link));
            (alias.to_owned(), target.trim_start_matches('/').to_owned())
        });
        let resolver = resolve::is_served(host, mode).then(|| Resolver {
            upstream: host
                .dns
                .iter()
                .filter_map(|text| text.parse().ok())
                .collect(),
            links: links.collect(),
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
            "invalid config for network {}: invalid endpoint settings: {why}",
            record.name
        );
        Err(Error::Invalid(message))
    };
    if record.is_default() && !fixed.is_empty() {
        return refused("user specified IP address is supported on user defined networks only");
    }
    if record.is_default() && !settings.aliases.is_empty() {
        return refused("network-scoped aliases are only supported for user-defined networks");
    }
    // What was chosen here may be chosen anew when nobody uses it.
    if record.chosen && fixed.iter().any(IpAddr::is_ipv4) {
        return refused(
            "user specified IP address is supported only when connecting to networks with user configured subnets",
        );
    }
    Ok(())
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
            holder: find_holder(registry, view, protocol, host, port),
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

/// Another container of this engine, else a process.
fn find_holder(
    registry: &Registry,
    asking: &View,
    protocol: Protocol,
    host: IpAddr,
    port: u16,
) -> Holder {
    let views = registry.views();
    let others = views.iter().filter(|view| view.id() != asking.id());
    let mut others = others.filter(|view| !view.place.is_empty());
    let container = others.find(|view| {
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
