//! Numbers of several runs.

use std::time::{Duration, Instant};

/// What several runs gave.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Runs something several times, and once before to warm up; milliseconds.
    pub fn timed(count: usize, mut run: impl FnMut()) -> Self {
        run();
        Self::cold(count, run)
    }

    /// The same without the warm-up.
    pub fn cold(count: usize, mut run: impl FnMut()) -> Self {
        (0..count).map(|_| millis(&mut run)).collect()
    }

    /// Runs two things in turn, so that both see the same weather.
    pub fn in_turn(count: usize, mut one: impl FnMut(), mut other: impl FnMut()) -> (Self, Self) {
        one();
        other();
        let pairs = (0..count).map(|_| (millis(&mut one), millis(&mut other)));
        let (ones, others): (Vec<f64>, Vec<f64>) = pairs.unzip();
        (Self::from_iter(ones), Self::from_iter(others))
    }

    pub fn one(value: f64) -> Self {
        Self(vec![value])
    }

    /// The number that a share of the runs stayed below.
    fn quantile(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1) as f64;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let index = (last * share).round() as usize;
        self.0.get(index).copied().unwrap_or(f64::NAN)
    }

    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// What nine of ten runs lie between, roughly.
    pub fn spread(&self) -> (f64, f64) {
        (self.quantile(0.05), self.quantile(0.95))
    }

    pub fn all(&self) -> &[f64] {
        &self.0
    }
}

impl FromIterator<f64> for Samples {
    fn from_iter<T: IntoIterator<Item = f64>>(numbers: T) -> Self {
        let mut numbers: Vec<f64> = numbers.into_iter().collect();
        numbers.sort_by(f64::total_cmp);
        Self(numbers)
    }
}

/// How long something took.
pub fn millis(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    as_millis(start.elapsed())
}

pub fn as_millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::Samples;

    #[test]
    fn the_median_and_what_lies_around_it() {
        let samples: Samples = (1..=21).rev().map(f64::from).collect();
        assert_eq!((samples.median(), samples.spread()), (11.0, (2.0, 20.0)));
        assert!(Samples::default().median().is_nan());
    }
}
