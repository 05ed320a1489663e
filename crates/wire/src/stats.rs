//! `GET /containers/{id}/stats`: what a container uses.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::gantry::UsageSource;
use crate::{NEVER, Timestamp, go};

/// One reading, with the one before it for rates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContainerStats {
    #[serde(skip_serializing_if = "go::is_zero")]
    pub id: String,
    /// With a leading slash.
    #[serde(skip_serializing_if = "go::is_zero")]
    pub name: String,
    pub read: Timestamp,
    pub preread: Timestamp,
    pub pids_stats: PidsStats,
    pub blkio_stats: BlkioStats,
    /// Windows only.
    pub num_procs: u32,
    /// Windows only.
    pub storage_stats: StorageStats,
    pub cpu_stats: CpuStats,
    pub precpu_stats: CpuStats,
    pub memory_stats: MemoryStats,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub networks: BTreeMap<String, NetworkStats>,
    /// Beside what Docker has: where the figures come from; absent for what does not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<UsageSource>,
}

impl Default for ContainerStats {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            read: NEVER,
            preread: NEVER,
            pids_stats: PidsStats::default(),
            blkio_stats: BlkioStats::default(),
            num_procs: 0,
            storage_stats: StorageStats::default(),
            cpu_stats: CpuStats::default(),
            precpu_stats: CpuStats::default(),
            memory_stats: MemoryStats::default(),
            networks: BTreeMap::new(),
            source: None,
        }
    }
}

/// Processes and threads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PidsStats {
    #[serde(skip_serializing_if = "go::is_zero")]
    pub current: u64,
    #[serde(skip_serializing_if = "go::is_zero")]
    pub limit: u64,
}

/// Bytes read and written by device; the other lists are cgroup v1's and stay empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BlkioStats {
    #[serde(with = "go::nullable")]
    pub io_service_bytes_recursive: Vec<BlkioEntry>,
    #[serde(with = "go::nullable")]
    pub io_serviced_recursive: Vec<BlkioEntry>,
    #[serde(with = "go::nullable")]
    pub io_queue_recursive: Vec<BlkioEntry>,
    #[serde(with = "go::nullable")]
    pub io_service_time_recursive: Vec<BlkioEntry>,
    #[serde(with = "go::nullable")]
    pub io_wait_time_recursive: Vec<BlkioEntry>,
    #[serde(with = "go::nullable")]
    pub io_merged_recursive: Vec<BlkioEntry>,
    #[serde(with = "go::nullable")]
    pub io_time_recursive: Vec<BlkioEntry>,
    #[serde(with = "go::nullable")]
    pub sectors_recursive: Vec<BlkioEntry>,
}

/// One counter of one device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BlkioEntry {
    pub major: u64,
    pub minor: u64,
    /// `read` or `write`.
    pub op: String,
    pub value: u64,
}

/// An empty object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageStats {}

/// Processor time, in nanoseconds since the container's start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CpuStats {
    pub cpu_usage: CpuUsage,
    /// What all processors of the computer spent, idle time included.
    #[serde(skip_serializing_if = "go::is_zero")]
    pub system_cpu_usage: u64,
    #[serde(skip_serializing_if = "go::is_zero")]
    pub online_cpus: u32,
    pub throttling_data: ThrottlingData,
}

/// A container's share of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CpuUsage {
    pub total_usage: u64,
    pub usage_in_kernelmode: u64,
    pub usage_in_usermode: u64,
}

/// How often a limit of the processor held the container back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ThrottlingData {
    pub periods: u64,
    pub throttled_periods: u64,
    /// Nanoseconds.
    pub throttled_time: u64,
}

/// Memory, in bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MemoryStats {
    /// With the cache of files; clients subtract `stats.inactive_file`.
    #[serde(skip_serializing_if = "go::is_zero")]
    pub usage: u64,
    /// The keys of the kernel's `memory.stat`.
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub stats: BTreeMap<String, u64>,
    /// The computer's memory where there is no limit.
    #[serde(skip_serializing_if = "go::is_zero")]
    pub limit: u64,
}

/// One network interface, as the container sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkStats {
    pub rx_bytes: u64,
    pub rx_packets: u64,
    pub rx_errors: u64,
    pub rx_dropped: u64,
    pub tx_bytes: u64,
    pub tx_packets: u64,
    pub tx_errors: u64,
    pub tx_dropped: u64,
}
