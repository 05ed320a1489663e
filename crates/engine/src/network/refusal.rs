//! What the keeper refused, as the client is told.

use std::net::{IpAddr, SocketAddr};

use gantry_network::protocol::Refusal;
use gantry_network::{Holder, Protocol, holder};

use super::Networks;
use crate::Error;
use crate::container::{Registry, View};

/// What the keeper refused, as the client is told.
pub(super) fn refused(
    networks: &Networks,
    refusal: Refusal,
    registry: &Registry,
    view: &View,
) -> Error {
    match refusal {
        Refusal::PortTaken {
            protocol,
            host,
            port,
        } => Error::PortInUse {
            endpoint: format!("{} ({})", view.name, view.id().short()),
            address: SocketAddr::new(host, port),
            protocol,
            holder: find_container(registry, view, protocol, host, port)
                .unwrap_or_else(|| networks.holder(protocol, host, port)),
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

/// Another container of this engine.
fn find_container(
    registry: &Registry,
    asking: &View,
    protocol: Protocol,
    host: IpAddr,
    port: u16,
) -> Option<Holder> {
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
    container.map(|view| Holder::Container(view.name.as_str().to_owned()))
}

/// The first port that the kernel gives to everybody.
fn first_free_for_all() -> u16 {
    let text = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    let first = text.ok().and_then(|text| text.trim().parse().ok());
    first.unwrap_or(1024)
}
