//! Networks and what can be done with one.

use serde::{Deserialize, Serialize};

use crate::{RunPort, call::call};

/// One row of the list. Which containers are in it, their rows say ([`crate::Container::networks`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    pub id: String,
    pub name: String,
    /// `bridge`, `host` or `null`.
    pub driver: String,
    pub created_at: i64,
    /// Such as `172.18.0.0/16`; none before they are chosen.
    pub subnets: Vec<String>,
    pub gateways: Vec<String>,
    /// Without a way out.
    pub internal: bool,
    /// It belongs to the engine and cannot be removed.
    pub built_in: bool,
    pub labels: Vec<(String, String)>,
    /// The Compose project, when the labels name one.
    pub project: Option<String>,
}

/// A network that a container is a member of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The network's name.
    pub network: String,
    /// None while the container does not run.
    pub addresses: Vec<String>,
    pub gateways: Vec<String>,
    /// Empty while the container does not run.
    pub mac: String,
    /// What others of the network may call it besides its name.
    pub aliases: Vec<String>,
    /// Whether what leaves the container goes through it.
    pub leads_out: bool,
}

/// Makes a network; the reply is its id.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CreateNetwork {
    pub name: String,
    /// Such as `10.9.0.0/24`; empty lets the engine choose one.
    pub subnet: String,
    /// Empty takes the first address of the subnet.
    pub gateway: String,
    /// The part of the subnet that containers get addresses from; empty is all of it.
    pub ip_range: String,
    /// Without a way out.
    pub internal: bool,
    /// With addresses of IPv6 as well.
    pub ipv6: bool,
    pub labels: Vec<(String, String)>,
}
call!(CreateNetwork, "create_network", String);

/// Removes a network that no container is in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemoveNetwork {
    pub id: String,
}
call!(RemoveNetwork, "remove_network", ());

/// Removes every network of one's own that no container is in; the reply is their names.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PruneNetworks {}
call!(PruneNetworks, "prune_networks", Vec<String>);

/// Makes a container a member of a network, at once where it runs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ConnectNetwork {
    /// Name or id.
    pub network: String,
    /// Name or id.
    pub container: String,
    /// What others may call it besides its name.
    pub aliases: Vec<String>,
    /// An address of the network; empty lets the engine choose one.
    pub address: String,
}
call!(ConnectNetwork, "connect_network", ());

/// Takes a container out of a network, at once where it runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DisconnectNetwork {
    /// Name or id.
    pub network: String,
    /// Name or id.
    pub container: String,
}
call!(DisconnectNetwork, "disconnect_network", ());

/// Publishes other ports of a container: at once where it runs, and whenever it starts again. All
/// of it happens or nothing does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangePorts {
    /// The container.
    pub id: String,
    /// A host's port of 0 asks for a free one.
    pub add: Vec<RunPort>,
    pub remove: Vec<RunPort>,
}
call!(ChangePorts, "change_ports", ());
