//! Limits of cgroup2 (Documentation/admin-guide/cgroup-v2.rst).

use std::path::Path;

use oci_spec::runtime::{LinuxBlockIo, LinuxCpu, LinuxMemory, LinuxResources};

use super::files::set;
use crate::failure::{FailureKind, StartFailure, Step};

/// The kernel's default period of a processor quota, in microseconds.
const DEFAULT_PERIOD: u64 = 100_000;

/// Sets the limits.
pub fn limit(group: &Path, resources: &LinuxResources) -> Result<(), StartFailure> {
    if let Some(memory) = resources.memory() {
        limit_memory(group, memory)?;
    }
    if let Some(cpu) = resources.cpu() {
        limit_cpu(group, cpu)?;
    }
    if let Some(pids) = resources.pids().as_ref().filter(|pids| pids.limit() > 0) {
        set(group, "pids.max", &pids.limit().to_string())?;
    }
    if let Some(block_io) = resources.block_io() {
        limit_block_io(group, block_io)?;
    }
    for (file, value) in resources.unified().iter().flatten() {
        if file.contains('/') || !file.contains('.') || file.starts_with("cgroup.") {
            let detail = format!("{file} is not a controller's file");
            return Err(StartFailure::new(
                FailureKind::InvalidBundle,
                Step::Limit,
                detail,
            ));
        }
        set(group, file, value)?;
    }
    Ok(())
}

/// Sets other limits on a group in use.
pub fn update(group: &Path, resources: &LinuxResources) -> Result<(), StartFailure> {
    let swap = resources.memory().and_then(|memory| memory.swap());
    for (unlimited, file) in [
        (resources.pids().is_none(), "pids.max"),
        (swap == Some(-1), "memory.swap.max"),
    ] {
        if unlimited && group.join(file).exists() {
            set(group, file, "max")?;
        }
    }
    limit(group, resources)
}

fn limit_memory(group: &Path, memory: &LinuxMemory) -> Result<(), StartFailure> {
    let limit = memory.limit().filter(|limit| *limit > 0);
    if let Some(limit) = limit {
        set(group, "memory.max", &limit.to_string())?;
    }
    // The spec counts memory and swap together, cgroup2 each for itself.
    match (memory.swap(), limit) {
        (Some(both), Some(limit)) if both >= limit => {
            set(group, "memory.swap.max", &(both - limit).to_string())?;
        }
        (Some(-1), _) => {
            // Unlimited is what a new group has, swap accounting or not.
        }
        (Some(both), _) if both > 0 => {
            let detail = "a swap limit below the memory limit, or without one";
            return Err(StartFailure::new(
                FailureKind::LimitUnavailable,
                Step::Limit,
                detail,
            ));
        }
        _ => {}
    }
    if let Some(reservation) = memory.reservation().filter(|reservation| *reservation > 0) {
        set(group, "memory.low", &reservation.to_string())?;
    }
    Ok(())
}

fn limit_cpu(group: &Path, cpu: &LinuxCpu) -> Result<(), StartFailure> {
    if let Some(shares) = cpu.shares().filter(|shares| *shares > 0) {
        set(group, "cpu.weight", &weight(shares).to_string())?;
    }
    let period = cpu.period().filter(|period| *period > 0);
    let quota = cpu.quota().filter(|quota| *quota > 0);
    if quota.is_some() || period.is_some() {
        let quota = quota.map_or_else(|| "max".to_owned(), |quota| quota.to_string());
        set(
            group,
            "cpu.max",
            &format!("{quota} {}", period.unwrap_or(DEFAULT_PERIOD)),
        )?;
    }
    if let Some(burst) = cpu.burst().filter(|burst| *burst > 0) {
        set(group, "cpu.max.burst", &burst.to_string())?;
    }
    if let Some(idle) = cpu.idle() {
        set(group, "cpu.idle", &idle.to_string())?;
    }
    if let Some(cpus) = cpu.cpus().as_ref().filter(|cpus| !cpus.is_empty()) {
        set(group, "cpuset.cpus", cpus)?;
    }
    if let Some(mems) = cpu.mems().as_ref().filter(|mems| !mems.is_empty()) {
        set(group, "cpuset.mems", mems)?;
    }
    Ok(())
}

/// Shares of v1 (2 to 262144) as a weight of v2 (1 to 10000), on the line that every runtime uses.
fn weight(shares: u64) -> u64 {
    1 + (shares.clamp(2, 262_144) - 2) * 9999 / 262_142
}

fn limit_block_io(group: &Path, block_io: &LinuxBlockIo) -> Result<(), StartFailure> {
    if let Some(weight) = block_io.weight().filter(|weight| *weight > 0) {
        // v1 counts from 10 to 1000, v2 from 1 to 10000.
        let weight = 1 + (u64::from(weight).saturating_sub(10)) * 9999 / 990;
        set(group, "io.weight", &weight.to_string())?;
    }
    for (devices, key) in [
        (block_io.throttle_read_bps_device(), "rbps"),
        (block_io.throttle_write_bps_device(), "wbps"),
        (block_io.throttle_read_iops_device(), "riops"),
        (block_io.throttle_write_iops_device(), "wiops"),
    ] {
        for device in devices.iter().flatten() {
            let value = format!(
                "{}:{} {key}={}",
                device.major(),
                device.minor(),
                device.rate()
            );
            set(group, "io.max", &value)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_cover_the_range() {
        assert_eq!((weight(2), weight(1024), weight(262_144)), (1, 39, 10_000));
        assert_eq!((weight(0), weight(u64::MAX)), (1, 10_000));
    }
}
