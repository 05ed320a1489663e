//! The readings of one container: the last minutes, and those that come while it is looked at.

use std::fmt::Write;

use gantry_view::{UsageHistory, UsagePoint, UsageRound, WatchUsage};
use leptos::{prelude::*, task::spawn_local};

use crate::{backend, i18n::utc, state::SPAN};

#[derive(Clone, Copy)]
pub struct Readings {
    /// The oldest first.
    pub points: RwSignal<Vec<UsagePoint>>,
    /// Cores of the computer.
    pub computer: RwSignal<u32>,
    /// Bytes that it may use.
    pub memory: RwSignal<u64>,
}

impl Readings {
    /// Follows them for as long as the component lives that asked.
    pub fn follow(id: String) -> Self {
        let readings = Self {
            points: RwSignal::default(),
            computer: RwSignal::default(),
            memory: RwSignal::default(),
        };
        let own = id.clone();
        let subscription = backend::subscribe(
            &WatchUsage {},
            move |rounds: Vec<UsageRound>| {
                for round in rounds {
                    readings.take(&own, &round);
                }
            },
            // The page still shows what it knows.
            |_| (),
        );
        let subscription = StoredValue::new_local(Some(subscription));
        on_cleanup(move || drop(subscription.try_update_value(Option::take)));
        spawn_local(async move {
            let past = backend::call(&UsageHistory { id }).await;
            if let Ok(past) = past {
                readings.begin_with(past.points);
            }
        });
        readings
    }

    /// What was before the readings that came meanwhile.
    fn begin_with(self, mut past: Vec<UsagePoint>) {
        let _ = self.points.try_update(|points| {
            let first = points.first().map_or(i64::MAX, |point| point.time);
            past.retain(|point| point.time < first);
            past.append(points);
            *points = past;
        });
    }

    fn take(self, id: &str, round: &UsageRound) {
        let Some(row) = round.rows.iter().find(|row| row.id == id) else {
            return;
        };
        if self.computer.get_untracked() != round.cpus {
            self.computer.set(round.cpus);
        }
        let memory = row.usage.memory_limit.unwrap_or(round.memory_total);
        if self.memory.get_untracked() != memory {
            self.memory.set(memory);
        }
        let point = UsagePoint {
            time: round.time,
            usage: row.usage,
        };
        self.points.update(|points| {
            points.push(point);
            let old = points.partition_point(|point| point.time < round.time - SPAN);
            points.drain(..old);
        });
    }

    /// Every reading as a table that other programs read.
    pub fn csv(self) -> String {
        let mut text = "time,cpu_percent,memory_bytes,network_in_bytes_per_second,\
            network_out_bytes_per_second,disk_read_bytes_per_second,\
            disk_write_bytes_per_second,processes\n"
            .to_owned();
        self.points.with_untracked(|points| {
            for UsagePoint { time, usage } in points {
                // Writing into a string cannot fail.
                let _ = writeln!(
                    text,
                    "{},{:.2},{},{},{},{},{},{}",
                    utc(*time),
                    usage.cpu,
                    usage.memory,
                    usage.rx_rate,
                    usage.tx_rate,
                    usage.read_rate,
                    usage.write_rate,
                    usage.pids
                );
            }
        });
        text
    }
}
