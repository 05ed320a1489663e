//! A connection that lives but brings next to nothing.

use std::time::{Duration, Instant};

/// Bytes that must come in each period: the slowest modem brings more.
const LEAST: u64 = 16 << 10;

/// Watches how fast bytes come.
#[derive(Debug)]
pub(crate) struct Pace {
    period: Duration,
    since: Instant,
    bytes: u64,
}

impl Pace {
    pub fn new(period: Duration, now: Instant) -> Self {
        Self {
            period,
            since: now,
            bytes: 0,
        }
    }

    /// Counts bytes; false when too few came for a whole period.
    pub fn take(&mut self, bytes: u64, now: Instant) -> bool {
        self.bytes += bytes;
        if now.duration_since(self.since) < self.period {
            return true;
        }
        let enough = self.bytes >= LEAST;
        (self.since, self.bytes) = (now, 0);
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trickle_is_noticed_and_a_slow_line_is_not() {
        let start = Instant::now();
        let mut trickle = Pace::new(Duration::from_secs(10), start);
        let mut slow = Pace::new(Duration::from_secs(10), start);
        let mut ended = false;
        for second in 1..=30 {
            let now = start + Duration::from_secs(second);
            ended |= !trickle.take(1, now);
            assert!(slow.take(4 << 10, now));
        }
        assert!(ended);
    }
}
