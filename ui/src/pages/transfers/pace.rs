//! How fast work goes and how long it will still take.

use std::collections::VecDeque;

/// The speed is a mean over this long.
const WINDOW_MS: i64 = 3000;
/// Before this much has passed, what is left is a guess and not told.
const FIRST_GUESS_MS: i64 = 2000;
/// What is left changes at most this often.
const STEADY_MS: i64 = 1000;

/// What can be said at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reading {
    /// Bytes per second.
    pub speed: Option<f64>,
    /// Milliseconds.
    pub left: Option<i64>,
}

/// Follows the bytes that are done.
#[derive(Debug, Default)]
pub struct Pace {
    begun: Option<i64>,
    samples: VecDeque<(i64, u64)>,
    told: Option<(i64, i64)>,
}

impl Pace {
    /// Takes in how much is done of the total (0 while unknown) at a time in milliseconds.
    pub fn note(&mut self, now: i64, done: u64, total: u64) -> Reading {
        let begun = *self.begun.get_or_insert(now);
        self.samples.push_back((now, done));
        // The newest sample outside of the window stays, so that the mean spans all of it.
        while self.samples.len() > 2 && self.samples[1].0 <= now - WINDOW_MS {
            self.samples.pop_front();
        }
        let speed = self.speed(now, done);
        let left = match speed {
            Some(speed) if speed >= 1.0 && total > done && now - begun >= FIRST_GUESS_MS => {
                let left = (total - done) as f64 / speed * 1000.0;
                Some(self.steady(now, left as i64))
            }
            _ => None,
        };
        Reading { speed, left }
    }

    fn speed(&self, now: i64, done: u64) -> Option<f64> {
        let &(then, before) = self.samples.front()?;
        let seconds = (now - then) as f64 / 1000.0;
        (seconds >= 0.5).then(|| done.saturating_sub(before) as f64 / seconds)
    }

    /// The number that was told last counts down by itself until a second has passed.
    fn steady(&mut self, now: i64, left: i64) -> i64 {
        match self.told {
            Some((at, told)) if now - at < STEADY_MS => told,
            _ => {
                self.told = Some((now, left));
                left
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;

    const MIB: u64 = 1 << 20;

    #[test]
    fn the_speed_is_a_mean_of_three_seconds() {
        let mut pace = Pace::default();
        pace.note(0, 0, 100 * MIB);
        // A burst that is older than the window no longer counts.
        pace.note(1000, 60 * MIB, 100 * MIB);
        for second in 2..=5 {
            pace.note(second * 1000, (58 + 2 * second as u64) * MIB, 100 * MIB);
        }
        let reading = pace.note(6000, 70 * MIB, 100 * MIB);
        assert_eq!(reading.speed, Some(2.0 * MIB as f64));
        assert_eq!(reading.left, Some(15_000));
    }

    #[test]
    fn what_is_left_is_not_told_before_two_seconds() {
        let mut pace = Pace::default();
        pace.note(0, 0, 10 * MIB);
        assert_eq!(pace.note(1500, 3 * MIB, 10 * MIB).left, None);
        assert!(pace.note(2000, 4 * MIB, 10 * MIB).left.is_some());
    }

    #[test]
    fn what_is_left_stays_for_a_second() {
        let mut pace = Pace::default();
        pace.note(0, 0, 100 * MIB);
        let told = pace.note(2000, 20 * MIB, 100 * MIB).left;
        assert_eq!(pace.note(2500, 50 * MIB, 100 * MIB).left, told);
        assert_ne!(pace.note(3000, 55 * MIB, 100 * MIB).left, told);
    }

    #[test]
    fn an_unknown_total_leaves_the_rest_open() {
        let mut pace = Pace::default();
        pace.note(0, 0, 0);
        let reading = pace.note(4000, MIB, 0);
        assert!(reading.speed.is_some());
        assert_eq!(reading.left, None);
    }
}
