//! Times in filters.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil};

use crate::{Error, Result};

/// A time as Docker reads it: seconds since 1970, RFC 3339, a date with or without a time of this
/// computer's zone, or a length of time before now.
pub(crate) fn moment(text: &str, now: Timestamp) -> Result<Timestamp> {
    let invalid = || {
        Error::Invalid(format!(
            "failed to parse value as time or duration: {text:?}"
        ))
    };
    if let Some(time) = seconds(text) {
        return Ok(time);
    }
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    if let Ok(span) = text.parse::<SignedDuration>() {
        return now.checked_sub(span).map_err(|_| invalid());
    }
    let time = text.parse::<civil::DateTime>().map_err(|_| invalid())?;
    let time = time.to_zoned(TimeZone::system()).map_err(|_| invalid())?;
    Ok(time.timestamp())
}

/// `1700000000` or `1700000000.5`.
fn seconds(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: i64 = whole.parse().ok()?;
    if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanoseconds = format!("{fraction:0<9}").parse().ok()?;
    Timestamp::new(whole, nanoseconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_docker_reads_them() {
        let now = Timestamp::from_second(10_000).unwrap();
        let second = |text: &str| moment(text, now).unwrap().as_second();
        assert_eq!(second("1234"), 1234);
        assert_eq!(second("1234.5"), 1234);
        assert_eq!(second("1970-01-01T00:01:00Z"), 60);
        assert_eq!(second("1h30m"), 10_000 - 5400);
        assert_eq!(second("1.5h"), 10_000 - 5400);
        assert_eq!(second("10s"), 9990);
        assert!(moment("soon", now).is_err());
    }

    #[test]
    fn a_date_without_a_zone_is_of_this_computers() {
        let now = Timestamp::from_second(10_000).unwrap();
        let zoned = |date: civil::Date| date.to_zoned(TimeZone::system()).unwrap().timestamp();
        let midnight = zoned(civil::date(2026, 1, 2));
        assert_eq!(moment("2026-01-02", now).unwrap(), midnight);
        let later = midnight + SignedDuration::from_mins(61);
        assert_eq!(moment("2026-01-02T01:01", now).unwrap(), later);
        assert_eq!(moment("2026-01-02T01:01:00.0", now).unwrap(), later);
    }
}
