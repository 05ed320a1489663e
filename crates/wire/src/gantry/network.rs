//! A row of the list of networks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{NEVER, Timestamp};

/// A network and who is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Network {
    pub id: String,
    pub name: String,
    /// `bridge`, `host` or `null`.
    pub driver: String,
    pub created: Timestamp,
    /// Such as `172.18.0.0/16`; none before they are chosen.
    pub subnets: Vec<String>,
    pub gateways: Vec<String>,
    pub internal: bool,
    /// It belongs to the engine and cannot be removed.
    pub built_in: bool,
    pub labels: BTreeMap<String, String>,
    /// The running containers of it.
    pub members: Vec<NetworkMember>,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            driver: String::new(),
            created: NEVER,
            subnets: Vec::new(),
            gateways: Vec::new(),
            internal: false,
            built_in: false,
            labels: BTreeMap::new(),
            members: Vec::new(),
        }
    }
}

/// A running container of a network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkMember {
    pub id: String,
    pub name: String,
    /// Without prefixes.
    pub addresses: Vec<String>,
}
