//! Networks, and a container's place in them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{NEVER, Object, Timestamp, go};

/// The networks that a create body asks for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NetworkingConfig {
    #[serde(deserialize_with = "go::null")]
    pub endpoints_config: BTreeMap<String, Option<EndpointSettings>>,
}

/// A container's end of one network.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct EndpointSettings {
    #[serde(rename = "IPAMConfig")]
    pub ipam_config: Option<Object>,
    #[serde(with = "go::nullable")]
    pub links: Vec<String>,
    #[serde(with = "go::nullable")]
    pub aliases: Vec<String>,
    #[serde(deserialize_with = "go::null")]
    pub mac_address: String,
    #[serde(with = "go::nullable")]
    pub driver_opts: BTreeMap<String, String>,
    #[serde(deserialize_with = "go::null")]
    pub gw_priority: i64,
    #[serde(rename = "NetworkID", deserialize_with = "go::null")]
    pub network_id: String,
    #[serde(rename = "EndpointID", deserialize_with = "go::null")]
    pub endpoint_id: String,
    #[serde(deserialize_with = "go::null")]
    pub gateway: String,
    #[serde(rename = "IPAddress", deserialize_with = "go::null")]
    pub ip_address: String,
    #[serde(rename = "IPPrefixLen", deserialize_with = "go::null")]
    pub ip_prefix_len: u8,
    #[serde(rename = "IPv6Gateway", deserialize_with = "go::null")]
    pub ipv6_gateway: String,
    #[serde(rename = "GlobalIPv6Address", deserialize_with = "go::null")]
    pub global_ipv6_address: String,
    #[serde(rename = "GlobalIPv6PrefixLen", deserialize_with = "go::null")]
    pub global_ipv6_prefix_len: u8,
    #[serde(rename = "DNSNames", with = "go::nullable")]
    pub dns_names: Vec<String>,
}

/// A network, as the list and inspect show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Network {
    pub name: String,
    pub id: String,
    pub created: Timestamp,
    /// `local` always.
    pub scope: String,
    /// `bridge`, `host` or `null`.
    pub driver: String,
    #[serde(rename = "EnableIPv4")]
    pub enable_ipv4: bool,
    #[serde(rename = "EnableIPv6")]
    pub enable_ipv6: bool,
    #[serde(rename = "IPAM")]
    pub ipam: Ipam,
    pub internal: bool,
    pub attachable: bool,
    pub ingress: bool,
    pub config_from: Object,
    pub config_only: bool,
    pub containers: BTreeMap<String, NetworkContainer>,
    pub options: BTreeMap<String, String>,
    pub labels: BTreeMap<String, String>,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            name: String::new(),
            id: String::new(),
            created: NEVER,
            scope: "local".to_owned(),
            driver: String::new(),
            enable_ipv4: true,
            enable_ipv6: false,
            ipam: Ipam::default(),
            internal: false,
            attachable: false,
            ingress: false,
            config_from: Object::from_iter([("Network".to_owned(), "".into())]),
            config_only: false,
            containers: BTreeMap::new(),
            options: BTreeMap::new(),
            labels: BTreeMap::new(),
        }
    }
}

/// How a network hands out addresses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Ipam {
    pub driver: String,
    /// Docker keeps none apart from an empty map.
    pub options: Option<BTreeMap<String, String>>,
    #[serde(with = "go::nullable")]
    pub config: Vec<IpamConfig>,
}

impl Default for Ipam {
    fn default() -> Self {
        Self {
            driver: "default".to_owned(),
            options: None,
            config: Vec::new(),
        }
    }
}

/// One address range.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct IpamConfig {
    #[serde(skip_serializing_if = "go::is_zero")]
    pub subnet: String,
    #[serde(rename = "IPRange", skip_serializing_if = "go::is_zero")]
    pub ip_range: String,
    #[serde(skip_serializing_if = "go::is_zero")]
    pub gateway: String,
    /// Addresses that no container gets, by what they are for.
    #[serde(
        rename = "AuxiliaryAddresses",
        deserialize_with = "go::null",
        skip_serializing_if = "go::is_zero"
    )]
    pub auxiliary_addresses: BTreeMap<String, String>,
}

/// A container as a network's inspect shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NetworkContainer {
    pub name: String,
    #[serde(rename = "EndpointID")]
    pub endpoint_id: String,
    pub mac_address: String,
    #[serde(rename = "IPv4Address")]
    pub ipv4_address: String,
    #[serde(rename = "IPv6Address")]
    pub ipv6_address: String,
}

/// The body of `POST /networks/create`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NetworkCreate {
    #[serde(deserialize_with = "go::null")]
    pub name: String,
    /// Empty asks for `bridge`.
    #[serde(deserialize_with = "go::null")]
    pub driver: String,
    #[serde(rename = "EnableIPv4")]
    pub enable_ipv4: Option<bool>,
    #[serde(rename = "EnableIPv6")]
    pub enable_ipv6: Option<bool>,
    #[serde(rename = "IPAM")]
    pub ipam: Option<Ipam>,
    #[serde(deserialize_with = "go::null")]
    pub internal: bool,
    #[serde(deserialize_with = "go::null")]
    pub attachable: bool,
    #[serde(deserialize_with = "go::null")]
    pub ingress: bool,
    #[serde(deserialize_with = "go::null")]
    pub config_only: bool,
    pub config_from: Option<Object>,
    /// Empty asks for `local`.
    #[serde(deserialize_with = "go::null")]
    pub scope: String,
    #[serde(deserialize_with = "go::null")]
    pub options: BTreeMap<String, String>,
    #[serde(deserialize_with = "go::null")]
    pub labels: BTreeMap<String, String>,
}

/// The answer to a create.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NetworkCreated {
    pub id: String,
    /// One sentence, or nothing.
    pub warning: String,
}

/// The body of `POST /networks/{id}/connect`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NetworkConnect {
    #[serde(deserialize_with = "go::null")]
    pub container: String,
    pub endpoint_config: Option<EndpointSettings>,
}

/// The body of `POST /networks/{id}/disconnect`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NetworkDisconnect {
    #[serde(deserialize_with = "go::null")]
    pub container: String,
    #[serde(deserialize_with = "go::null")]
    pub force: bool,
}

/// The answer to `POST /networks/prune`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NetworksPruned {
    #[serde(with = "go::nullable")]
    pub networks_deleted: Vec<String>,
}
