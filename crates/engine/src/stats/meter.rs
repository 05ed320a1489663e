//! Everything that is read of one running container.

use std::cell::OnceCell;
use std::path::Path;

use gantry_runtime::{Bundle, ProcessIdentity};
use gantry_wire::gantry::UsageSource;

use super::group::Group;
use super::kept::{Kept, number};
use super::network;
use super::processes::{Census, Processes, Sum};
use super::reading::{Cpu, DeviceIo, Memory, Reading};

/// What the reading of several containers shares.
#[derive(Debug, Default)]
pub(super) struct Pass {
    pub(super) buffer: Vec<u8>,
    /// Bytes of the computer's memory.
    pub(super) memory_total: u64,
    census: OnceCell<Census>,
}

impl Pass {
    pub(super) fn new(memory_total: u64) -> Self {
        Self {
            memory_total,
            ..Self::default()
        }
    }
}

/// The open files of one container, from its start to its end.
#[derive(Debug)]
pub(super) struct Meter {
    first: ProcessIdentity,
    group: Group,
    interfaces: Option<Kept>,
    processes: Processes,
}

impl Meter {
    /// Opens what there is, by the bundle that the container was started from. `None` once it is
    /// over.
    pub(super) fn open(bundle: &Path, first: &ProcessIdentity) -> Option<Self> {
        let bundle = Bundle::read(bundle).ok()?;
        let own_network = bundle.spec.linux().as_ref().is_some_and(|linux| {
            let listed = linux.namespaces().iter().flatten();
            let mut kinds = listed.map(oci_spec::runtime::LinuxNamespace::typ);
            kinds.any(|kind| kind == oci_spec::runtime::LinuxNamespaceType::Network)
        });
        let opened = Self {
            group: Group::open(&bundle.cgroup),
            interfaces: own_network
                .then(|| Kept::open(format!("/proc/{}/net/dev", first.pid)))
                .flatten(),
            processes: Processes::default(),
            first: first.clone(),
        };
        // Only now are the files known to be those of this process.
        first.is_alive().then_some(opened)
    }

    /// `None` once it is over.
    pub(super) fn read(&mut self, pass: &mut Pass) -> Option<Reading> {
        self.try_read(pass).ok()
    }

    fn try_read(&mut self, pass: &mut Pass) -> Result<Reading, Over> {
        let Pass {
            buffer,
            memory_total,
            census,
        } = pass;
        let group = &self.group;
        let cpu = read_if_any(group.cpu.as_ref(), |files| files.read(buffer))?;
        let memory = read_if_any(group.memory.as_ref(), |files| {
            files.read(buffer, *memory_total)
        })?;
        let pids = read_if_any(group.pids.as_ref(), |files| files.read(buffer))?;
        let io = read_if_any(group.io.as_ref(), |file| file.read(buffer))?;
        let counted = cpu.is_some() && memory.is_some();
        let sum = if counted && pids.is_some() && io.is_some() {
            Sum::default()
        } else {
            let members = match &group.members {
                Some(members) => numbers(members.read(buffer).ok_or(Over)?),
                None => census.get_or_init(Census::take).of(self.first.pid),
            };
            self.processes.sum(&members, buffer)
        };
        let (pids, pids_limit) = pids.unwrap_or((sum.threads, None));
        if pids == 0 {
            return Err(Over);
        }
        let interfaces = self.interfaces.as_ref();
        let interfaces = interfaces.and_then(|file| file.read(buffer));
        Ok(Reading {
            cpu: cpu.unwrap_or(Cpu {
                total: sum.user + sum.system,
                user: sum.user,
                system: sum.system,
                ..Cpu::default()
            }),
            memory: memory.unwrap_or(Memory {
                usage: sum.memory,
                ..Memory::default()
            }),
            pids,
            pids_limit,
            io: io.unwrap_or_else(|| {
                vec![DeviceIo {
                    read: sum.read,
                    written: sum.written,
                    ..DeviceIo::default()
                }]
            }),
            network: interfaces.map(network::interfaces).unwrap_or_default(),
            source: if counted {
                UsageSource::Cgroup
            } else {
                UsageSource::Processes
            },
        })
    }
}

/// The processes of a running container, those that joined it included.
pub(crate) fn members(bundle: &Path, first: &ProcessIdentity) -> Vec<i32> {
    let group = Bundle::read(bundle).map(|bundle| Group::open(&bundle.cgroup));
    let listed = group.ok().and_then(|group| group.members);
    match listed.and_then(|members| members.read(&mut Vec::new()).map(numbers)) {
        Some(members) => members,
        None => Census::take().of(first.pid),
    }
}

/// The container has ended, and its groups with it.
struct Over;

/// What one of the group's files says, if the group has it.
fn read_if_any<F, T>(
    file: Option<&F>,
    read: impl FnOnce(&F) -> Option<T>,
) -> Result<Option<T>, Over> {
    file.map(|file| read(file).ok_or(Over)).transpose()
}

fn numbers(text: &[u8]) -> Vec<i32> {
    let lines = text.split(|byte| *byte == b'\n').filter_map(number);
    lines.filter_map(|pid| i32::try_from(pid).ok()).collect()
}
