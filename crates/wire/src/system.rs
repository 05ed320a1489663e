//! `version`, `info` and `system/df`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{BuildCacheRecord, ContainerSummary, ImageSummary, Object, Volume, go};

/// The answer to `GET /version`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Version {
    pub platform: PlatformName,
    #[serde(deserialize_with = "go::null")]
    pub components: Vec<ComponentVersion>,
    pub version: String,
    pub api_version: String,
    #[serde(rename = "MinAPIVersion")]
    pub min_api_version: String,
    pub git_commit: String,
    /// Empty: there is no Go in here.
    pub go_version: String,
    pub os: String,
    pub arch: String,
    pub kernel_version: String,
    #[serde(skip_serializing_if = "go::is_zero")]
    pub experimental: bool,
    pub build_time: String,
}

/// What the server calls itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct PlatformName {
    pub name: String,
}

/// One part of the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ComponentVersion {
    pub name: String,
    pub version: String,
    #[serde(deserialize_with = "go::null")]
    pub details: BTreeMap<String, String>,
}

/// The answer to `GET /info`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct SystemInfo {
    #[serde(rename = "ID")]
    pub id: String,
    pub containers: i64,
    pub containers_running: i64,
    pub containers_paused: i64,
    pub containers_stopped: i64,
    pub images: i64,
    pub driver: String,
    /// Pairs of a name and a value.
    #[serde(deserialize_with = "go::null")]
    pub driver_status: Vec<[String; 2]>,
    pub plugins: Plugins,
    pub memory_limit: bool,
    pub swap_limit: bool,
    #[serde(rename = "CpuCfsPeriod")]
    pub cpu_cfs_period: bool,
    #[serde(rename = "CpuCfsQuota")]
    pub cpu_cfs_quota: bool,
    #[serde(rename = "CPUShares")]
    pub cpu_shares: bool,
    #[serde(rename = "CPUSet")]
    pub cpu_set: bool,
    pub pids_limit: bool,
    #[serde(rename = "IPv4Forwarding")]
    pub ipv4_forwarding: bool,
    pub debug: bool,
    #[serde(rename = "NFd")]
    pub n_fd: i64,
    pub oom_kill_disable: bool,
    pub n_goroutines: i64,
    pub system_time: String,
    pub logging_driver: String,
    pub cgroup_driver: String,
    pub cgroup_version: String,
    pub n_events_listener: i64,
    pub kernel_version: String,
    pub operating_system: String,
    #[serde(rename = "OSVersion")]
    pub os_version: String,
    #[serde(rename = "OSType")]
    pub os_type: String,
    pub architecture: String,
    pub index_server_address: String,
    pub registry_config: Option<Object>,
    #[serde(rename = "NCPU")]
    pub n_cpu: i64,
    pub mem_total: i64,
    #[serde(with = "go::nullable")]
    pub generic_resources: Vec<Object>,
    pub docker_root_dir: String,
    pub http_proxy: String,
    pub https_proxy: String,
    pub no_proxy: String,
    pub name: String,
    #[serde(deserialize_with = "go::null")]
    pub labels: Vec<String>,
    pub experimental_build: bool,
    pub server_version: String,
    #[serde(deserialize_with = "go::null")]
    pub runtimes: BTreeMap<String, Runtime>,
    pub default_runtime: String,
    /// `{"LocalNodeState": "inactive"}`: there is no swarm.
    #[serde(deserialize_with = "go::null")]
    pub swarm: Object,
    pub live_restore_enabled: bool,
    pub isolation: String,
    pub init_binary: String,
    pub containerd_commit: Commit,
    pub runc_commit: Commit,
    pub init_commit: Commit,
    #[serde(deserialize_with = "go::null")]
    pub security_options: Vec<String>,
    #[serde(rename = "CDISpecDirs", deserialize_with = "go::null")]
    pub cdi_spec_dirs: Vec<String>,
    #[serde(with = "go::nullable")]
    pub warnings: Vec<String>,
}

/// The kinds of plugin that are built in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Plugins {
    #[serde(deserialize_with = "go::null")]
    pub volume: Vec<String>,
    #[serde(deserialize_with = "go::null")]
    pub network: Vec<String>,
    #[serde(with = "go::nullable")]
    pub authorization: Vec<String>,
    #[serde(deserialize_with = "go::null")]
    pub log: Vec<String>,
}

/// An OCI runtime.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Runtime {
    #[serde(skip_serializing_if = "go::is_zero")]
    pub path: String,
}

/// The commit that a helper was built from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Commit {
    #[serde(rename = "ID")]
    pub id: String,
}

/// The answer to `GET /system/df`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct DiskUsage {
    /// Bytes of all layers, each counted once.
    pub layers_size: i64,
    #[serde(deserialize_with = "go::null")]
    pub images: Vec<ImageSummary>,
    #[serde(deserialize_with = "go::null")]
    pub containers: Vec<ContainerSummary>,
    #[serde(deserialize_with = "go::null")]
    pub volumes: Vec<Volume>,
    #[serde(deserialize_with = "go::null")]
    pub build_cache: Vec<BuildCacheRecord>,
    pub builder_size: i64,
}
