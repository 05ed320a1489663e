//! Reading a container's control groups, of either version.

use std::path::Path;

use gantry_runtime::CgroupPlan;

use super::kept::{Kept, keyed, number, words};
use super::reading::{Cpu, DeviceIo, Memory};

/// What of a container the kernel counts by group. What is missing here is summed over its
/// processes.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) cpu: Option<CpuFiles>,
    pub(super) memory: Option<MemoryFiles>,
    pub(super) pids: Option<PidsFiles>,
    pub(super) io: Option<IoFile>,
    /// Who is in it.
    pub(super) members: Option<Kept>,
}

#[derive(Debug)]
pub(super) enum CpuFiles {
    /// `cpu.stat` of v2, which is there without the controller too.
    V2(Kept),
    /// `cpuacct.usage`, `cpuacct.stat` and `cpu.stat`.
    V1 {
        usage: Kept,
        split: Option<Kept>,
        throttling: Option<Kept>,
    },
}

#[derive(Debug)]
pub(super) struct MemoryFiles {
    usage: Kept,
    limit: Option<Kept>,
    stat: Option<Kept>,
}

#[derive(Debug)]
pub(super) struct PidsFiles {
    current: Kept,
    limit: Option<Kept>,
}

#[derive(Debug)]
pub(super) enum IoFile {
    V2(Kept),
    V1(Kept),
}

impl Group {
    pub(super) fn open(plan: &CgroupPlan) -> Self {
        match plan {
            CgroupPlan::None => Self::default(),
            CgroupPlan::V2 { path } => Self::unified(path),
            CgroupPlan::V1 {
                controllers,
                unified,
            } => {
                let group = |name: &str| controllers.get(name).map(std::path::PathBuf::as_path);
                let mut found = unified.as_deref().map(Self::unified).unwrap_or_default();
                found.cpu = found.cpu.or_else(|| {
                    let cpu = group("cpu").or_else(|| group("cpuacct"))?;
                    Some(CpuFiles::V1 {
                        usage: Kept::open(cpu.join("cpuacct.usage"))?,
                        split: Kept::open(cpu.join("cpuacct.stat")),
                        throttling: Kept::open(cpu.join("cpu.stat")),
                    })
                });
                found.memory = found.memory.or_else(|| {
                    let memory = group("memory")?;
                    Some(MemoryFiles {
                        usage: Kept::open(memory.join("memory.usage_in_bytes"))?,
                        limit: Kept::open(memory.join("memory.limit_in_bytes")),
                        stat: Kept::open(memory.join("memory.stat")),
                    })
                });
                found.pids = found.pids.or_else(|| pids(group("pids")?));
                found.io = found.io.or_else(|| {
                    let file = "blkio.throttle.io_service_bytes_recursive";
                    Kept::open(group("blkio")?.join(file)).map(IoFile::V1)
                });
                let any = controllers.values().next();
                found.members = found
                    .members
                    .or_else(|| Kept::open(any?.join("cgroup.procs")));
                found
            }
        }
    }

    fn unified(path: &Path) -> Self {
        let memory = Kept::open(path.join("memory.current")).map(|usage| MemoryFiles {
            usage,
            limit: Kept::open(path.join("memory.max")),
            stat: Kept::open(path.join("memory.stat")),
        });
        Self {
            cpu: Kept::open(path.join("cpu.stat")).map(CpuFiles::V2),
            memory,
            pids: pids(path),
            io: Kept::open(path.join("io.stat")).map(IoFile::V2),
            members: Kept::open(path.join("cgroup.procs")),
        }
    }
}

fn pids(path: &Path) -> Option<PidsFiles> {
    Some(PidsFiles {
        current: Kept::open(path.join("pids.current"))?,
        limit: Kept::open(path.join("pids.max")),
    })
}

impl CpuFiles {
    pub(super) fn read(&self, buffer: &mut Vec<u8>) -> Option<Cpu> {
        match self {
            Self::V2(stat) => stat.read(buffer).map(unified_cpu),
            Self::V1 {
                usage,
                split,
                throttling,
            } => {
                let mut cpu = Cpu {
                    total: usage.number(buffer)?,
                    ..Cpu::default()
                };
                let tick = super::processes::tick();
                let split = split.as_ref().and_then(|split| split.read(buffer));
                for (key, value) in split.into_iter().flat_map(keyed) {
                    match key {
                        b"user" => cpu.user = value * tick,
                        b"system" => cpu.system = value * tick,
                        _ => {}
                    }
                }
                let throttling = throttling.as_ref().and_then(|stat| stat.read(buffer));
                for (key, value) in throttling.into_iter().flat_map(keyed) {
                    match key {
                        b"nr_periods" => cpu.periods = value,
                        b"nr_throttled" => cpu.throttled_periods = value,
                        b"throttled_time" => cpu.throttled = value,
                        _ => {}
                    }
                }
                Some(cpu)
            }
        }
    }
}

fn unified_cpu(stat: &[u8]) -> Cpu {
    let mut cpu = Cpu::default();
    for (key, value) in keyed(stat) {
        match key {
            b"usage_usec" => cpu.total = value * 1000,
            b"user_usec" => cpu.user = value * 1000,
            b"system_usec" => cpu.system = value * 1000,
            b"nr_periods" => cpu.periods = value,
            b"nr_throttled" => cpu.throttled_periods = value,
            b"throttled_usec" => cpu.throttled = value * 1000,
            _ => {}
        }
    }
    cpu
}

impl MemoryFiles {
    /// A limit above the computer's memory is none.
    pub(super) fn read(&self, buffer: &mut Vec<u8>, total: u64) -> Option<Memory> {
        let mut memory = Memory {
            usage: self.usage.number(buffer)?,
            ..Memory::default()
        };
        let limit = self.limit.as_ref().and_then(|limit| limit.number(buffer));
        memory.limit = limit.filter(|limit| *limit < total);
        if let Some(stat) = self.stat.as_ref().and_then(|stat| stat.read(buffer)) {
            memory.describe(stat);
        }
        Some(memory)
    }
}

impl PidsFiles {
    /// How many there are and may be.
    pub(super) fn read(&self, buffer: &mut Vec<u8>) -> Option<(u64, Option<u64>)> {
        let current = self.current.number(buffer)?;
        let limit = self.limit.as_ref().and_then(|limit| limit.number(buffer));
        Some((current, limit))
    }
}

impl IoFile {
    pub(super) fn read(&self, buffer: &mut Vec<u8>) -> Option<Vec<DeviceIo>> {
        match self {
            Self::V2(file) => file.read(buffer).map(unified_io),
            Self::V1(file) => file.read(buffer).map(v1_io),
        }
    }
}

/// Lines of `8:0 rbytes=1 wbytes=2 …`.
fn unified_io(stat: &[u8]) -> Vec<DeviceIo> {
    let lines = stat.split(|byte| *byte == b'\n');
    let devices = lines.filter_map(|line| {
        let mut words = words(line);
        let mut device = device(words.next()?)?;
        for word in words {
            let at = word.iter().position(|byte| *byte == b'=')?;
            match &word[..at] {
                b"rbytes" => device.read = number(&word[at + 1..])?,
                b"wbytes" => device.written = number(&word[at + 1..])?,
                _ => {}
            }
        }
        Some(device)
    });
    devices.collect()
}

/// Lines of `8:0 Read 1`, several for each device.
fn v1_io(stat: &[u8]) -> Vec<DeviceIo> {
    let mut devices: Vec<DeviceIo> = Vec::new();
    for line in stat.split(|byte| *byte == b'\n') {
        let mut words = words(line);
        let (Some(name), Some(operation)) = (words.next(), words.next()) else {
            continue;
        };
        let (Some(new), Some(value)) = (device(name), words.next().and_then(number)) else {
            continue;
        };
        let same = |known: &&mut DeviceIo| (known.major, known.minor) == (new.major, new.minor);
        if devices.iter_mut().all(|known| !same(&known)) {
            devices.push(new);
        }
        if let Some(device) = devices.iter_mut().find(same) {
            match operation {
                b"Read" => device.read = value,
                b"Write" => device.written = value,
                _ => {}
            }
        }
    }
    devices
}

/// `8:0`.
fn device(text: &[u8]) -> Option<DeviceIo> {
    let at = text.iter().position(|byte| *byte == b':')?;
    Some(DeviceIo {
        major: number(&text[..at])?,
        minor: number(&text[at + 1..])?,
        ..DeviceIo::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_count_by_device() {
        let one = |minor, read, written| DeviceIo {
            major: 8,
            minor,
            read,
            written,
        };
        let unified = b"8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n8:16 rbytes=5\n";
        assert_eq!(unified_io(unified), [one(0, 10, 20), one(16, 5, 0)]);
        let v1 = b"8:0 Read 10\n8:0 Write 20\n8:0 Sync 30\n8:16 Read 5\nTotal 35\n";
        assert_eq!(v1_io(v1), [one(0, 10, 20), one(16, 5, 0)]);
    }

    #[test]
    fn processor_time_is_in_nanoseconds() {
        let stat = b"usage_usec 3\nuser_usec 2\nsystem_usec 1\nnr_periods 4\nthrottled_usec 5\n";
        let cpu = unified_cpu(stat);
        assert_eq!((cpu.total, cpu.user, cpu.system), (3000, 2000, 1000));
        assert_eq!((cpu.periods, cpu.throttled), (4, 5000));
    }
}
