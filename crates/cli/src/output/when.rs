//! Times as people give them: a moment, or how long ago.

use anyhow::bail;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Turns `2026-01-31T09:30:00Z`, `2026-01-31`, `42m` or seconds since 1970 into
/// `seconds.nanoseconds` since 1970. Moments without a zone are local.
pub(crate) fn unix(text: &str) -> anyhow::Result<String> {
    let time = parse(text, Timestamp::now())?;
    Ok(format!(
        "{}.{:09}",
        time.as_second(),
        time.subsec_nanosecond().unsigned_abs()
    ))
}

fn parse(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    if let Ok(seconds) = seconds.parse()
        && fraction.len() <= 9
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
    {
        let nanoseconds = format!("{fraction:0<9}").parse()?;
        return Ok(Timestamp::new(seconds, nanoseconds)?);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    if let Ok(time) = text.parse::<DateTime>() {
        return Ok(time.to_zoned(TimeZone::system())?.timestamp());
    }
    if let Ok(date) = text.parse::<Date>() {
        return Ok(date.to_zoned(TimeZone::system())?.timestamp());
    }
    if let Ok(duration) = text.parse::<SignedDuration>() {
        return Ok(now - duration);
    }
    bail!("invalid time: \"{text}\" is no moment (2026-01-31T09:30:00Z) and no duration (42m)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_durations_are_read() {
        let now = Timestamp::from_second(10_000).unwrap();
        let read = |text| parse(text, now).unwrap();
        assert_eq!(read("1970-01-01T00:00:05Z").as_second(), 5);
        assert_eq!(read("10m").as_second(), 10_000 - 600);
        assert_eq!(read("1h30m").as_second(), 10_000 - 5400);
        assert_eq!(read("12.5").as_nanosecond(), 12_500_000_000);
        assert!(parse("yesterday", now).is_err());
    }
}
