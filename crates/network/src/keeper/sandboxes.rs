//! What the keeper holds of each container, and the requests about it.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::PathBuf;

use super::place::Place;
use super::ports::{Bound, bind_all};
use super::wiring::{Wiring, doing, make_namespace};
use crate::namespace;
use crate::netlink::Socket;
use crate::protocol::Refusal;
use crate::proxy::{Proxy, Ticket};
use crate::types::{Endpoint, PublishedPort, Sandbox};

/// A container that is served.
#[derive(Debug)]
struct Held {
    sandbox: Sandbox,
    namespace: OwnedFd,
    /// Changes the container's interfaces.
    inside: Socket,
    tickets: Vec<(PublishedPort, Ticket)>,
}

/// All containers, by id.
#[derive(Debug, Default)]
pub struct Sandboxes(HashMap<String, Held>);

/// What all requests about containers need.
pub struct Tools<'a> {
    pub place: &'a mut Place,
    pub wiring: &'a mut Wiring,
    pub proxy: &'a Proxy,
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

    /// Makes a container's network. On a refusal nothing is left of it.
    pub fn prepare(&mut self, tools: Tools<'_>, sandbox: Sandbox) -> Result<Prepared, Refusal> {
        // What an earlier start left, if it did.
        self.release(&sandbox.container);
        // First what is refused most.
        let bound = bind_all(&sandbox.ports)?;
        let (namespace, mut inside) = make_namespace()?;
        let Tools {
            place,
            wiring,
            proxy,
        } = tools;
        for endpoint in &sandbox.endpoints {
            wiring.attach(place, &namespace, &mut inside, endpoint)?;
        }
        let tickets = carry(proxy, bound, &sandbox)?;
        Ok(self.hold(sandbox, namespace, inside, tickets))
    }

    /// Serves a container that runs already.
    pub fn adopt(
        &mut self,
        tools: Tools<'_>,
        sandbox: Sandbox,
        namespace: OwnedFd,
    ) -> Result<Prepared, Refusal> {
        self.release(&sandbox.container);
        for endpoint in &sandbox.endpoints {
            tools.wiring.remember(tools.place, &endpoint.bridge)?;
        }
        let bound = bind_all(&sandbox.ports)?;
        let tickets = carry(tools.proxy, bound, &sandbox)?;
        let inside = namespace::within(namespace.as_fd(), Socket::route);
        let inside = inside.map_err(doing("enter the container's network"))?;
        Ok(self.hold(sandbox, namespace, inside, tickets))
    }

    fn hold(
        &mut self,
        mut sandbox: Sandbox,
        namespace: OwnedFd,
        inside: Socket,
        tickets: Vec<(PublishedPort, Ticket)>,
    ) -> Prepared {
        let path = format!("/proc/{}/fd/{}", std::process::id(), namespace.as_raw_fd());
        sandbox.ports = tickets.iter().map(|(port, _)| *port).collect();
        let prepared = Prepared {
            namespace: path.into(),
            ports: sandbox.ports.clone(),
        };
        let held = Held {
            sandbox,
            namespace,
            inside,
            tickets,
        };
        self.0.insert(held.sandbox.container.clone(), held);
        prepared
    }

    pub fn release(&mut self, container: &str) {
        self.0.remove(container);
    }

    pub fn keep(&mut self, containers: &[String]) {
        self.0.retain(|id, _| containers.contains(id));
    }

    pub fn connect(
        &mut self,
        place: &mut Place,
        wiring: &mut Wiring,
        container: &str,
        endpoint: Endpoint,
    ) -> Result<(), Refusal> {
        let held = self.held(container)?;
        wiring.attach(place, &held.namespace, &mut held.inside, &endpoint)?;
        held.sandbox.endpoints.push(endpoint);
        Ok(())
    }

    pub fn disconnect(&mut self, container: &str, network: &str) -> Result<(), Refusal> {
        let held = self.held(container)?;
        let endpoints = &mut held.sandbox.endpoints;
        let found = endpoints
            .iter()
            .position(|endpoint| endpoint.bridge.network == network);
        if let Some(found) = found {
            let endpoint = endpoints.remove(found);
            let removed = held.inside.remove_link(&endpoint.interface);
            removed.map_err(doing("remove the container's interface"))?;
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
        let ticket = proxy.add(port.protocol, socket, target);
        Ok((port, ticket.map_err(doing("carry a published port"))?))
    });
    carried.collect()
}

/// The address of the container that its published ports lead to: on the network that leads out,
/// IPv4 first.
fn target(sandbox: &Sandbox) -> Option<IpAddr> {
    let endpoints = &sandbox.endpoints;
    let leading = endpoints.iter().find(|one| !one.gateways.is_empty());
    let endpoint = leading.or_else(|| endpoints.first())?;
    let addresses = || endpoint.addresses.iter().map(|cidr| cidr.addr());
    addresses()
        .find(IpAddr::is_ipv4)
        .or_else(|| addresses().next())
}
