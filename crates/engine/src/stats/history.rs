//! The last five minutes of each container, in memory.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use gantry_wire::Timestamp;
use gantry_wire::gantry::{Usage, UsageHistory, UsagePoint};

use crate::container::ContainerId;

/// Between two points of a history.
pub(super) const STEP: Duration = Duration::from_secs(10);

/// How far a history goes back, in seconds.
const SPAN: i64 = 300;

#[derive(Debug, Default)]
pub(super) struct Histories(HashMap<ContainerId, VecDeque<UsagePoint>>);

impl Histories {
    pub(super) fn add(&mut self, id: &ContainerId, time: Timestamp, usage: Usage) {
        let points = match self.0.get_mut(id) {
            Some(points) => points,
            None => self.0.entry(id.clone()).or_default(),
        };
        while points.front().is_some_and(|point| is_old(point, time)) {
            points.pop_front();
        }
        points.push_back(UsagePoint { time, usage });
    }

    pub(super) fn of(&self, id: &ContainerId, now: Timestamp) -> UsageHistory {
        let points = self.0.get(id).into_iter().flatten();
        UsageHistory {
            step: STEP.as_secs() as u32,
            points: points
                .filter(|point| !is_old(point, now))
                .cloned()
                .collect(),
        }
    }

    pub(super) fn forget(&mut self, id: &ContainerId) {
        self.0.remove(id);
    }
}

fn is_old(point: &UsagePoint, now: Timestamp) -> bool {
    now.as_second() - point.time.as_second() > SPAN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_holds_five_minutes() {
        let mut histories = Histories::default();
        let id = ContainerId::random();
        let at = |second| Timestamp::from_second(second).unwrap();
        for step in 0..100 {
            histories.add(&id, at(step * 10), Usage::default());
        }
        let history = histories.of(&id, at(995));
        assert_eq!(history.points.len(), 30);
        assert_eq!(history.points[0].time, at(700));
        assert_eq!(histories.0[&id].len(), 31);
        assert!(histories.of(&id, at(5000)).points.is_empty());
        histories.forget(&id);
        assert!(histories.of(&id, at(995)).points.is_empty());
    }
}
