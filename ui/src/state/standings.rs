//! What containers used over the last seconds, for lists in the order of it.

use std::collections::HashMap;

use gantry_view::UsageRound;

/// An order holds for so long, in milliseconds: rows that move with each reading cannot be read,
/// let alone be pressed.
const HOLDS: i64 = 5000;

/// What a container used on average: per cent of a processor, and bytes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Standing {
    pub cpu: f64,
    pub memory: f64,
}

/// By container.
pub type Standings = HashMap<String, Standing>;

/// Readings that are not told yet.
#[derive(Default)]
pub(super) struct Gathering {
    /// When the last ones were told.
    told: Option<i64>,
    /// Sums, and of how many readings.
    sums: HashMap<String, (Standing, f64)>,
}

impl Gathering {
    /// Takes a round in; the averages at the first one and then once in a while.
    pub(super) fn take(&mut self, round: &UsageRound) -> Option<Standings> {
        for row in &round.rows {
            let (sum, count) = self.sums.entry(row.id.clone()).or_default();
            sum.cpu += row.usage.cpu;
            sum.memory += row.usage.memory as f64;
            *count += 1.0;
        }
        if self.told.is_some_and(|told| round.time - told < HOLDS) {
            return None;
        }
        self.told = Some(round.time);
        let mean = |(sum, count): (Standing, f64)| Standing {
            cpu: sum.cpu / count,
            memory: sum.memory / count,
        };
        Some(self.sums.drain().map(|(id, sum)| (id, mean(sum))).collect())
    }
}

#[cfg(test)]
mod tests {
    use gantry_view::{Usage, UsageRound, UsageRow};

    use super::Gathering;

    fn round(time: i64, cpu: f64) -> UsageRound {
        UsageRound {
            time,
            memory_total: 0,
            cpus: 2,
            rows: vec![UsageRow {
                id: "a".into(),
                usage: Usage {
                    cpu,
                    ..Usage::default()
                },
            }],
        }
    }

    #[test]
    fn averages_are_told_at_once_and_then_once_in_a_while() {
        let mut gathering = Gathering::default();
        let mut told = |time, cpu| {
            let standings = gathering.take(&round(time, cpu))?;
            Some(standings["a"].cpu)
        };
        assert_eq!(told(0, 9.0), Some(9.0));
        for second in 1..5 {
            assert_eq!(told(second * 1000, 10.0), None);
        }
        assert_eq!(told(5000, 60.0), Some(20.0));
        assert_eq!(told(6000, 0.0), None);
    }
}
