//! Limits, as the runtime spec words them.

use gantry_wire::{Resources, ThrottleDevice, WeightDevice};
use oci_spec::runtime::{
    LinuxBlockIo, LinuxBlockIoBuilder, LinuxCpu, LinuxCpuBuilder, LinuxMemory, LinuxMemoryBuilder,
    LinuxPidsBuilder, LinuxResources, LinuxResourcesBuilder, LinuxThrottleDevice,
    LinuxThrottleDeviceBuilder, LinuxWeightDevice, LinuxWeightDeviceBuilder,
};

use super::{devices, made};
use crate::container::record::Definition;
use crate::{Error, Result};

/// Microseconds of the period that `--cpus` is a share of.
const PERIOD: u64 = 100_000;

pub(crate) fn of(definition: &Definition, device_rules: bool) -> Result<LinuxResources> {
    let wish = &definition.host_config.resources;
    let mut resources = LinuxResourcesBuilder::default();
    if device_rules {
        resources = resources.devices(devices::rules(&definition.host_config)?);
    }
    if let Some(memory) = memory(wish)? {
        resources = resources.memory(memory);
    }
    if let Some(cpu) = cpu(wish)? {
        resources = resources.cpu(cpu);
    }
    if let Some(limit) = wish.pids_limit.filter(|limit| *limit > 0) {
        resources = resources.pids(made(LinuxPidsBuilder::default().limit(limit).build())?);
    }
    if let Some(io) = block_io(wish)? {
        resources = resources.block_io(io);
    }
    made(resources.build())
}

/// Memory without a word about swap gets as much swap again, as Docker's documentation says.
fn memory(wish: &Resources) -> Result<Option<LinuxMemory>> {
    let swappiness = wish
        .memory_swappiness
        .and_then(|value| u64::try_from(value).ok());
    if wish.memory <= 0 && wish.memory_reservation <= 0 && swappiness.is_none() {
        return Ok(None);
    }
    let mut memory = LinuxMemoryBuilder::default();
    if wish.memory > 0 {
        let swap = match wish.memory_swap {
            0 => wish.memory.saturating_mul(2),
            given => given,
        };
        memory = memory.limit(wish.memory).swap(swap);
    }
    if wish.memory_reservation > 0 {
        memory = memory.reservation(wish.memory_reservation);
    }
    if let Some(swappiness) = swappiness {
        memory = memory.swappiness(swappiness);
    }
    made(memory.build()).map(Some)
}

fn cpu(wish: &Resources) -> Result<Option<LinuxCpu>> {
    let mut cpu = LinuxCpuBuilder::default();
    let mut any = false;
    if wish.nano_cpus > 0 {
        let quota = i128::from(wish.nano_cpus) * i128::from(PERIOD) / 1_000_000_000;
        cpu = cpu
            .period(PERIOD)
            .quota(i64::try_from(quota).unwrap_or(i64::MAX));
        any = true;
    }
    if wish.cpu_period > 0 {
        cpu = cpu.period(wish.cpu_period.unsigned_abs());
        any = true;
    }
    if wish.cpu_quota > 0 {
        cpu = cpu.quota(wish.cpu_quota);
        any = true;
    }
    if wish.cpu_shares > 0 {
        cpu = cpu.shares(wish.cpu_shares.unsigned_abs());
        any = true;
    }
    if !wish.cpuset_cpus.is_empty() {
        cpu = cpu.cpus(wish.cpuset_cpus.clone());
        any = true;
    }
    if !wish.cpuset_mems.is_empty() {
        cpu = cpu.mems(wish.cpuset_mems.clone());
        any = true;
    }
    if any {
        made(cpu.build()).map(Some)
    } else {
        Ok(None)
    }
}

fn block_io(wish: &Resources) -> Result<Option<LinuxBlockIo>> {
    let mut io = LinuxBlockIoBuilder::default();
    let mut any = wish.blkio_weight > 0;
    if any {
        io = io.weight(wish.blkio_weight);
    }
    if !wish.blkio_weight_device.is_empty() {
        io = io.weight_device(
            wish.blkio_weight_device
                .iter()
                .map(weight_device)
                .collect::<Result<Vec<_>>>()?,
        );
        any = true;
    }
    let throttles = |list: &[ThrottleDevice]| {
        list.iter()
            .map(throttle_device)
            .collect::<Result<Vec<LinuxThrottleDevice>>>()
    };
    if !wish.blkio_device_read_bps.is_empty() {
        io = io.throttle_read_bps_device(throttles(&wish.blkio_device_read_bps)?);
        any = true;
    }
    if !wish.blkio_device_write_bps.is_empty() {
        io = io.throttle_write_bps_device(throttles(&wish.blkio_device_write_bps)?);
        any = true;
    }
    if !wish.blkio_device_read_iops.is_empty() {
        io = io.throttle_read_iops_device(throttles(&wish.blkio_device_read_iops)?);
        any = true;
    }
    if !wish.blkio_device_write_iops.is_empty() {
        io = io.throttle_write_iops_device(throttles(&wish.blkio_device_write_iops)?);
        any = true;
    }
    if any {
        made(io.build()).map(Some)
    } else {
        Ok(None)
    }
}

fn weight_device(device: &WeightDevice) -> Result<LinuxWeightDevice> {
    let (major, minor) = numbers(&device.path)?;
    made(
        LinuxWeightDeviceBuilder::default()
            .major(major)
            .minor(minor)
            .weight(device.weight)
            .build(),
    )
}

fn throttle_device(device: &ThrottleDevice) -> Result<LinuxThrottleDevice> {
    let (major, minor) = numbers(&device.path)?;
    made(
        LinuxThrottleDeviceBuilder::default()
            .major(major)
            .minor(minor)
            .rate(device.rate)
            .build(),
    )
}

fn numbers(path: &str) -> Result<(i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(path)
        .map_err(|error| Error::Invalid(format!("device {path}: {error}")))?;
    let device = found.rdev();
    Ok((
        i64::from(rustix::fs::major(device)),
        i64::from(rustix::fs::minor(device)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpus_become_a_quota_and_memory_brings_its_swap() {
        let wish = Resources {
            nano_cpus: 1_500_000_000,
            memory: 64 << 20,
            ..Resources::default()
        };
        let cpu = cpu(&wish).unwrap().unwrap();
        assert_eq!((cpu.quota(), cpu.period()), (Some(150_000), Some(100_000)));
        let memory = memory(&wish).unwrap().unwrap();
        assert_eq!(
            (memory.limit(), memory.swap()),
            (Some(64 << 20), Some(128 << 20))
        );
    }

    #[test]
    fn no_limits_make_no_entries() {
        let wish = Resources {
            memory_swappiness: Some(-1),
            ..Resources::default()
        };
        assert_eq!(memory(&wish).unwrap(), None);
        assert_eq!(cpu(&wish).unwrap(), None);
        assert_eq!(block_io(&wish).unwrap(), None);
    }
}
