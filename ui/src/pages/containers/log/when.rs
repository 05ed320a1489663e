//! A moment as a person types it: `14:30`, `14:30:05`, `2026-01-31`, `2026-01-31 14:30` or `15m`.

use js_sys::Date;
use wasm_bindgen::JsValue;

use crate::i18n::Clock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// So many milliseconds ago.
    Ago(i64),
    /// On the last day that had this time: hours, minutes, seconds.
    Clock(u32, u32, u32),
    /// Year, month, day, and the time.
    Day(u32, u32, u32, (u32, u32, u32)),
}

/// The moment in milliseconds since 1970, in the time zone of this computer; `None` for anything
/// else.
pub fn moment(text: &str) -> Option<i64> {
    let now = Clock::now();
    let of = |date: Date| date.get_time() as i64;
    Some(match parse(text)? {
        When::Ago(millis) => now - millis,
        When::Clock(hour, minute, second) => {
            let date = Date::new(&JsValue::from_f64(now as f64));
            date.set_hours(hour);
            date.set_minutes(minute);
            date.set_seconds(second);
            date.set_milliseconds(0);
            if of(date.clone()) > now {
                date.set_date(date.get_date() - 1);
            }
            of(date)
        }
        When::Day(year, month, day, (hour, minute, second)) => {
            let (month, day) = (month as i32 - 1, day as i32);
            let (hour, minute, second) = (hour as i32, minute as i32, second as i32);
            of(Date::new_with_year_month_day_hr_min_sec(
                year, month, day, hour, minute, second,
            ))
        }
    })
}

fn parse(text: &str) -> Option<When> {
    let text = text.trim();
    if let Some(ago) = ago(text) {
        return Some(When::Ago(ago));
    }
    if let Some((hour, minute, second)) = clock(text) {
        return Some(When::Clock(hour, minute, second));
    }
    let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00"));
    let mut parts = day.split('-').map(|part| part.parse::<u32>().ok());
    let (year, month, date) = (parts.next()??, parts.next()??, parts.next()??);
    let valid = parts.next().is_none()
        && (1970..10_000).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&date);
    valid.then_some(When::Day(year, month, date, clock(time.trim())?))
}

/// `90s`, `15m`, `2h`, `3d`, with or without a minus.
fn ago(text: &str) -> Option<i64> {
    let text = text.trim_start_matches('-');
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    let number: i64 = number.trim_end().parse().ok().filter(|n| *n >= 0)?;
    number.checked_mul(unit)
}

fn clock(text: &str) -> Option<(u32, u32, u32)> {
    let text = text.split('.').next()?;
    let mut parts = text.split(':').map(|part| part.parse::<u32>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = match parts.next() {
        Some(second) => second?,
        None => 0,
    };
    (parts.next().is_none() && hour < 24 && minute < 60 && second < 60)
        .then_some((hour, minute, second))
}

#[cfg(test)]
mod tests {
    use super::{When, parse};

    #[test]
    fn moments_have_several_forms() {
        assert_eq!(parse("14:30"), Some(When::Clock(14, 30, 0)));
        assert_eq!(parse("09:01:59.611"), Some(When::Clock(9, 1, 59)));
        assert_eq!(parse(" 15m "), Some(When::Ago(900_000)));
        assert_eq!(parse("-2h"), Some(When::Ago(7_200_000)));
        assert_eq!(parse("2026-01-31"), Some(When::Day(2026, 1, 31, (0, 0, 0))));
        assert_eq!(
            parse("2026-01-31 14:30"),
            Some(When::Day(2026, 1, 31, (14, 30, 0)))
        );
        for wrong in ["", "m", "25:00", "1:2:3:4", "2026-13-01", "soon", "한"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
