//! Rounds in the words of those who asked: Docker's JSON of one container, rows of all of them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream;
use gantry_wire as wire;
use gantry_wire::gantry::UsageRound;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::kept::keyed;
use super::reading::{DeviceIo, Reading};
use super::round::Round;
use super::sampler::WATCHED_STEP;
use super::{Rounds, Stats};
use crate::container::View;
use crate::engine::BoxStream;

/// How long the first reading of a container that was just started may take: it is read with the
/// next round at the latest.
const PATIENCE: Duration = Duration::from_secs(3);

/// One row per running container, once a second while any runs.
pub(crate) fn live(stats: &Stats) -> BoxStream<UsageRound> {
    let rounds = stats.watch();
    Box::pin(stream::unfold(rounds, |mut rounds| async move {
        let round = rounds.next().await;
        Some((round.rows(), rounds))
    }))
}

/// The readings of one container, in Docker's shape.
pub(crate) struct Reader {
    rounds: Rounds,
    view: watch::Receiver<Arc<View>>,
    /// What the last one said of the processor, for the next one.
    before: (wire::CpuStats, wire::Timestamp),
}

impl Reader {
    pub(crate) fn new(stats: &Stats, view: watch::Receiver<Arc<View>>) -> Self {
        Self {
            rounds: stats.watch(),
            view,
            before: (wire::CpuStats::default(), wire::NEVER),
        }
    }

    /// One reading; of what does not run, an empty one at once.
    pub(crate) async fn once(&mut self) -> wire::ContainerStats {
        let until = Instant::now() + PATIENCE;
        while self.now().state.is_up() {
            tokio::select! {
                round = self.rounds.next() => if let Some(found) = self.read(&round) {
                    return found;
                },
                () = sleep_until(until) => break,
            }
        }
        self.empty()
    }

    /// The second of two, which tells the first one as well.
    pub(crate) async fn twice(&mut self) -> wire::ContainerStats {
        let first = self.once().await;
        if first.source.is_none() {
            return first;
        }
        self.once().await
    }

    /// Every reading, until the container is removed. While it does not run they are empty.
    pub(crate) fn all(self) -> BoxStream<wire::ContainerStats> {
        Box::pin(stream::unfold(self, |mut this| async move {
            let found = this.next().await?;
            Some((found, this))
        }))
    }

    async fn next(&mut self) -> Option<wire::ContainerStats> {
        let mut step = Instant::now() + WATCHED_STEP;
        loop {
            if self.now().gone {
                return None;
            }
            let up = self.now().state.is_up();
            tokio::select! {
                round = self.rounds.next() => if let Some(found) = self.read(&round) {
                    return Some(found);
                },
                () = sleep_until(step), if !up => return Some(self.empty()),
                changed = self.view.changed() => {
                    changed.ok()?;
                    step = Instant::now() + WATCHED_STEP;
                }
            }
        }
    }

    fn now(&self) -> Arc<View> {
        Arc::clone(&self.view.borrow())
    }

    fn empty(&self) -> wire::ContainerStats {
        let view = self.now();
        wire::ContainerStats {
            id: view.id().as_str().to_owned(),
            name: format!("/{}", view.name),
            ..wire::ContainerStats::default()
        }
    }

    fn read(&mut self, round: &Round) -> Option<wire::ContainerStats> {
        let reading = round.of(self.now().id())?;
        let cpu = cpu(reading, round);
        let now = (cpu.clone(), round.time);
        let (precpu_stats, preread) = std::mem::replace(&mut self.before, now);
        Some(wire::ContainerStats {
            read: round.time,
            preread,
            pids_stats: wire::PidsStats {
                current: reading.pids,
                limit: reading.pids_limit.unwrap_or_default(),
            },
            blkio_stats: wire::BlkioStats {
                io_service_bytes_recursive: reading.io.iter().flat_map(entries).collect(),
                ..wire::BlkioStats::default()
            },
            cpu_stats: cpu,
            precpu_stats,
            memory_stats: memory(reading, round.memory_total),
            networks: reading.network.iter().cloned().collect(),
            source: Some(reading.source),
            ..self.empty()
        })
    }
}

fn cpu(reading: &Reading, round: &Round) -> wire::CpuStats {
    let cpu = &reading.cpu;
    wire::CpuStats {
        cpu_usage: wire::CpuUsage {
            total_usage: cpu.total,
            usage_in_kernelmode: cpu.system,
            usage_in_usermode: cpu.user,
        },
        system_cpu_usage: round.system,
        online_cpus: round.cpus,
        throttling_data: wire::ThrottlingData {
            periods: cpu.periods,
            throttled_periods: cpu.throttled_periods,
            throttled_time: cpu.throttled,
        },
    }
}

fn memory(reading: &Reading, total: u64) -> wire::MemoryStats {
    let memory = &reading.memory;
    let stats: BTreeMap<_, _> = keyed(&memory.stat)
        .map(|(key, value)| (String::from_utf8_lossy(key).into_owned(), value))
        .collect();
    wire::MemoryStats {
        usage: memory.usage,
        stats,
        limit: memory.limit.unwrap_or(total),
    }
}

fn entries(device: &DeviceIo) -> [wire::BlkioEntry; 2] {
    [("read", device.read), ("write", device.written)].map(|(op, value)| wire::BlkioEntry {
        major: device.major,
        minor: device.minor,
        op: op.to_owned(),
        value,
    })
}
