//! Networks and published ports: the rows, and what can be done with them.

use gantry_client::Filters;
use gantry_view::{
    Attachment, ChangePorts, ConnectNetwork, CreateNetwork, DisconnectNetwork, Failure, Network,
    PruneNetworks, RemoveNetwork, RunPort,
};
use gantry_wire::gantry::{self, PortChange};
use gantry_wire::{
    EndpointSettings, Ipam, IpamConfig, NetworkConnect, NetworkCreate, NetworkDisconnect, Object,
};

use crate::{Desk, failure::failure};

/// The label by which Compose groups what belongs together.
const PROJECT: &str = "com.docker.compose.project";

pub(crate) fn row(row: gantry::Network) -> Network {
    Network {
        id: row.id,
        name: row.name,
        driver: row.driver,
        created_at: row.created.as_millisecond(),
        subnets: row.subnets,
        gateways: row.gateways,
        internal: row.internal,
        built_in: row.built_in,
        project: row.labels.get(PROJECT).cloned(),
        labels: row.labels.into_iter().collect(),
    }
}

/// A network of a container's row.
pub(crate) fn attachment(one: gantry::Attachment) -> Attachment {
    Attachment {
        network: one.network,
        addresses: one.addresses,
        gateways: one.gateways,
        mac: one.mac,
        aliases: one.aliases,
        leads_out: one.leads_out,
    }
}

pub(crate) async fn create(desk: &Desk, request: CreateNetwork) -> Result<String, Failure> {
    let client = desk.link().client().await?;
    let made = client.create_network(&wanted(request)).await;
    Ok(made.map_err(failure)?.id)
}

fn wanted(request: CreateNetwork) -> NetworkCreate {
    let config = IpamConfig {
        subnet: request.subnet,
        gateway: request.gateway,
        ip_range: request.ip_range,
        ..IpamConfig::default()
    };
    let asks = config != IpamConfig::default();
    NetworkCreate {
        name: request.name,
        internal: request.internal,
        enable_ipv6: Some(request.ipv6),
        ipam: asks.then(|| Ipam {
            config: vec![config],
            ..Ipam::default()
        }),
        labels: request.labels.into_iter().collect(),
        ..NetworkCreate::default()
    }
}

pub(crate) async fn remove(desk: &Desk, request: RemoveNetwork) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    client.remove_network(&request.id).await.map_err(failure)
}

pub(crate) async fn prune(desk: &Desk, _: PruneNetworks) -> Result<Vec<String>, Failure> {
    let client = desk.link().client().await?;
    let pruned = client.prune_networks(&Filters::default()).await;
    Ok(pruned.map_err(failure)?.networks_deleted)
}

pub(crate) async fn connect(desk: &Desk, request: ConnectNetwork) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let family = if request.address.contains(':') {
        "IPv6Address"
    } else {
        "IPv4Address"
    };
    let fixed = !request.address.is_empty();
    let settings = EndpointSettings {
        aliases: request.aliases,
        ipam_config: fixed
            .then(|| Object::from_iter([(family.to_owned(), request.address.into())])),
        ..EndpointSettings::default()
    };
    let body = NetworkConnect {
        container: request.container,
        endpoint_config: Some(settings),
    };
    let connected = client.connect_network(&request.network, &body).await;
    connected.map_err(failure)
}

pub(crate) async fn disconnect(desk: &Desk, request: DisconnectNetwork) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let body = NetworkDisconnect {
        container: request.container,
        force: false,
    };
    let gone = client.disconnect_network(&request.network, &body).await;
    gone.map_err(failure)
}

pub(crate) async fn change_ports(desk: &Desk, request: ChangePorts) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let body = gantry::ChangePorts {
        add: request.add.into_iter().map(port).collect(),
        remove: request.remove.into_iter().map(port).collect(),
    };
    let changed = client.change_ports(&request.id, &body).await;
    changed.map_err(failure)
}

fn port(port: RunPort) -> PortChange {
    PortChange {
        port: format!("{}/{}", port.container, port.protocol),
        host_ip: port.address,
        host_port: port.host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_asks_for_addresses_only_where_some_were_named() {
        let named = |subnet: &str| CreateNetwork {
            name: "mine".into(),
            subnet: subnet.into(),
            ..CreateNetwork::default()
        };
        assert_eq!(wanted(named("")).ipam, None);
        let ipam = wanted(named("10.9.0.0/24")).ipam.expect("a subnet");
        assert_eq!(ipam.config[0].subnet, "10.9.0.0/24");
    }

    #[test]
    fn rows_say_what_the_list_shows() {
        let row = row(gantry::Network {
            name: "shop_default".into(),
            labels: [(PROJECT.to_owned(), "shop".to_owned())].into(),
            subnets: vec!["10.9.0.0/24".into()],
            ..gantry::Network::default()
        });
        assert_eq!(row.project.as_deref(), Some("shop"));
        assert_eq!(row.subnets, ["10.9.0.0/24"]);
    }
}
