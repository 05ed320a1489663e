//! The last five minutes of each container and, coarser, its last hour, in memory: at most 12 KiB
//! for each.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use gantry_wire::Timestamp;
use gantry_wire::gantry::{Usage, UsageHistory, UsagePoint, UsageSpan};

use crate::container::ContainerId;

/// Between two points of the last minutes.
pub(super) const STEP: Duration = Duration::from_secs(10);

/// Seconds that a point of the last hour stands for.
const MINUTE: i64 = 60;

#[derive(Debug, Default)]
pub(super) struct Histories(HashMap<ContainerId, History>);

#[derive(Debug, Default)]
struct History {
    minutes: VecDeque<UsagePoint>,
    hour: VecDeque<UsagePoint>,
    /// How many readings the latest point of the hour is the mean of.
    counted: u32,
}

impl Histories {
    pub(super) fn add(&mut self, id: &ContainerId, time: Timestamp, usage: Usage) {
        let history = match self.0.get_mut(id) {
            Some(history) => history,
            None => self.0.entry(id.clone()).or_default(),
        };
        history.add(UsagePoint { time, usage });
    }

    pub(super) fn of(&self, id: &ContainerId, now: Timestamp, span: UsageSpan) -> UsageHistory {
        let history = self.0.get(id);
        let (points, step) = match span {
            UsageSpan::Minutes => (history.map(|known| &known.minutes), STEP.as_secs() as u32),
            UsageSpan::Hour => (history.map(|known| &known.hour), MINUTE as u32),
        };
        let points = points.into_iter().flatten();
        UsageHistory {
            step,
            points: points
                .filter(|point| !is_old(point, now, span))
                .cloned()
                .collect(),
        }
    }

    pub(super) fn forget(&mut self, id: &ContainerId) {
        self.0.remove(id);
    }
}

impl History {
    fn add(&mut self, point: UsagePoint) {
        for (points, span) in [
            (&mut self.minutes, UsageSpan::Minutes),
            (&mut self.hour, UsageSpan::Hour),
        ] {
            while points
                .front()
                .is_some_and(|old| is_old(old, point.time, span))
            {
                points.pop_front();
            }
        }
        let minute = |point: &UsagePoint| point.time.as_second().div_euclid(MINUTE);
        match self.hour.back_mut() {
            Some(last) if minute(last) == minute(&point) => {
                last.usage = mean(&last.usage, self.counted, point.usage);
                last.time = point.time;
                self.counted += 1;
            }
            _ => {
                self.hour.push_back(point.clone());
                self.counted = 1;
            }
        }
        self.minutes.push_back(point);
    }
}

/// The mean of so many readings and one more. What counts since the start is what the latest says.
fn mean(known: &Usage, counted: u32, latest: Usage) -> Usage {
    let all = u64::from(counted) + 1;
    let whole = |known: u64, latest: u64| (known * u64::from(counted) + latest) / all;
    Usage {
        cpu: (known.cpu * f64::from(counted) + latest.cpu) / all as f64,
        memory: whole(known.memory, latest.memory),
        rx_rate: whole(known.rx_rate, latest.rx_rate),
        tx_rate: whole(known.tx_rate, latest.tx_rate),
        read_rate: whole(known.read_rate, latest.read_rate),
        write_rate: whole(known.write_rate, latest.write_rate),
        ..latest
    }
}

fn is_old(point: &UsagePoint, now: Timestamp, span: UsageSpan) -> bool {
    let reach = match span {
        UsageSpan::Minutes => 5 * MINUTE,
        UsageSpan::Hour => 60 * MINUTE,
    };
    now.as_second() - point.time.as_second() > reach
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_history_holds_five_minutes() {
        let mut histories = Histories::default();
        let id = ContainerId::random();
        for step in 0..100 {
            histories.add(&id, at(step * 10), Usage::default());
        }
        let minutes = |now| histories.of(&id, at(now), UsageSpan::Minutes).points;
        assert_eq!(minutes(995).len(), 30);
        assert_eq!(minutes(995)[0].time, at(700));
        assert_eq!(histories.0[&id].minutes.len(), 31);
        assert!(minutes(5000).is_empty());
        histories.forget(&id);
        let gone = histories.of(&id, at(995), UsageSpan::Minutes);
        assert!(gone.points.is_empty());
    }

    #[test]
    fn an_hour_is_told_in_means_of_a_minute() {
        let mut histories = Histories::default();
        let id = ContainerId::random();
        for step in 0..1000 {
            let usage = Usage {
                cpu: (step % 6 * 10) as f64,
                memory: 1000 * (step % 6) as u64,
                rx_bytes: step as u64,
                ..Usage::default()
            };
            histories.add(&id, at(step * 10), usage);
        }
        let hour = histories.of(&id, at(9995), UsageSpan::Hour);
        assert_eq!((hour.step, hour.points.len()), (60, 61));
        let point = &hour.points[30];
        assert_eq!((point.usage.cpu, point.usage.memory), (25.0, 2500));
        // Of the last of its readings.
        assert_eq!(at(point.usage.rx_bytes as i64 * 10), point.time);
        let known = &histories.0[&id];
        assert!(known.hour.len() <= 61, "{}", known.hour.len());
        let room = (known.hour.capacity() + known.minutes.capacity()) * size_of::<UsagePoint>();
        assert!(room <= 12 << 10, "{room} bytes");
    }
}
