//! What containers use: live, and over the last minutes.

use serde::{Deserialize, Serialize};

use crate::call::{call, subscribe};

/// Tells what every running container uses, once a second. Without one it says nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WatchUsage {}
subscribe!(WatchUsage, "watch_usage", UsageRound);

/// All running containers at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsageRound {
    pub time: i64,
    /// Memory of the computer, in bytes.
    pub memory_total: u64,
    /// Processors of the computer: 100 % of each may be used.
    pub cpus: u32,
    pub rows: Vec<UsageRow>,
}

/// One container of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsageRow {
    pub id: String,
    pub usage: Usage,
}

/// How far one looks back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UsageSpan {
    /// Five of them, every ten seconds.
    #[default]
    Minutes,
    /// An hour, in means of a minute.
    Hour,
}

/// Reads what a container used.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UsageHistory {
    pub id: String,
    pub span: UsageSpan,
}
call!(UsageHistory, "usage_history", UsagePast);

/// That time of one container, the oldest first. Times while it did not run are left
/// out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UsagePast {
    /// Milliseconds between two points of one run.
    pub step: i64,
    pub points: Vec<UsagePoint>,
}

/// One moment of it. Rates are those since the point before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsagePoint {
    pub time: i64,
    pub usage: Usage,
}

/// What a container uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Per cent of one processor: 150 is one and a half.
    pub cpu: f64,
    pub memory: u64,
    /// `None` where only the computer's memory limits it.
    pub memory_limit: Option<u64>,
    /// Over all its network interfaces, a second.
    pub rx_rate: u64,
    pub tx_rate: u64,
    /// Since its start.
    pub rx_bytes: u64,
    pub tx_bytes: u64,
    /// From and to disks, a second.
    pub read_rate: u64,
    pub write_rate: u64,
    /// Since its start.
    pub read_bytes: u64,
    pub write_bytes: u64,
    /// Processes and threads.
    pub pids: u64,
    /// The figures are summed over its processes, for want of a control group that counts: memory
    /// that processes share is left out.
    pub summed: bool,
}

/// Tells a container's processes with what each uses, once a second while it runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WatchProcesses {
    pub id: String,
}
subscribe!(WatchProcesses, "watch_processes", Vec<Process>);

/// One process of a container.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// As the container sees it.
    pub pid: i32,
    pub command: String,
    /// Per cent of one processor.
    pub cpu: f64,
    /// Bytes that are in memory, shared ones included.
    pub memory: u64,
    pub started_at: i64,
}

/// Writes a table into a file of this computer; the number of bytes. Desktop only: a browser keeps
/// what it knows itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SaveTable {
    pub path: String,
    /// As CSV.
    pub table: String,
}
call!(SaveTable, "save_table", u64);
