//! What one container has used, and uses, at one moment.

use std::time::Duration;

use gantry_wire::NetworkStats;
use gantry_wire::gantry::{Usage, UsageSource};

use super::kept::keyed;

#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    pub(super) cpu: Cpu,
    pub(super) memory: Memory,
    pub(super) pids: u64,
    pub(super) pids_limit: Option<u64>,
    pub(super) io: Vec<DeviceIo>,
    /// By the interface's name.
    pub(super) network: Vec<(String, NetworkStats)>,
    pub(super) source: UsageSource,
}

/// Processor time, in nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cpu {
    pub(super) total: u64,
    pub(super) user: u64,
    pub(super) system: u64,
    pub(super) periods: u64,
    pub(super) throttled_periods: u64,
    pub(super) throttled: u64,
}

/// Bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    pub(super) usage: u64,
    pub(super) limit: Option<u64>,
    /// `memory.stat`, as the kernel wrote it.
    pub(super) stat: Vec<u8>,
    /// Cache of files that may go at any time.
    pub(super) inactive_file: u64,
}

impl Memory {
    /// Takes `memory.stat` in. On v1 the lines that count a group with those below it are meant.
    pub(super) fn describe(&mut self, stat: &[u8]) {
        self.stat = stat.to_vec();
        for (key, value) in keyed(stat) {
            match key {
                b"total_inactive_file" => {
                    self.inactive_file = value;
                    return;
                }
                b"inactive_file" => self.inactive_file = value,
                _ => {}
            }
        }
    }

    /// What Docker calls used.
    fn used(&self) -> u64 {
        if self.inactive_file < self.usage {
            self.usage - self.inactive_file
        } else {
            self.usage
        }
    }
}

/// Bytes from and to one device; what has no numbers is the sum of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct DeviceIo {
    pub(super) major: u64,
    pub(super) minor: u64,
    pub(super) read: u64,
    pub(super) written: u64,
}

/// The counters that rates are made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counters {
    cpu: u64,
    rx: u64,
    tx: u64,
    read: u64,
    written: u64,
}

impl Reading {
    pub(super) fn counters(&self) -> Counters {
        let network = |count: fn(&NetworkStats) -> u64| {
            let interfaces = self.network.iter();
            interfaces.map(|(_, counted)| count(counted)).sum()
        };
        Counters {
            cpu: self.cpu.total,
            rx: network(|counted| counted.rx_bytes),
            tx: network(|counted| counted.tx_bytes),
            read: self.io.iter().map(|device| device.read).sum(),
            written: self.io.iter().map(|device| device.written).sum(),
        }
    }

    /// The figures, with rates since earlier counters.
    pub(super) fn usage(&self, before: Counters, passed: Duration) -> Usage {
        let now = self.counters();
        let seconds = passed.as_secs_f64();
        let rate = |now: u64, before: u64| {
            if seconds > 0.0 {
                (now.saturating_sub(before) as f64 / seconds).round() as u64
            } else {
                0
            }
        };
        Usage {
            cpu: rate(now.cpu, before.cpu) as f64 / 1e7,
            memory: self.memory.used(),
            memory_limit: self.memory.limit,
            rx_rate: rate(now.rx, before.rx),
            tx_rate: rate(now.tx, before.tx),
            rx_bytes: now.rx,
            tx_bytes: now.tx,
            read_rate: rate(now.read, before.read),
            write_rate: rate(now.written, before.written),
            read_bytes: now.read,
            write_bytes: now.written,
            pids: self.pids,
            source: self.source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_what_was_added_in_the_time_that_passed() {
        let mut reading = Reading {
            pids: 3,
            ..Reading::default()
        };
        let before = reading.counters();
        reading.cpu.total = 3_000_000_000;
        reading.io.push(DeviceIo {
            read: 4096,
            ..DeviceIo::default()
        });
        let received = NetworkStats {
            rx_bytes: 1000,
            ..NetworkStats::default()
        };
        reading.network.push(("eth0".to_owned(), received));
        let usage = reading.usage(before, Duration::from_secs(2));
        assert!((usage.cpu - 150.0).abs() < 0.001);
        assert_eq!((usage.rx_rate, usage.rx_bytes), (500, 1000));
        assert_eq!((usage.read_rate, usage.pids), (2048, 3));
        assert_eq!(reading.usage(before, Duration::ZERO).rx_rate, 0);
    }

    #[test]
    fn cache_that_nobody_uses_does_not_count_as_used() {
        let mut memory = Memory {
            usage: 100,
            ..Memory::default()
        };
        memory.describe(b"anon 60\ninactive_file 30\n");
        assert_eq!(memory.used(), 70);
        memory.describe(b"inactive_file 30\ntotal_inactive_file 40\n");
        assert_eq!(memory.used(), 60);
        // What the two files say may be of different moments.
        memory.describe(b"inactive_file 130\n");
        assert_eq!(memory.used(), 100);
    }
}
