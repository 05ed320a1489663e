//! Resource limits: Docker's checks of the values, and ours of what this machine enforces.

use std::collections::BTreeSet;

use gantry_wire::Resources;

use crate::host::cgroup::{Cgroups, Controller};
use crate::{Error, Result};

/// The smallest memory limit that Docker takes.
const LEAST_MEMORY: i64 = 6 * 1024 * 1024;

/// Refuses limits that contradict themselves or that nobody would enforce. Values that mean
/// "no limit" are no limits: clients send them all the time.
pub(crate) fn check(resources: &Resources, groups: &Cgroups, cpus: u32) -> Result<Vec<String>> {
    check_memory(resources)?;
    check_cpu(resources, cpus)?;
    for (controller, option) in wanted(resources) {
        if !groups.has(controller) {
            return Err(Error::LimitUnavailable {
                limit: option.to_owned(),
                why: groups.reason(controller),
            });
        }
    }
    if resources.memory_swappiness.is_some_and(|value| value >= 0) && groups.version() == "2" {
        return Err(Error::LimitUnavailable {
            limit: "--memory-swappiness".to_owned(),
            why: "cgroup v2 has no swappiness per container".to_owned(),
        });
    }
    let realtime = resources.cpu_realtime_period != 0 || resources.cpu_realtime_runtime != 0;
    for (used, option) in [
        (realtime, "--cpu-rt-period and --cpu-rt-runtime"),
        (!resources.cgroup_parent.is_empty(), "--cgroup-parent"),
    ] {
        if used {
            return Err(Error::Unsupported {
                option: option.to_owned(),
                why: "the engine keeps its containers in control groups of its own".to_owned(),
            });
        }
    }
    let mut warnings = Vec::new();
    for (used, option) in [
        (
            resources.oom_kill_disable == Some(true),
            "--oom-kill-disable",
        ),
        (resources.kernel_memory != 0, "--kernel-memory"),
        (resources.kernel_memory_tcp != 0, "kernel memory for TCP"),
    ] {
        if used {
            warnings.push(format!(
                "Your kernel does not support {option}. It is discarded."
            ));
        }
    }
    Ok(warnings)
}

/// The controllers that the limits need, each with the option that asks for it.
pub(crate) fn wanted(resources: &Resources) -> Vec<(Controller, &'static str)> {
    let swappiness = resources.memory_swappiness.is_some_and(|value| value >= 0);
    let pids = resources.pids_limit.is_some_and(|limit| limit > 0);
    let mut wanted = Vec::new();
    for (used, controller, option) in [
        (resources.memory > 0, Controller::Memory, "--memory"),
        (
            resources.memory_reservation > 0,
            Controller::Memory,
            "--memory-reservation",
        ),
        (swappiness, Controller::Memory, "--memory-swappiness"),
        (resources.nano_cpus > 0, Controller::Cpu, "--cpus"),
        (resources.cpu_quota > 0, Controller::Cpu, "--cpu-quota"),
        (resources.cpu_period > 0, Controller::Cpu, "--cpu-period"),
        (resources.cpu_shares > 0, Controller::Cpu, "--cpu-shares"),
        (
            !resources.cpuset_cpus.is_empty(),
            Controller::Cpuset,
            "--cpuset-cpus",
        ),
        (
            !resources.cpuset_mems.is_empty(),
            Controller::Cpuset,
            "--cpuset-mems",
        ),
        (pids, Controller::Pids, "--pids-limit"),
        (resources.blkio_weight > 0, Controller::Io, "--blkio-weight"),
        (
            !resources.blkio_weight_device.is_empty(),
            Controller::Io,
            "--blkio-weight-device",
        ),
        (
            !resources.blkio_device_read_bps.is_empty(),
            Controller::Io,
            "--device-read-bps",
        ),
        (
            !resources.blkio_device_write_bps.is_empty(),
            Controller::Io,
            "--device-write-bps",
        ),
        (
            !resources.blkio_device_read_iops.is_empty(),
            Controller::Io,
            "--device-read-iops",
        ),
        (
            !resources.blkio_device_write_iops.is_empty(),
            Controller::Io,
            "--device-write-iops",
        ),
    ] {
        if used {
            wanted.push((controller, option));
        }
    }
    wanted
}

/// The controllers of one container. Device rules are enforced wherever the container could make
/// device nodes, which in a user namespace it cannot.
pub(crate) fn controllers(resources: &Resources, rootless: bool) -> BTreeSet<Controller> {
    let devices = (!rootless).then_some(Controller::Devices);
    wanted(resources)
        .into_iter()
        .map(|(controller, _)| controller)
        .chain(devices)
        .collect()
}

fn check_memory(resources: &Resources) -> Result<()> {
    let refuse = |message: &str| Err(Error::Invalid(message.to_owned()));
    let (memory, swap) = (resources.memory, resources.memory_swap);
    if memory < 0 || resources.memory_reservation < 0 {
        return refuse("a memory limit cannot be negative");
    }
    if memory > 0 && memory < LEAST_MEMORY {
        return refuse("Minimum memory limit allowed is 6MB");
    }
    if memory > 0 && swap > 0 && swap < memory {
        return refuse("Minimum memoryswap limit should be larger than memory limit, see usage");
    }
    if memory == 0 && swap > 0 {
        return refuse(
            "You should always set the Memory limit when using Memoryswap limit, see usage",
        );
    }
    if memory > 0 && resources.memory_reservation > memory {
        return refuse(
            "Minimum memory limit can not be less than memory reservation limit, see usage",
        );
    }
    if resources
        .memory_swappiness
        .is_some_and(|value| !(-1..=100).contains(&value))
    {
        return refuse(
            "invalid value for memory swappiness, valid memory swappiness range is 0-100",
        );
    }
    Ok(())
}

fn check_cpu(resources: &Resources, cpus: u32) -> Result<()> {
    let refuse = |message: String| Err(Error::Invalid(message));
    let nano = resources.nano_cpus;
    if nano > 0 && resources.cpu_period > 0 {
        return refuse("Conflicting options: Nano CPUs and CPU Period cannot both be set.".into());
    }
    if nano > 0 && resources.cpu_quota > 0 {
        return refuse("Conflicting options: Nano CPUs and CPU Quota cannot both be set.".into());
    }
    if nano < 0 || nano > i64::from(cpus) * 1_000_000_000 {
        return refuse(format!(
            "range of CPUs is from 0.01 to {cpus}.00, as there are only {cpus} CPUs available"
        ));
    }
    let period = resources.cpu_period;
    if period != 0 && !(1000..=1_000_000).contains(&period) {
        return refuse(
            "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)"
                .into(),
        );
    }
    if resources.cpu_quota > 0 && resources.cpu_quota < 1000 {
        return refuse("CPU cfs quota can not be less than 1ms (i.e. 1000)".into());
    }
    if resources.cpu_shares < 0 {
        return refuse(format!("invalid CPU shares ({})", resources.cpu_shares));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(change: impl FnOnce(&mut Resources)) -> &'static str {
        let mut resources = Resources::default();
        change(&mut resources);
        let groups = Cgroups::V2 {
            parent: "/cg".into(),
            controllers: BTreeSet::from(["memory".to_owned()]),
        };
        check(&resources, &groups, 2).map_or_else(|error| error.code(), |_| "fine")
    }

    #[test]
    fn values_that_mean_no_limit_pass_everywhere() {
        let no_limits = Resources {
            memory_swappiness: Some(-1),
            pids_limit: Some(0),
            oom_kill_disable: Some(false),
            memory_swap: -1,
            ..Resources::default()
        };
        assert_eq!(check(&no_limits, &Cgroups::None, 2).unwrap(), [""; 0]);
    }

    #[test]
    fn a_limit_that_nobody_enforces_is_refused() {
        assert_eq!(code(|r| r.memory = 64 << 20), "fine");
        assert_eq!(code(|r| r.nano_cpus = 500_000_000), "limit-unavailable");
        assert_eq!(code(|r| r.pids_limit = Some(10)), "limit-unavailable");
        assert_eq!(code(|r| r.memory_swappiness = Some(9)), "limit-unavailable");
    }

    #[test]
    fn contradictions_are_refused() {
        assert_eq!(code(|r| r.memory = 1000), "invalid-request");
        assert_eq!(code(|r| r.memory_swap = 1 << 30), "invalid-request");
        assert_eq!(code(|r| r.nano_cpus = 3_000_000_000), "invalid-request");
        assert_eq!(
            code(|r| (r.nano_cpus, r.cpu_quota) = (1_000_000_000, 5000)),
            "invalid-request"
        );
    }
}
