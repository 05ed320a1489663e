//! The part of a container that belongs to this host: Docker's `container.HostConfig`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::go;
use crate::{Mount, Object};

/// Published ports: `80/tcp` to the host addresses that lead there.
pub type PortMap = BTreeMap<String, Option<Vec<PortBinding>>>;

/// How a container meets its host.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct HostConfig {
    /// `source:target[:options]`, where the source is a path or a volume's name.
    #[serde(with = "go::nullable")]
    pub binds: Vec<String>,
    #[serde(rename = "ContainerIDFile", deserialize_with = "go::null")]
    pub container_id_file: String,
    #[serde(deserialize_with = "go::null")]
    pub log_config: LogConfig,
    /// `default`, `bridge`, `host`, `none`, `container:ID` or a network's name.
    #[serde(deserialize_with = "go::null")]
    pub network_mode: String,
    #[serde(deserialize_with = "go::null")]
    pub port_bindings: PortMap,
    #[serde(deserialize_with = "go::null")]
    pub restart_policy: RestartPolicy,
    /// The container is removed when it exits.
    #[serde(deserialize_with = "go::null")]
    pub auto_remove: bool,
    #[serde(deserialize_with = "go::null")]
    pub volume_driver: String,
    #[serde(with = "go::nullable")]
    pub volumes_from: Vec<String>,
    /// Height and width of the terminal at the start.
    #[serde(deserialize_with = "go::null")]
    pub console_size: [u32; 2],
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub annotations: BTreeMap<String, String>,
    #[serde(with = "go::nullable")]
    pub cap_add: Vec<String>,
    #[serde(with = "go::nullable")]
    pub cap_drop: Vec<String>,
    #[serde(deserialize_with = "go::null")]
    pub cgroupns_mode: String,
    #[serde(deserialize_with = "go::null")]
    pub dns: Vec<String>,
    #[serde(deserialize_with = "go::null")]
    pub dns_options: Vec<String>,
    #[serde(deserialize_with = "go::null")]
    pub dns_search: Vec<String>,
    #[serde(with = "go::nullable")]
    pub extra_hosts: Vec<String>,
    #[serde(with = "go::nullable")]
    pub group_add: Vec<String>,
    #[serde(deserialize_with = "go::null")]
    pub ipc_mode: String,
    #[serde(deserialize_with = "go::null")]
    pub cgroup: String,
    #[serde(with = "go::nullable")]
    pub links: Vec<String>,
    #[serde(deserialize_with = "go::null")]
    pub oom_score_adj: i64,
    #[serde(deserialize_with = "go::null")]
    pub pid_mode: String,
    #[serde(deserialize_with = "go::null")]
    pub privileged: bool,
    #[serde(deserialize_with = "go::null")]
    pub publish_all_ports: bool,
    #[serde(deserialize_with = "go::null")]
    pub readonly_rootfs: bool,
    #[serde(with = "go::nullable")]
    pub security_opt: Vec<String>,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub storage_opt: BTreeMap<String, String>,
    /// Target path to mount options.
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub tmpfs: BTreeMap<String, String>,
    #[serde(rename = "UTSMode", deserialize_with = "go::null")]
    pub uts_mode: String,
    #[serde(deserialize_with = "go::null")]
    pub userns_mode: String,
    /// Bytes; zero asks for the default of 64 MiB.
    #[serde(deserialize_with = "go::null")]
    pub shm_size: i64,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub sysctls: BTreeMap<String, String>,
    #[serde(deserialize_with = "go::null")]
    pub runtime: String,
    #[serde(deserialize_with = "go::null")]
    pub isolation: String,
    #[serde(flatten)]
    pub resources: Resources,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub mounts: Vec<Mount>,
    /// `None` asks for the default list, an empty list for no masking.
    pub masked_paths: Option<Vec<String>>,
    pub readonly_paths: Option<Vec<String>>,
    /// Runs a small init as pid 1 that reaps zombies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub init: Option<bool>,
    /// Keys that this version does not know, kept as they came.
    #[serde(flatten)]
    pub extra: Object,
}

/// Limits: the part of [`HostConfig`] that `update` can change on a running container.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Resources {
    #[serde(deserialize_with = "go::null")]
    pub cpu_shares: i64,
    /// Bytes; zero is unlimited.
    #[serde(deserialize_with = "go::null")]
    pub memory: i64,
    /// Billionths of a CPU; zero is unlimited.
    #[serde(deserialize_with = "go::null")]
    pub nano_cpus: i64,
    #[serde(deserialize_with = "go::null")]
    pub cgroup_parent: String,
    #[serde(deserialize_with = "go::null")]
    pub blkio_weight: u16,
    #[serde(deserialize_with = "go::null")]
    pub blkio_weight_device: Vec<WeightDevice>,
    #[serde(deserialize_with = "go::null")]
    pub blkio_device_read_bps: Vec<ThrottleDevice>,
    #[serde(deserialize_with = "go::null")]
    pub blkio_device_write_bps: Vec<ThrottleDevice>,
    #[serde(rename = "BlkioDeviceReadIOps", deserialize_with = "go::null")]
    pub blkio_device_read_iops: Vec<ThrottleDevice>,
    #[serde(rename = "BlkioDeviceWriteIOps", deserialize_with = "go::null")]
    pub blkio_device_write_iops: Vec<ThrottleDevice>,
    /// Microseconds.
    #[serde(deserialize_with = "go::null")]
    pub cpu_period: i64,
    /// Microseconds of CPU time in each period.
    #[serde(deserialize_with = "go::null")]
    pub cpu_quota: i64,
    #[serde(deserialize_with = "go::null")]
    pub cpu_realtime_period: i64,
    #[serde(deserialize_with = "go::null")]
    pub cpu_realtime_runtime: i64,
    #[serde(deserialize_with = "go::null")]
    pub cpuset_cpus: String,
    #[serde(deserialize_with = "go::null")]
    pub cpuset_mems: String,
    #[serde(deserialize_with = "go::null")]
    pub devices: Vec<DeviceMapping>,
    #[serde(with = "go::nullable")]
    pub device_cgroup_rules: Vec<String>,
    #[serde(with = "go::nullable")]
    pub device_requests: Vec<DeviceRequest>,
    #[serde(deserialize_with = "go::null")]
    pub memory_reservation: i64,
    /// Memory plus swap in bytes; -1 is unlimited swap.
    #[serde(deserialize_with = "go::null")]
    pub memory_swap: i64,
    pub memory_swappiness: Option<i64>,
    pub oom_kill_disable: Option<bool>,
    /// `None`, zero and -1 are unlimited.
    pub pids_limit: Option<i64>,
    #[serde(deserialize_with = "go::null")]
    pub ulimits: Vec<Ulimit>,
    #[serde(deserialize_with = "go::null")]
    pub cpu_count: i64,
    #[serde(deserialize_with = "go::null")]
    pub cpu_percent: i64,
    #[serde(rename = "IOMaximumIOps", deserialize_with = "go::null")]
    pub io_maximum_iops: u64,
    #[serde(rename = "IOMaximumBandwidth", deserialize_with = "go::null")]
    pub io_maximum_bandwidth: u64,
    #[serde(
        default,
        deserialize_with = "go::null",
        skip_serializing_if = "go::is_zero"
    )]
    pub kernel_memory: i64,
    #[serde(
        rename = "KernelMemoryTCP",
        deserialize_with = "go::null",
        skip_serializing_if = "go::is_zero"
    )]
    pub kernel_memory_tcp: i64,
}

/// Where the log goes. Only `json-file`, the default and an empty name are kept by the engine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct LogConfig {
    #[serde(deserialize_with = "go::null")]
    pub r#type: String,
    #[serde(deserialize_with = "go::null")]
    pub config: BTreeMap<String, String>,
}

/// When a container is started again: `no`, `always`, `unless-stopped`, `on-failure`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct RestartPolicy {
    #[serde(deserialize_with = "go::null")]
    pub name: String,
    #[serde(deserialize_with = "go::null")]
    pub maximum_retry_count: i64,
}

/// A host address of a published port; the port is empty for "any free one".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct PortBinding {
    #[serde(deserialize_with = "go::null")]
    pub host_ip: String,
    #[serde(deserialize_with = "go::null")]
    pub host_port: String,
}

/// A device of the host, with cgroup permissions such as `rwm`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct DeviceMapping {
    #[serde(deserialize_with = "go::null")]
    pub path_on_host: String,
    #[serde(deserialize_with = "go::null")]
    pub path_in_container: String,
    #[serde(deserialize_with = "go::null")]
    pub cgroup_permissions: String,
}

/// A request to a device driver (`--gpus`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct DeviceRequest {
    #[serde(deserialize_with = "go::null")]
    pub driver: String,
    #[serde(deserialize_with = "go::null")]
    pub count: i64,
    #[serde(rename = "DeviceIDs", with = "go::nullable")]
    pub device_ids: Vec<String>,
    #[serde(with = "go::nullable")]
    pub capabilities: Vec<Vec<String>>,
    #[serde(deserialize_with = "go::null")]
    pub options: BTreeMap<String, String>,
}

/// A resource limit by its name without `RLIMIT_`, in lower case; -1 is unlimited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Ulimit {
    #[serde(deserialize_with = "go::null")]
    pub name: String,
    #[serde(deserialize_with = "go::null")]
    pub hard: i64,
    #[serde(deserialize_with = "go::null")]
    pub soft: i64,
}

/// The block I/O weight of a device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct WeightDevice {
    pub path: String,
    pub weight: u16,
}

/// The block I/O rate of a device, in bytes or operations per second.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ThrottleDevice {
    pub path: String,
    pub rate: u64,
}
