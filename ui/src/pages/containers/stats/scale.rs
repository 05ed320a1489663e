//! How high a chart goes, and the line that it draws.

use std::fmt::Write;

use gantry_view::{UsagePoint, UsageSpan};

use crate::state::SPAN;

/// Two readings further apart than this had a pause between them.
const PAUSE: i64 = 25 * 1000;
/// The same for means of a minute.
const LONG_PAUSE: i64 = 130 * 1000;
/// An hour in milliseconds.
const HOUR: i64 = 60 * 60 * 1000;

/// The ground that paths are drawn on.
pub const WIDTH: f64 = 480.0;
pub const HEIGHT: f64 = 96.0;

/// The next power of two that has room for a number of bytes, at least a KiB.
pub fn top_of_bytes(peak: u64) -> f64 {
    peak.max(1024)
        .checked_next_power_of_two()
        .unwrap_or(u64::MAX) as f64
}

/// Per cent: all that is allowed where that is little, else the next power of two of cores.
pub fn top_of_cpu(peak: f64, cores: f64) -> f64 {
    if cores > 0.0 && cores <= 4.0 {
        return cores * 100.0;
    }
    let used = (peak / 100.0).ceil().clamp(1.0, 65536.0) as u64;
    used.next_power_of_two() as f64 * 100.0
}

/// What a chart shows: until when, how far back, and how high.
#[derive(Debug, Clone, Copy)]
pub struct Ground {
    pub now: i64,
    pub span: UsageSpan,
    pub top: f64,
}

// Writing into a string cannot fail.
impl Ground {
    /// Where a point lies.
    fn place(self, time: i64, value: f64) -> (f64, f64) {
        let reach = match self.span {
            UsageSpan::Minutes => SPAN,
            UsageSpan::Hour => HOUR,
        };
        let x = WIDTH * (1.0 - (self.now - time) as f64 / reach as f64);
        (x, HEIGHT * (1.0 - (value / self.top).min(1.0)))
    }

    /// The runs of readings without a pause between them.
    fn runs(self, points: &[UsagePoint]) -> impl Iterator<Item = &[UsagePoint]> {
        let pause = match self.span {
            UsageSpan::Minutes => PAUSE,
            UsageSpan::Hour => LONG_PAUSE,
        };
        points.chunk_by(move |a, b| b.time - a.time <= pause)
    }

    /// The line of a value over time.
    pub fn line(self, points: &[UsagePoint], value: impl Fn(&UsagePoint) -> f64) -> String {
        let mut path = String::new();
        for run in self.runs(points) {
            for (at, point) in run.iter().enumerate() {
                let (x, y) = self.place(point.time, value(point));
                let _ = write!(path, "{}{x:.1} {y:.1}", if at == 0 { 'M' } else { 'L' });
            }
        }
        path
    }

    /// What lies below that line.
    pub fn area(self, points: &[UsagePoint], value: impl Fn(&UsagePoint) -> f64) -> String {
        let mut path = String::new();
        for run in self.runs(points) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else {
                continue;
            };
            let (from, to) = (self.place(first.time, 0.0).0, self.place(last.time, 0.0).0);
            let _ = write!(path, "M{from:.1} {HEIGHT}");
            for point in run {
                let (x, y) = self.place(point.time, value(point));
                let _ = write!(path, "L{x:.1} {y:.1}");
            }
            let _ = write!(path, "L{to:.1} {HEIGHT}Z");
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use gantry_view::{Usage, UsagePoint, UsageSpan};

    use super::{Ground, top_of_bytes, top_of_cpu};

    #[test]
    fn a_chart_has_room_for_its_peak() {
        assert_eq!((top_of_bytes(0), top_of_bytes(1500)), (1024.0, 2048.0));
        assert_eq!(
            (top_of_cpu(71.0, 2.0), top_of_cpu(30.0, 0.5)),
            (200.0, 50.0)
        );
        assert_eq!(
            (top_of_cpu(30.0, 16.0), top_of_cpu(310.0, 16.0)),
            (100.0, 400.0)
        );
    }

    #[test]
    fn a_pause_is_no_line() {
        let point = |time, cpu| UsagePoint {
            time,
            usage: Usage {
                cpu,
                ..Usage::default()
            },
        };
        let points = [point(0, 0.0), point(10_000, 50.0), point(300_000, 100.0)];
        let mut ground = Ground {
            now: 300_000,
            span: UsageSpan::Minutes,
            top: 100.0,
        };
        let drawn = ground.line(&points, |point| point.usage.cpu);
        assert_eq!(drawn, "M0.0 96.0L16.0 48.0M480.0 0.0");
        // Of an hour each point is a minute.
        (ground.span, ground.now) = (UsageSpan::Hour, 3_600_000);
        let points = [point(0, 100.0), point(60_000, 0.0)];
        let drawn = ground.line(&points, |point| point.usage.cpu);
        assert_eq!(drawn, "M0.0 0.0L8.0 96.0");
    }
}
