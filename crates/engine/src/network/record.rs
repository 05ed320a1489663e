//! What a network is: `networks/<id>.json`.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use gantry_file::{Durability, replace_json};
use gantry_network::{Bridge, Cidr};
use gantry_wire as wire;
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The version that this code writes.
const VERSION: u32 = 1;

/// A network with a bridge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    version: u32,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created: wire::Timestamp,
    pub(crate) subnets: Vec<Subnet>,
    /// The subnets were chosen here, and may be chosen again while nobody uses them.
    pub(crate) chosen: bool,
    /// The bridge's name.
    pub(crate) interface: String,
    /// Containers have addresses of IPv4.
    #[serde(default = "yes")]
    pub(crate) ipv4: bool,
    pub(crate) internal: bool,
    pub(crate) attachable: bool,
    /// As it was asked for.
    pub(crate) ipam: wire::Ipam,
    pub(crate) options: BTreeMap<String, String>,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) mtu: u32,
}

fn yes() -> bool {
    true
}

/// Addresses of one network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Subnet {
    /// With the network's own address.
    pub(crate) gateway: Cidr,
    /// What containers without a wish get addresses from.
    pub(crate) range: Option<Cidr>,
    /// What no container gets, by what it is for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) reserved: BTreeMap<String, IpAddr>,
}

impl Subnet {
    /// All of a gateway's network.
    pub(crate) fn of(gateway: Cidr) -> Self {
        Self {
            gateway,
            range: None,
            reserved: BTreeMap::new(),
        }
    }

    /// Whether an address is the network's own, or kept for something else than a container.
    pub(crate) fn keeps(&self, address: IpAddr) -> bool {
        address == self.gateway.addr() || self.reserved.values().any(|kept| *kept == address)
    }
}

impl Record {
    pub(crate) fn new(name: &str, tag: &str, mtu: u32) -> Self {
        let id = hex::encode(rand::random::<[u8; 32]>());
        Self {
            version: VERSION,
            interface: format!("gb{tag}{}", &id[..5]),
            id,
            name: name.to_owned(),
            created: wire::Timestamp::now(),
            subnets: Vec::new(),
            chosen: true,
            ipv4: true,
            internal: false,
            attachable: false,
            ipam: wire::Ipam::default(),
            options: BTreeMap::new(),
            labels: BTreeMap::new(),
            mtu,
        }
    }

    pub(crate) fn is_default(&self) -> bool {
        self.name == super::DEFAULT
    }

    /// What the keeper makes of it.
    pub(crate) fn bridge(&self) -> Bridge {
        Bridge {
            network: self.id.clone(),
            interface: self.interface.clone(),
            addresses: self.subnets.iter().map(|subnet| subnet.gateway).collect(),
            mtu: self.mtu,
            internal: self.internal,
        }
    }

    pub(crate) fn gateways(&self) -> Vec<IpAddr> {
        let subnets = self.subnets.iter();
        subnets.map(|subnet| subnet.gateway.addr()).collect()
    }

    fn path(folder: &Path, id: &str) -> PathBuf {
        folder.join(format!("{id}.json"))
    }

    /// Writes it; it is on the disk when this returns.
    pub(crate) fn save(&self, folder: &Path) -> Result<()> {
        let path = Self::path(folder, &self.id);
        replace_json(&path, self, Durability::Durable).map_err(Error::io("write", &path))
    }

    pub(crate) fn remove(&self, folder: &Path) -> Result<()> {
        let path = Self::path(folder, &self.id);
        gantry_file::remove(&path, Durability::Durable).map_err(Error::io("remove", &path))
    }

    /// All networks of a folder. One that cannot be read stays there and is told of.
    pub(crate) fn read_all(folder: &Path) -> Result<Vec<Self>> {
        std::fs::create_dir_all(folder).map_err(Error::io("make", folder))?;
        let entries = std::fs::read_dir(folder).map_err(Error::io("read", folder))?;
        let mut all = Vec::new();
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            match std::fs::read(&path).map(|text| serde_json::from_slice::<Self>(&text)) {
                Ok(Ok(record)) if record.version == VERSION => all.push(record),
                Ok(Ok(record)) => {
                    let version = record.version;
                    tracing::error!(path = %path.display(), version, "a network of another version");
                }
                Ok(Err(error)) => {
                    tracing::error!(path = %path.display(), %error, "a network's record is damaged");
                }
                Err(error) => {
                    tracing::error!(path = %path.display(), %error, "a network's record cannot be read");
                }
            }
        }
        Ok(all)
    }
}
