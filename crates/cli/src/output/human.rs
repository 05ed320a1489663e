//! Sizes and times as Docker words them.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A size with so many significant digits: `4.27MB`, `512B`. Units are powers of 1,000.
pub(crate) fn size(bytes: i64, digits: usize) -> String {
    const UNITS: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];
    scaled(bytes.max(0) as f64, 1000.0, &UNITS, digits)
}

/// A size of memory: `4.27MiB`. Units are powers of 1,024.
pub(crate) fn binary(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    scaled(bytes as f64, 1024.0, &UNITS, 4)
}

fn scaled(mut value: f64, base: f64, units: &[&str], digits: usize) -> String {
    let mut unit = 0;
    while value >= base && unit + 1 < units.len() {
        value /= base;
        unit += 1;
    }
    let whole = format!("{value:.0}").len();
    let text = format!("{value:.*}", digits.saturating_sub(whole));
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{text}{}", units[unit])
}

/// A span in one unit: `About a minute`, `3 hours`.
pub(crate) fn duration(seconds: i64) -> String {
    let (minutes, hours) = (seconds / 60, (seconds + 1800) / 3600);
    match (seconds, minutes, hours) {
        (..=0, ..) => "Less than a second".to_owned(),
        (1, ..) => "1 second".to_owned(),
        (..=59, ..) => format!("{seconds} seconds"),
        (_, 1, _) => "About a minute".to_owned(),
        (_, ..=59, _) => format!("{minutes} minutes"),
        (.., 1) => "About an hour".to_owned(),
        (.., ..=47) => format!("{hours} hours"),
        (.., ..=335) => format!("{} days", hours / 24),
        (.., ..=1439) => format!("{} weeks", hours / 24 / 7),
        (.., ..=17519) => format!("{} months", hours / 24 / 30),
        _ => format!("{} years", hours / 24 / 365),
    }
}

/// How long ago a time was; nothing for "never".
pub(crate) fn ago(unix_seconds: i64) -> String {
    if unix_seconds <= 0 {
        return "N/A".to_owned();
    }
    let passed = Timestamp::now().as_second() - unix_seconds;
    format!("{} ago", duration(passed))
}

/// A time in full, in the local zone: `2026-01-31 09:30:00 +0000 UTC`.
pub(crate) fn time(unix_seconds: i64) -> String {
    Timestamp::from_second(unix_seconds).map_or_else(
        |_| String::new(),
        |time| {
            Zoned::new(time, TimeZone::system())
                .strftime("%Y-%m-%d %H:%M:%S %z %Z")
                .to_string()
        },
    )
}

/// The same as histories have it: `2026-01-31T09:30:00Z`.
pub(crate) fn moment(unix_seconds: i64) -> String {
    let Ok(time) = Timestamp::from_second(unix_seconds) else {
        return String::new();
    };
    let time = Zoned::new(time, TimeZone::system());
    let format = if time.offset().is_zero() {
        "%Y-%m-%dT%H:%M:%SZ"
    } else {
        "%Y-%m-%dT%H:%M:%S%:z"
    };
    time.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_significant_digits_and_no_idle_zeros() {
        assert_eq!(size(0, 3), "0B");
        assert_eq!(size(999, 3), "999B");
        assert_eq!(size(4_261_550, 3), "4.26MB");
        assert_eq!(size(1_000_000, 3), "1MB");
        assert_eq!(size(123_400_000, 3), "123MB");
        assert_eq!(size(1_234_567_890, 4), "1.235GB");
        assert_eq!(binary(1023), "1023B");
        assert_eq!(binary(1 << 20), "1MiB");
        assert_eq!(binary(7_654_321_000), "7.129GiB");
    }

    #[test]
    fn spans_are_worded_as_docker_words_them() {
        for (seconds, expected) in [
            (0, "Less than a second"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "About a minute"),
            (180, "3 minutes"),
            (3600, "About an hour"),
            (7200, "2 hours"),
            (3 * 86400, "3 days"),
            (21 * 86400, "3 weeks"),
            (90 * 86400, "3 months"),
            (1000 * 86400, "2 years"),
        ] {
            assert_eq!(duration(seconds), expected);
        }
    }
}
