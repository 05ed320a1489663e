//! All containers at one moment.

use std::collections::BTreeMap;

use gantry_wire::Timestamp;
use gantry_wire::gantry::{Usage, UsageRound, UsageRow};

use super::kept::{number, words};
use super::processes;
use super::reading::Reading;
use crate::container::ContainerId;

#[derive(Debug)]
pub(super) struct Round {
    pub(super) time: Timestamp,
    /// What all processors spent since boot, in nanoseconds.
    pub(super) system: u64,
    pub(super) memory_total: u64,
    pub(super) cpus: u32,
    containers: BTreeMap<ContainerId, (Reading, Usage)>,
}

impl Round {
    /// This moment, yet without containers.
    pub(super) fn new(memory_total: u64, cpus: u32) -> Self {
        Self {
            time: Timestamp::now(),
            system: system_time(&std::fs::read("/proc/stat").unwrap_or_default()),
            memory_total,
            cpus,
            containers: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, id: ContainerId, reading: Reading, usage: Usage) {
        self.containers.insert(id, (reading, usage));
    }

    pub(super) fn of(&self, id: &ContainerId) -> Option<&Reading> {
        self.containers.get(id).map(|(reading, _)| reading)
    }

    /// The rows that a window shows.
    pub(super) fn rows(&self) -> UsageRound {
        let rows = self.containers.iter().map(|(id, (_, usage))| UsageRow {
            id: id.as_str().to_owned(),
            usage: *usage,
        });
        UsageRound {
            time: self.time,
            memory_total: self.memory_total,
            cpus: self.cpus,
            rows: rows.collect(),
        }
    }
}

/// The first seven numbers of /proc/stat, as Docker sums them: what follows is part of those.
fn system_time(stat: &[u8]) -> u64 {
    let line = stat.split(|byte| *byte == b'\n').next();
    let fields = words(line.unwrap_or_default()).skip(1).take(7);
    fields.filter_map(number).sum::<u64>() * processes::tick()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_guests_is_not_counted_twice() {
        let stat = b"cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n";
        assert_eq!(system_time(stat), 28 * processes::tick());
        assert_eq!(system_time(b""), 0);
    }
}
