//! `GET /containers/{id}/json`: everything about one container.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::gantry::{Ending, LostPort};
use crate::{
    ContainerConfig, ContainerState, EndpointSettings, HostConfig, MountPoint, NEVER, PortMap,
    Timestamp, go,
};

/// One container, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ContainerInspect {
    pub id: String,
    pub created: Timestamp,
    /// The program that is started.
    pub path: String,
    #[serde(deserialize_with = "go::null")]
    pub args: Vec<String>,
    pub state: State,
    /// The image's id.
    pub image: String,
    pub resolv_conf_path: String,
    pub hostname_path: String,
    pub hosts_path: String,
    pub log_path: String,
    /// With a leading slash.
    pub name: String,
    pub restart_count: u64,
    pub driver: String,
    pub platform: String,
    pub mount_label: String,
    pub process_label: String,
    pub app_armor_profile: String,
    #[serde(rename = "ExecIDs", with = "go::nullable")]
    pub exec_ids: Vec<String>,
    pub host_config: HostConfig,
    pub graph_driver: GraphDriver,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_rw: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_root_fs: Option<i64>,
    #[serde(deserialize_with = "go::null")]
    pub mounts: Vec<MountPoint>,
    pub config: ContainerConfig,
    pub network_settings: NetworkSettings,
}

impl Default for ContainerInspect {
    fn default() -> Self {
        Self {
            id: String::new(),
            created: NEVER,
            path: String::new(),
            args: Vec::new(),
            state: State::default(),
            image: String::new(),
            resolv_conf_path: String::new(),
            hostname_path: String::new(),
            hosts_path: String::new(),
            log_path: String::new(),
            name: String::new(),
            restart_count: 0,
            driver: String::new(),
            platform: "linux".to_owned(),
            mount_label: String::new(),
            process_label: String::new(),
            app_armor_profile: String::new(),
            exec_ids: Vec::new(),
            host_config: HostConfig::default(),
            graph_driver: GraphDriver::default(),
            size_rw: None,
            size_root_fs: None,
            mounts: Vec::new(),
            config: ContainerConfig::default(),
            network_settings: NetworkSettings::default(),
        }
    }
}

/// Where a container stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct State {
    pub status: ContainerState,
    /// True while paused and restarting too.
    pub running: bool,
    pub paused: bool,
    pub restarting: bool,
    #[serde(rename = "OOMKilled")]
    pub oom_killed: bool,
    pub dead: bool,
    /// As the engine's host sees it; zero when not running.
    pub pid: i32,
    pub exit_code: i32,
    pub error: String,
    pub started_at: Timestamp,
    pub finished_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<HealthState>,
    /// Beside what Docker has: why it stopped, or did not start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_stopped: Option<Ending>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            status: ContainerState::Created,
            running: false,
            paused: false,
            restarting: false,
            oom_killed: false,
            dead: false,
            pid: 0,
            exit_code: 0,
            error: String::new(),
            started_at: NEVER,
            finished_at: NEVER,
            health: None,
            why_stopped: None,
        }
    }
}

/// What the health check says: `starting`, `healthy`, `unhealthy` or `none`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct HealthState {
    pub status: String,
    pub failing_streak: u32,
    #[serde(deserialize_with = "go::null")]
    pub log: Vec<HealthLog>,
}

/// One run of the health check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HealthLog {
    pub start: Timestamp,
    pub end: Timestamp,
    pub exit_code: i32,
    pub output: String,
}

/// How the root is put together: `overlay2` with `LowerDir`, `UpperDir`, `WorkDir`, `MergedDir`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct GraphDriver {
    #[serde(with = "go::nullable")]
    pub data: BTreeMap<String, String>,
    pub name: String,
}

/// A container's addresses.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NetworkSettings {
    pub bridge: String,
    #[serde(rename = "SandboxID")]
    pub sandbox_id: String,
    pub sandbox_key: String,
    #[serde(deserialize_with = "go::null")]
    pub ports: PortMap,
    /// Beside what Docker has: published ports that lead nowhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost_ports: Vec<LostPort>,
    pub hairpin_mode: bool,
    #[serde(rename = "LinkLocalIPv6Address")]
    pub link_local_ipv6_address: String,
    #[serde(rename = "LinkLocalIPv6PrefixLen")]
    pub link_local_ipv6_prefix_len: u8,
    #[serde(rename = "SecondaryIPAddresses", with = "go::nullable")]
    pub secondary_ip_addresses: Vec<String>,
    #[serde(rename = "SecondaryIPv6Addresses", with = "go::nullable")]
    pub secondary_ipv6_addresses: Vec<String>,
    #[serde(rename = "EndpointID")]
    pub endpoint_id: String,
    pub gateway: String,
    #[serde(rename = "GlobalIPv6Address")]
    pub global_ipv6_address: String,
    #[serde(rename = "GlobalIPv6PrefixLen")]
    pub global_ipv6_prefix_len: u8,
    #[serde(rename = "IPAddress")]
    pub ip_address: String,
    #[serde(rename = "IPPrefixLen")]
    pub ip_prefix_len: u8,
    #[serde(rename = "IPv6Gateway")]
    pub ipv6_gateway: String,
    pub mac_address: String,
    #[serde(deserialize_with = "go::null")]
    pub networks: BTreeMap<String, EndpointSettings>,
}
