//! Where a running container stands in its networks; saved with it, empty while it does not run.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::LostPort;
use gantry_network::{Cidr, MacAddress, PublishedPort};
use serde::{Deserialize, Serialize};

/// A container's place in all its networks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// It has a namespace that the keeper made.
    #[serde(default)]
    pub(crate) wired: bool,
    /// Its ends, by the network's name.
    #[serde(default)]
    pub(crate) ends: BTreeMap<String, End>,
    /// Its published ports as they are bound.
    #[serde(default)]
    pub(crate) ports: Vec<PublishedPort>,
    /// Those that should be, and are not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) lost: Vec<LostPort>,
}

/// A container's end of one network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct End {
    /// The network's id.
    pub(crate) network: String,
    pub(crate) id: String,
    /// Its name in the container.
    pub(crate) interface: String,
    pub(crate) addresses: Vec<Cidr>,
    /// The network's own addresses.
    pub(crate) gateways: Vec<IpAddr>,
    /// Whether what leaves the container goes this way.
    pub(crate) leads_out: bool,
    pub(crate) mac: MacAddress,
    /// What others of the network may call it.
    #[serde(default)]
    pub(crate) names: Vec<String>,
}

impl End {
    pub(crate) fn ipv4(&self) -> Option<Cidr> {
        let mut all = self.addresses.iter();
        all.find(|cidr| cidr.addr().is_ipv4()).copied()
    }

    pub(crate) fn ipv6(&self) -> Option<Cidr> {
        let mut all = self.addresses.iter();
        all.find(|cidr| cidr.addr().is_ipv6()).copied()
    }
}

impl Place {
    /// One end alone.
    pub(crate) fn of_end(network: &str, end: &End) -> Self {
        Self {
            ends: [(network.to_owned(), end.clone())].into(),
            ..Self::default()
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.wired
    }
}
