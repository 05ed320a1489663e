//! Limits of a container that is there, and when it is started again.

use serde::{Deserialize, Serialize};

use crate::{RestartPolicy, call::call};

/// Reads what a container may use.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadLimits {
    pub id: String,
}
call!(ReadLimits, "read_limits", Limits);

/// What a container may use; 0 is no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    pub memory_bytes: u64,
    /// Thousandths of a core.
    pub cpu_millis: u64,
    /// Processes and threads.
    pub pids: u64,
    pub restart: RestartPolicy,
    /// Is removed when it ends, so that nothing starts it again.
    pub auto_remove: bool,
}

/// Changes some of it, at once where the container runs. As with Docker a limit of memory or
/// processor can be another one, but not none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLimits {
    pub id: String,
    pub memory_bytes: Option<u64>,
    pub cpu_millis: Option<u64>,
    /// 0 takes the limit away.
    pub pids: Option<u64>,
    pub restart: Option<RestartPolicy>,
}
call!(ChangeLimits, "change_limits", LimitsChanged);

/// The reply to [`ChangeLimits`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitsChanged {
    /// The words after `docker` that do the same.
    pub command: Vec<String>,
    pub warnings: Vec<String>,
}
