//! What containers use: live, and over the last minutes.

use serde::{Deserialize, Serialize};

use crate::{NEVER, Timestamp};

/// One line of `GET /gantry/v1/stats`: every running container at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsageRound {
    pub time: Timestamp,
    /// Memory of the computer, in bytes.
    pub memory_total: u64,
    pub cpus: u32,
    pub rows: Vec<UsageRow>,
}

/// One container of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsageRow {
    pub id: String,
    #[serde(flatten)]
    pub usage: Usage,
}

/// How far `GET /gantry/v1/containers/{id}/stats?span=` goes back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UsageSpan {
    /// Five of them, every ten seconds.
    #[default]
    Minutes,
    /// An hour, in means of a minute.
    Hour,
}

impl UsageSpan {
    /// As the query has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Hour => "hour",
        }
    }
}

/// `GET /gantry/v1/containers/{id}/stats`: that time, the oldest first. Empty for what did not run
/// meanwhile.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UsageHistory {
    /// Seconds between two points of one run.
    pub step: u32,
    pub points: Vec<UsagePoint>,
}

/// One moment of it. Rates are those since the point before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsagePoint {
    pub time: Timestamp,
    #[serde(flatten)]
    pub usage: Usage,
}

impl Default for UsagePoint {
    fn default() -> Self {
        Self {
            time: NEVER,
            usage: Usage::default(),
        }
    }
}

/// What a container uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Per cent of one processor: 150 is one and a half.
    pub cpu: f64,
    /// Bytes, without the cache of files that nobody used for long.
    pub memory: u64,
    /// Bytes; absent where only the computer's memory limits it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_limit: Option<u64>,
    /// Bytes a second, over all its interfaces.
    pub rx_rate: u64,
    pub tx_rate: u64,
    /// Bytes since its start.
    pub rx_bytes: u64,
    pub tx_bytes: u64,
    /// Bytes a second from and to disks.
    pub read_rate: u64,
    pub write_rate: u64,
    /// Bytes since its start.
    pub read_bytes: u64,
    pub write_bytes: u64,
    /// Processes and threads.
    pub pids: u64,
    pub source: UsageSource,
}

/// Where figures come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UsageSource {
    /// The kernel counts for the container's control group.
    #[default]
    Cgroup,
    /// Summed over its processes, for want of one: memory that processes share is left out, and
    /// what very short ones did may be missed.
    Processes,
}

/// One line of `GET /gantry/v1/containers/{id}/processes`: all processes at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProcessRound {
    pub time: Timestamp,
    pub rows: Vec<ProcessRow>,
}

/// One process of a container.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProcessRow {
    /// As the container sees it.
    pub pid: i32,
    /// As the engine sees it.
    pub host_pid: i32,
    pub command: String,
    /// Per cent of one processor since the line before; over its whole life in the first one.
    pub cpu: f64,
    /// Bytes that are in memory, shared ones included.
    pub memory: u64,
    pub threads: u64,
    pub started: Timestamp,
}
