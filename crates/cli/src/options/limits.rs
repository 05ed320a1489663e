//! What `run`, `create` and `update` have in common: limits, and when to start again.

use anyhow::Context;
use clap::Args;
use gantry_wire::{Resources, RestartPolicy};

use super::quantity;

#[derive(Debug, Clone, Default, Args)]
pub(crate) struct LimitOptions {
    /// Memory limit, such as 512m
    #[arg(short, long, value_name = "BYTES")]
    memory: Option<String>,
    /// Soft memory limit
    #[arg(long, value_name = "BYTES")]
    memory_reservation: Option<String>,
    /// Memory plus swap; -1 for unlimited swap
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true)]
    memory_swap: Option<String>,
    /// Number of CPUs, such as 1.5
    #[arg(long)]
    cpus: Option<String>,
    /// Length of the period of its CPU quota, in microseconds
    #[arg(long)]
    cpu_period: Option<i64>,
    /// CPU time that it may use in each period, in microseconds
    #[arg(long, allow_negative_numbers = true)]
    cpu_quota: Option<i64>,
    /// Relative weight of its CPU time
    #[arg(long)]
    cpu_shares: Option<i64>,
    /// CPUs that it may use: 0-3, 0,1
    #[arg(long)]
    cpuset_cpus: Option<String>,
    /// Memory nodes that it may use
    #[arg(long)]
    cpuset_mems: Option<String>,
    /// Most processes; -1 for unlimited
    #[arg(long, allow_negative_numbers = true)]
    pids_limit: Option<i64>,
    /// When to start it again: no, on-failure[:n], always, unless-stopped
    #[arg(long, value_name = "POLICY")]
    restart: Option<String>,
}

impl LimitOptions {
    pub(crate) fn resources(&self) -> anyhow::Result<Resources> {
        Ok(Resources {
            memory: optional_bytes("--memory", self.memory.as_deref())?,
            memory_reservation: optional_bytes(
                "--memory-reservation",
                self.memory_reservation.as_deref(),
            )?,
            memory_swap: match self.memory_swap.as_deref() {
                Some("-1") => -1,
                other => optional_bytes("--memory-swap", other)?,
            },
            nano_cpus: match &self.cpus {
                Some(cpus) => quantity::nano_cpus(cpus).context("--cpus")?,
                None => 0,
            },
            cpu_shares: self.cpu_shares.unwrap_or_default(),
            cpu_period: self.cpu_period.unwrap_or_default(),
            cpu_quota: self.cpu_quota.unwrap_or_default(),
            cpuset_cpus: self.cpuset_cpus.clone().unwrap_or_default(),
            cpuset_mems: self.cpuset_mems.clone().unwrap_or_default(),
            pids_limit: self.pids_limit,
            ..Resources::default()
        })
    }

    /// The policy, if one is named.
    pub(crate) fn restart_policy(&self) -> anyhow::Result<Option<RestartPolicy>> {
        let Some(text) = self.restart.as_deref() else {
            return Ok(None);
        };
        let (name, count) = match text.split_once(':') {
            Some((name, count)) => (
                name,
                count.parse().with_context(|| format!("--restart {text}"))?,
            ),
            None => (text, 0),
        };
        Ok(Some(RestartPolicy {
            name: name.to_owned(),
            maximum_retry_count: count,
        }))
    }
}

/// Docker's default.
pub(super) fn no_restart() -> RestartPolicy {
    RestartPolicy {
        name: "no".to_owned(),
        ..RestartPolicy::default()
    }
}

pub(super) fn optional_bytes(option: &'static str, text: Option<&str>) -> anyhow::Result<i64> {
    match text {
        Some(text) => quantity::bytes(text).context(option),
        None => Ok(0),
    }
}
