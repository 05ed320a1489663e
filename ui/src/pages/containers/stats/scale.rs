//! How high a chart goes, and the line that it draws.

use std::fmt::Write;

use gantry_view::UsagePoint;

use crate::state::SPAN;

/// Two readings further apart than this had a pause between them.
const PAUSE: i64 = 25 * 1000;

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

/// Where a point lies.
fn place(now: i64, top: f64, time: i64, value: f64) -> (f64, f64) {
    let x = WIDTH * (1.0 - (now - time) as f64 / SPAN as f64);
    (x, HEIGHT * (1.0 - (value / top).min(1.0)))
}

/// The runs of readings without a pause between them.
fn runs(points: &[UsagePoint]) -> impl Iterator<Item = &[UsagePoint]> {
    points.chunk_by(|a, b| b.time - a.time <= PAUSE)
}

// Writing into a string cannot fail.

/// The line of a value over time.
pub fn line(
    points: &[UsagePoint],
    now: i64,
    top: f64,
    value: impl Fn(&UsagePoint) -> f64,
) -> String {
    let mut path = String::new();
    for run in runs(points) {
        for (at, point) in run.iter().enumerate() {
            let (x, y) = place(now, top, point.time, value(point));
            let _ = write!(path, "{}{x:.1} {y:.1}", if at == 0 { 'M' } else { 'L' });
        }
    }
    path
}

/// What lies below that line.
pub fn area(
    points: &[UsagePoint],
    now: i64,
    top: f64,
    value: impl Fn(&UsagePoint) -> f64,
) -> String {
    let mut path = String::new();
    for run in runs(points) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            continue;
        };
        let (from, to) = (
            place(now, top, first.time, 0.0).0,
            place(now, top, last.time, 0.0).0,
        );
        let _ = write!(path, "M{from:.1} {HEIGHT}");
        for point in run {
            let (x, y) = place(now, top, point.time, value(point));
            let _ = write!(path, "L{x:.1} {y:.1}");
        }
        let _ = write!(path, "L{to:.1} {HEIGHT}Z");
    }
    path
}

#[cfg(test)]
mod tests {
    use gantry_view::{Usage, UsagePoint};

    use super::{line, top_of_bytes, top_of_cpu};

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
        let drawn = line(&points, 300_000, 100.0, |point| point.usage.cpu);
        assert_eq!(drawn, "M0.0 96.0L16.0 48.0M480.0 0.0");
    }
}
