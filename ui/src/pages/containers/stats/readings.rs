//! The readings of one container: the last minutes, and those that come while it is looked at.

use std::fmt::Write;

use gantry_view::{UsageHistory, UsagePoint, UsageRound, UsageSpan, WatchUsage};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    backend,
    i18n::{Clock, utc},
    state::SPAN,
};

/// After so long, in milliseconds, the hour has another minute.
const MINUTE: i64 = 60 * 1000;

#[derive(Clone, Copy)]
pub struct Readings {
    id: StoredValue<String>,
    /// What is looked back at.
    pub span: RwSignal<UsageSpan>,
    /// The last minutes, the oldest first.
    minutes: RwSignal<Vec<UsagePoint>>,
    /// The hour as far as it was asked for.
    hour: RwSignal<Vec<UsagePoint>>,
    /// When it was asked for.
    asked: StoredValue<i64>,
    /// Cores of the computer.
    pub computer: RwSignal<u32>,
    /// Bytes that it may use.
    pub memory: RwSignal<u64>,
}

impl Readings {
    /// Follows them for as long as the component lives that asked.
    pub fn follow(id: String) -> Self {
        let readings = Self {
            id: StoredValue::new(id),
            span: RwSignal::default(),
            minutes: RwSignal::default(),
            hour: RwSignal::default(),
            asked: StoredValue::default(),
            computer: RwSignal::default(),
            memory: RwSignal::default(),
        };
        let subscription = backend::subscribe(
            &WatchUsage {},
            move |rounds: Vec<UsageRound>| {
                for round in rounds {
                    readings.take(&round);
                }
            },
            // The page still shows what it knows.
            |_| (),
        );
        let subscription = StoredValue::new_local(Some(subscription));
        on_cleanup(move || drop(subscription.try_update_value(Option::take)));
        readings.recall(UsageSpan::Minutes);
        readings
    }

    /// What is shown, the oldest first: an hour ends with the latest reading.
    pub fn points(self) -> Memo<Vec<UsagePoint>> {
        Memo::new(move |_| match self.span.get() {
            UsageSpan::Minutes => self.minutes.get(),
            UsageSpan::Hour => {
                let mut points = self.hour.get();
                let last = points.last().map_or(i64::MIN, |point| point.time);
                let now = self.minutes.with(|minutes| minutes.last().cloned());
                points.extend(now.filter(|point| point.time > last));
                points
            }
        })
    }

    pub fn show(self, span: UsageSpan) {
        self.span.set(span);
        if span == UsageSpan::Hour {
            self.recall(span);
        }
    }

    /// Asks for what was before the readings that come.
    fn recall(self, span: UsageSpan) {
        let id = self.id.get_value();
        if span == UsageSpan::Hour {
            self.asked.set_value(Clock::now());
        }
        spawn_local(async move {
            if let Ok(past) = backend::call(&UsageHistory { id, span }).await {
                match span {
                    UsageSpan::Minutes => self.begin_with(past.points),
                    UsageSpan::Hour => drop(self.hour.try_set(past.points)),
                }
            }
        });
    }

    fn begin_with(self, mut past: Vec<UsagePoint>) {
        let _ = self.minutes.try_update(|points| {
            let first = points.first().map_or(i64::MAX, |point| point.time);
            past.retain(|point| point.time < first);
            past.append(points);
            *points = past;
        });
    }

    fn take(self, round: &UsageRound) {
        let own = |id: &String| round.rows.iter().find(|row| row.id == *id);
        let Some(row) = self.id.with_value(own) else {
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
        self.minutes.update(|points| {
            points.push(point);
            let old = points.partition_point(|point| point.time < round.time - SPAN);
            points.drain(..old);
        });
        let is_due = Clock::now() - self.asked.get_value() >= MINUTE;
        if is_due && self.span.get_untracked() == UsageSpan::Hour {
            self.recall(UsageSpan::Hour);
        }
    }

    /// Every reading as a table that other programs read.
    pub fn csv(points: &[UsagePoint]) -> String {
        let mut text = "time,cpu_percent,memory_bytes,network_in_bytes_per_second,\
            network_out_bytes_per_second,disk_read_bytes_per_second,\
            disk_write_bytes_per_second,processes\n"
            .to_owned();
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
        text
    }
}
