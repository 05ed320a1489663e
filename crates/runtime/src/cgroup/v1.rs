//! Limits of cgroup v1 (Documentation/admin-guide/cgroup-v1).

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use oci_spec::runtime::{LinuxCpu, LinuxMemory, LinuxResources};

use super::files::{processes, set};
use super::unavailable;
use crate::failure::{During, FailureKind, StartFailure, Step};

/// Makes a group's directory and those above it. A group that exists must be empty, or removing
/// it later would hit someone else.
pub fn make_directory(directory: &Path) -> Result<(), StartFailure> {
    let shown = || directory.display().to_string();
    let parent = directory.parent().filter(|parent| !parent.exists());
    if let Some(parent) = parent {
        make_directory(parent)?;
    }
    match fs::create_dir(directory) {
        Ok(()) => inherit_cpuset(directory).during(Step::Cgroup, shown),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if processes(directory).is_empty() {
                return Ok(());
            }
            let detail = format!("{} is in use", shown());
            Err(StartFailure::new(FailureKind::Other, Step::Cgroup, detail))
        }
        Err(error) => Err(error).during(Step::Cgroup, shown),
    }
}

/// A new cpuset has no processors and no memory, and cannot be entered, until it is given some.
fn inherit_cpuset(directory: &Path) -> io::Result<()> {
    for file in ["cpuset.cpus", "cpuset.mems"] {
        let own = directory.join(file);
        // cgroup2 has these files too; there an empty one means those of the parent.
        if !own.exists() || directory.join("cgroup.controllers").exists() {
            continue;
        }
        let Some(parent) = directory.parent() else {
            continue;
        };
        fs::write(own, fs::read_to_string(parent.join(file))?)?;
    }
    Ok(())
}

/// Sets the limits.
pub fn limit(
    controllers: &BTreeMap<String, PathBuf>,
    resources: &LinuxResources,
) -> Result<(), StartFailure> {
    let groups = Groups(controllers);
    if let Some(memory) = resources.memory() {
        limit_memory(groups, memory)?;
    }
    if let Some(cpu) = resources.cpu() {
        limit_cpu(groups, cpu)?;
    }
    if let Some(pids) = resources.pids().as_ref().filter(|pids| pids.limit() > 0) {
        groups.set("pids", "pids.max", pids.limit())?;
    }
    if let Some(block_io) = resources.block_io() {
        if let Some(weight) = block_io.weight().filter(|weight| *weight > 0) {
            groups.set("blkio", "blkio.weight", weight)?;
        }
        for (devices, file) in [
            (
                block_io.throttle_read_bps_device(),
                "blkio.throttle.read_bps_device",
            ),
            (
                block_io.throttle_write_bps_device(),
                "blkio.throttle.write_bps_device",
            ),
            (
                block_io.throttle_read_iops_device(),
                "blkio.throttle.read_iops_device",
            ),
            (
                block_io.throttle_write_iops_device(),
                "blkio.throttle.write_iops_device",
            ),
        ] {
            for device in devices.iter().flatten() {
                let value = format!("{}:{} {}", device.major(), device.minor(), device.rate());
                groups.set("blkio", file, value)?;
            }
        }
    }
    if resources
        .unified()
        .as_ref()
        .is_some_and(|unified| !unified.is_empty())
    {
        return Err(unavailable("unified"));
    }
    Ok(())
}

/// Sets other limits on groups in use.
pub fn update(
    controllers: &BTreeMap<String, PathBuf>,
    resources: &LinuxResources,
) -> Result<(), StartFailure> {
    if resources.pids().is_none()
        && let Some(group) = controllers.get("pids")
    {
        set(group, "pids.max", "max")?;
    }
    if let Some(group) = controllers.get("memory")
        && let Some(memory) = resources.memory()
        && let (Some(both), Some(limit)) = (memory.swap(), memory.limit())
    {
        // Memory may never have more than memory and swap together.
        const BOTH: &str = "memory.memsw.limit_in_bytes";
        let before = fs::read_to_string(group.join(BOTH)).unwrap_or_default();
        let before: i64 = before.trim().parse().unwrap_or(i64::MAX);
        if both == -1 || limit > before {
            set(group, BOTH, &both.to_string())?;
        }
    }
    limit(controllers, resources)
}

#[derive(Clone, Copy)]
struct Groups<'a>(&'a BTreeMap<String, PathBuf>);

impl Groups<'_> {
    fn set(self, controller: &str, file: &str, value: impl ToString) -> Result<(), StartFailure> {
        let group = self
            .0
            .get(controller)
            .ok_or_else(|| unavailable(controller))?;
        set(group, file, &value.to_string())
    }
}

fn limit_memory(groups: Groups<'_>, memory: &LinuxMemory) -> Result<(), StartFailure> {
    if let Some(limit) = memory.limit().filter(|limit| *limit > 0) {
        groups.set("memory", "memory.limit_in_bytes", limit)?;
    }
    // Memory and swap together; not below the limit, so it comes second on a new group.
    if let Some(swap) = memory.swap().filter(|swap| *swap > 0) {
        groups.set("memory", "memory.memsw.limit_in_bytes", swap)?;
    }
    if let Some(reservation) = memory.reservation().filter(|reservation| *reservation > 0) {
        groups.set("memory", "memory.soft_limit_in_bytes", reservation)?;
    }
    if let Some(swappiness) = memory.swappiness() {
        groups.set("memory", "memory.swappiness", swappiness)?;
    }
    if memory.disable_oom_killer() == Some(true) {
        groups.set("memory", "memory.oom_control", 1)?;
    }
    Ok(())
}

fn limit_cpu(groups: Groups<'_>, cpu: &LinuxCpu) -> Result<(), StartFailure> {
    if let Some(shares) = cpu.shares().filter(|shares| *shares > 0) {
        groups.set("cpu", "cpu.shares", shares)?;
    }
    if let Some(period) = cpu.period().filter(|period| *period > 0) {
        groups.set("cpu", "cpu.cfs_period_us", period)?;
    }
    if let Some(quota) = cpu.quota().filter(|quota| *quota > 0) {
        groups.set("cpu", "cpu.cfs_quota_us", quota)?;
    }
    if let Some(burst) = cpu.burst().filter(|burst| *burst > 0) {
        groups.set("cpu", "cpu.cfs_burst_us", burst)?;
    }
    if let Some(period) = cpu.realtime_period().filter(|period| *period > 0) {
        groups.set("cpu", "cpu.rt_period_us", period)?;
    }
    if let Some(runtime) = cpu.realtime_runtime().filter(|runtime| *runtime > 0) {
        groups.set("cpu", "cpu.rt_runtime_us", runtime)?;
    }
    if let Some(cpus) = cpu.cpus().as_ref().filter(|cpus| !cpus.is_empty()) {
        groups.set("cpuset", "cpuset.cpus", cpus)?;
    }
    if let Some(mems) = cpu.mems().as_ref().filter(|mems| !mems.is_empty()) {
        groups.set("cpuset", "cpuset.mems", mems)?;
    }
    Ok(())
}
