//! A container's networks in the words of its readers.

use std::collections::BTreeMap;

use gantry_wire::gantry::{Attachment, LostPort};
use gantry_wire::{EndpointSettings, NetworkSettings};

use super::place::End;
use super::show::{texts, without_bridge_of};
use super::{Mode, ports};
use crate::container::View;

/// Each network with what was asked for, and where the container stands in it while it runs.
pub(crate) fn endpoints(view: &View) -> BTreeMap<String, EndpointSettings> {
    let definition = &view.definition;
    let asked = &definition.networking.endpoints_config;
    let mut all: BTreeMap<String, EndpointSettings> = asked
        .iter()
        .map(|(name, settings)| (name.clone(), settings.clone().unwrap_or_default()))
        .collect();
    let mode = definition.host_config.network_mode.as_str();
    match Mode::of(mode) {
        Mode::Container(_) => return BTreeMap::new(),
        Mode::Host | Mode::None => {
            let settings = all.entry(mode.to_owned()).or_default();
            let found = without_bridge_of(view).filter(|_| view.state.is_up());
            if let Some((network, end)) = found {
                (settings.network_id, settings.endpoint_id) = (network.id, end);
            }
        }
        // It is among them until it is disconnected.
        Mode::Network(_) => {}
    }
    for (name, end) in &view.place.ends {
        fill(all.entry(name.clone()).or_default(), end);
    }
    all
}

fn fill(settings: &mut EndpointSettings, end: &End) {
    settings.network_id.clone_from(&end.network);
    settings.endpoint_id.clone_from(&end.id);
    settings.mac_address = end.mac.to_string();
    settings.dns_names.clone_from(&end.names);
    if let Some(address) = end.ipv4() {
        settings.ip_address = address.addr().to_string();
        settings.ip_prefix_len = address.prefix_len();
    }
    if let Some(address) = end.ipv6() {
        settings.global_ipv6_address = address.addr().to_string();
        settings.global_ipv6_prefix_len = address.prefix_len();
    }
    for gateway in &end.gateways {
        let text = if gateway.is_ipv4() {
            &mut settings.gateway
        } else {
            &mut settings.ipv6_gateway
        };
        *text = gateway.to_string();
    }
}

/// The same for windows.
pub(crate) fn attachments(view: &View) -> Vec<Attachment> {
    let mut all: Vec<_> = endpoints(view)
        .into_iter()
        .map(|(network, settings)| {
            let end = view.place.ends.get(&network);
            let addresses = end.into_iter().flat_map(|end| &end.addresses);
            Attachment {
                network,
                addresses: addresses.map(|cidr| cidr.addr().to_string()).collect(),
                gateways: end.map_or_else(Vec::new, |end| texts(&end.gateways)),
                mac: settings.mac_address,
                aliases: settings.aliases,
                leads_out: end.is_some_and(|end| end.leads_out),
            }
        })
        .collect();
    all.sort_by_key(|one| !one.leads_out);
    all
}

/// The published ports that lead nowhere.
pub(crate) fn lost_ports(view: &View) -> Vec<LostPort> {
    let lost = view.place.lost.iter().map(|lost| LostPort {
        port: ports::shown(&lost.port),
        why: lost.why.clone(),
    });
    lost.collect()
}

/// The whole of it, as inspect shows it: the default network's addresses stand outside as well.
pub(crate) fn settings(view: &View) -> NetworkSettings {
    let networks = endpoints(view);
    let running = !view.place.is_empty();
    let mut settings = NetworkSettings {
        ports: if running {
            ports::map(&view.definition.config, &view.place.ports)
        } else {
            BTreeMap::new()
        },
        lost_ports: lost_ports(view),
        ..NetworkSettings::default()
    };
    if let Some(process) = view.state.process.as_ref().filter(|_| running) {
        settings.sandbox_key = format!("/proc/{}/ns/net", process.pid);
        view.id().as_str().clone_into(&mut settings.sandbox_id);
    }
    if let Some(default) = networks.get(super::DEFAULT) {
        let shown = default.clone();
        settings.endpoint_id = shown.endpoint_id;
        settings.gateway = shown.gateway;
        settings.ip_address = shown.ip_address;
        settings.ip_prefix_len = shown.ip_prefix_len;
        settings.ipv6_gateway = shown.ipv6_gateway;
        settings.global_ipv6_address = shown.global_ipv6_address;
        settings.global_ipv6_prefix_len = shown.global_ipv6_prefix_len;
        settings.mac_address = shown.mac_address;
    }
    settings.networks = networks;
    settings
}
