//! A row of the list of networks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{NEVER, Port, Timestamp};

/// A network. Which containers are in it, their rows say.
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
        }
    }
}

/// A network that a container is a member of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attachment {
    /// The network's name.
    pub network: String,
    /// Without prefixes; none while the container does not run.
    pub addresses: Vec<String>,
    /// The network's own addresses, where the container runs.
    pub gateways: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mac: String,
    /// What others of the network may call it besides its name.
    pub aliases: Vec<String>,
    /// Whether what leaves the container goes through it.
    pub leads_out: bool,
}

/// A published port that leads nowhere: somebody took it while the container ran.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LostPort {
    pub port: Port,
    /// A sentence.
    pub why: String,
}
