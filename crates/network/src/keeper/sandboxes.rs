//! What the keeper holds of each container, and the requests about it.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::PathBuf;

use super::place::Place;
use super::ports::{Bound, bind_all};
use super::wiring::{Wiring, doing, make_namespace};
use crate::names::{Names, Served};
use crate::namespace;
use crate::netlink::Socket;
use crate::protocol::Refusal;
use crate::proxy::{Lead, Proxy, Ticket};
use crate::rules::Led;
use crate::types::{Endpoint, PublishedPort, Resolver, Sandbox};

/// A container that is served.
#[derive(Debug)]
struct Held {
    sandbox: Sandbox,
    namespace: OwnedFd,
    /// Changes the container's interfaces.
    inside: Socket,
    tickets: Vec<(PublishedPort, Ticket)>,
    /// Its questions about names are answered.
    served: Option<Served>,
}

/// All containers, by id.
#[derive(Debug, Default)]
pub struct Sandboxes(HashMap<String, Held>);

/// What all requests about containers need.
pub struct Tools<'a> {
    pub place: &'a mut Place,
    pub wiring: &'a mut Wiring,
    pub proxy: &'a Proxy,
    pub names: &'a Names,
}

/// A container whose network is ready.
pub struct Prepared {
    pub namespace: PathBuf,
    pub ports: Vec<PublishedPort>,
}

impl Sandboxes {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn ids(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// The published ports that the kernel can lead to their containers by itself, in order.
    pub fn led(&self) -> Vec<Led> {
        let mut all: Vec<_> = self.0.values().flat_map(led).collect();
        all.sort_unstable();
        all
    }

    /// Makes a container's network. On a refusal nothing is left of it.
    pub fn prepare(&mut self, tools: Tools<'_>, sandbox: Sandbox) -> Result<Prepared, Refusal> {
        // What an earlier start left, if it did.
        self.release(tools.names, &sandbox.container);
        // First what is refused most.
        let bound = bind_all(&sandbox.ports)?;
        let (namespace, mut inside) = make_namespace()?;
        let Tools {
            place,
            wiring,
            proxy,
            names,
        } = tools;
        for endpoint in &sandbox.endpoints {
            wiring.attach(place, &namespace, &mut inside, endpoint)?;
        }
        let tickets = carry(proxy, bound, &sandbox)?;
        let served = serve(names, &sandbox, &namespace)?;
        Ok(self.hold(names, sandbox, namespace, inside, tickets, served))
    }

    /// Serves a container that runs already.
    pub fn adopt(
        &mut self,
        tools: Tools<'_>,
        sandbox: Sandbox,
        namespace: OwnedFd,
    ) -> Result<Prepared, Refusal> {
        self.release(tools.names, &sandbox.container);
        for endpoint in &sandbox.endpoints {
            tools.wiring.remember(tools.place, &endpoint.bridge)?;
        }
        let bound = bind_all(&sandbox.ports)?;
        let tickets = carry(tools.proxy, bound, &sandbox)?;
        let inside = namespace::within(namespace.as_fd(), Socket::route);
        let inside = inside.map_err(doing("enter the container's network"))?;
        let served = serve(tools.names, &sandbox, &namespace)?;
        let names = tools.names;
        Ok(self.hold(names, sandbox, namespace, inside, tickets, served))
    }

    fn hold(
        &mut self,
        names: &Names,
        mut sandbox: Sandbox,
        namespace: OwnedFd,
        inside: Socket,
        tickets: Vec<(PublishedPort, Ticket)>,
        served: Option<Served>,
    ) -> Prepared {
        let path = format!("/proc/{}/fd/{}", std::process::id(), namespace.as_raw_fd());
        sandbox.ports = tickets.iter().map(|(port, _)| *port).collect();
        let prepared = Prepared {
            namespace: path.into(),
            ports: sandbox.ports.clone(),
        };
        names.put(&sandbox);
        let held = Held {
            sandbox,
            namespace,
            inside,
            tickets,
            served,
        };
        self.0.insert(held.sandbox.container.clone(), held);
        prepared
    }

    pub fn release(&mut self, names: &Names, container: &str) {
        names.remove(container);
        self.0.remove(container);
    }

    pub fn keep(&mut self, names: &Names, containers: &[String]) {
        let strays = self.ids().into_iter().filter(|id| !containers.contains(id));
        for stray in strays {
            self.release(names, &stray);
        }
    }

    /// Gives a container an end of one more network. Who is answered now stays so.
    pub fn connect(
        &mut self,
        tools: Tools<'_>,
        container: &str,
        endpoint: Endpoint,
        resolver: Option<Resolver>,
    ) -> Result<(), Refusal> {
        let held = self.held(container)?;
        let (namespace, inside) = (&held.namespace, &mut held.inside);
        tools
            .wiring
            .attach(tools.place, namespace, inside, &endpoint)?;
        held.sandbox.endpoints.push(endpoint);
        if resolver.is_some() {
            held.sandbox.resolver = resolver;
        }
        if held.served.is_none() {
            held.served = serve(tools.names, &held.sandbox, &held.namespace)?;
        }
        tools.names.put(&held.sandbox);
        Ok(())
    }

    pub fn disconnect(
        &mut self,
        names: &Names,
        container: &str,
        network: &str,
    ) -> Result<(), Refusal> {
        let held = self.held(container)?;
        let endpoints = &mut held.sandbox.endpoints;
        let found = endpoints
            .iter()
            .position(|endpoint| endpoint.bridge.network == network);
        if let Some(found) = found {
            let endpoint = endpoints.remove(found);
            names.put(&held.sandbox);
            let removed = held.inside.remove_link(&endpoint.interface);
            removed.map_err(doing("remove the container's interface"))?;
        }
        Ok(())
    }

    /// Others of each network call a container so.
    pub fn rename(
        &mut self,
        names: &Names,
        container: &str,
        told: Vec<(String, Vec<String>)>,
    ) -> Result<(), Refusal> {
        let held = self.held(container)?;
        for (network, own) in told {
            let mut endpoints = held.sandbox.endpoints.iter_mut();
            if let Some(endpoint) = endpoints.find(|one| one.bridge.network == network) {
                endpoint.names = own;
            }
        }
        names.put(&held.sandbox);
        Ok(())
    }

    /// What leaves a container goes through this network.
    pub fn lead_out(&mut self, container: &str, network: &str) -> Result<(), Refusal> {
        let held = self.held(container)?;
        let endpoints = &mut held.sandbox.endpoints;
        let mut found = endpoints.iter_mut();
        let found = found.find(|endpoint| endpoint.bridge.network == network);
        let Some(endpoint) = found else {
            return Ok(());
        };
        let index = held.inside.index(&endpoint.interface);
        let index = index.map_err(doing("find the container's interface"))?;
        let gateways = endpoint.bridge.addresses.iter().map(|cidr| cidr.addr());
        endpoint.gateways = gateways.collect();
        for gateway in &endpoint.gateways {
            let added = held.inside.add_default_route(index, *gateway);
            added.map_err(doing("send what leaves the container to its network"))?;
        }
        // What led out before does so no longer, family by family.
        let families: Vec<_> = endpoint.gateways.iter().map(IpAddr::is_ipv4).collect();
        let others = held.sandbox.endpoints.iter_mut();
        for other in others.filter(|one| one.bridge.network != network) {
            other
                .gateways
                .retain(|gateway| !families.contains(&gateway.is_ipv4()));
        }
        Ok(())
    }

    /// Publishes further ports of a container.
    pub fn publish(
        &mut self,
        proxy: &Proxy,
        container: &str,
        ports: &[PublishedPort],
    ) -> Result<Vec<PublishedPort>, Refusal> {
        let held = self.held(container)?;
        let tickets = carry(proxy, bind_all(ports)?, &held.sandbox)?;
        let bound = tickets.iter().map(|(port, _)| *port).collect();
        held.tickets.extend(tickets);
        held.sandbox.ports = held.tickets.iter().map(|(port, _)| *port).collect();
        Ok(bound)
    }

    pub fn withdraw(&mut self, container: &str, ports: &[PublishedPort]) -> Result<(), Refusal> {
        let held = self.held(container)?;
        held.tickets.retain(|(port, _)| !ports.contains(port));
        held.sandbox.ports = held.tickets.iter().map(|(port, _)| *port).collect();
        Ok(())
    }

    fn held(&mut self, container: &str) -> Result<&mut Held, Refusal> {
        let unknown = || Refusal::NoSuchContainer(container.to_owned());
        self.0.get_mut(container).ok_or_else(unknown)
    }
}

/// Answers a container's questions about names, if that was asked for.
fn serve(names: &Names, sandbox: &Sandbox, namespace: &OwnedFd) -> Result<Option<Served>, Refusal> {
    if sandbox.resolver.is_none() {
        return Ok(None);
    }
    let served = names.serve(&sandbox.container, namespace.as_fd());
    served
        .map(Some)
        .map_err(doing("answer questions about names"))
}

/// Has connections to bound ports carried to the container.
fn carry(
    proxy: &Proxy,
    bound: Vec<Bound>,
    sandbox: &Sandbox,
) -> Result<Vec<(PublishedPort, Ticket)>, Refusal> {
    let Some(address) = target(sandbox) else {
        return Ok(Vec::new());
    };
    let carried = bound.into_iter().map(|Bound { port, socket }| {
        let target = SocketAddr::new(address, port.container_port);
        let ticket = proxy.add(port.protocol, socket, Lead::To(target));
        Ok((port, ticket.map_err(doing("carry a published port"))?))
    });
    carried.collect()
}

/// The address of the container that its published ports lead to, IPv4 first.
fn target(sandbox: &Sandbox) -> Option<IpAddr> {
    let addresses: Vec<_> = targets(sandbox).collect();
    let first = addresses.iter().find(|address| address.is_ipv4());
    first.or(addresses.first()).copied()
}

/// The container's addresses on the network that leads out.
fn targets(sandbox: &Sandbox) -> impl Iterator<Item = IpAddr> {
    let endpoints = &sandbox.endpoints;
    let leading = endpoints.iter().find(|one| !one.gateways.is_empty());
    let endpoint = leading.or_else(|| endpoints.first());
    let addresses = endpoint.into_iter().flat_map(|one| &one.addresses);
    addresses.map(|cidr| cidr.addr())
}

/// Those of its ports that lead to an address of the same family, and not from the loopback.
fn led(held: &Held) -> impl Iterator<Item = Led> {
    let ports = held.sandbox.ports.iter();
    ports
        .filter(|port| !port.host.is_loopback())
        .filter_map(|port| {
            let mut targets = targets(&held.sandbox);
            let target = targets.find(|target| target.is_ipv4() == port.host.is_ipv4())?;
            Some(Led {
                protocol: port.protocol,
                host: port.host,
                host_port: port.host_port,
                target: SocketAddr::new(target, port.container_port),
            })
        })
}
