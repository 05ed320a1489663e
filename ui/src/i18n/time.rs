//! Moments and durations, in words.

use std::{cell::Cell, thread::LocalKey};

use js_sys::{Date, Function, Intl, Object};
use wasm_bindgen::JsValue;

use super::{Lang, Text};

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The computer's clock in milliseconds since the Unix epoch.
pub struct Clock;

impl Clock {
    pub fn now() -> i64 {
        Date::now() as i64
    }
}

/// A moment in the time zone of this computer.
pub struct LocalTime(Date);

impl LocalTime {
    pub fn new(millis: i64) -> Self {
        Self(Date::new(&JsValue::from_f64(millis as f64)))
    }

    /// `14:31`.
    pub fn hour_minute(&self) -> String {
        format!("{:02}:{:02}", self.0.get_hours(), self.0.get_minutes())
    }

    /// Whether both fall on the same date.
    pub fn is_same_day(&self, other: &Self) -> bool {
        let day = |date: &Date| (date.get_full_year(), date.get_month(), date.get_date());
        day(&self.0) == day(&other.0)
    }
}

/// `14:31:57.611`, as logs show it.
pub fn clock(millis: i64) -> String {
    let within = (millis + zone(millis)).rem_euclid(DAY);
    format!(
        "{:02}:{:02}:{:02}.{:03}",
        within / HOUR,
        within % HOUR / MINUTE,
        within % MINUTE / SECOND,
        within % SECOND
    )
}

/// `2026-11-20T14:31:57.611Z`.
pub fn utc(millis: i64) -> String {
    let (days, within) = (millis.div_euclid(DAY), millis.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        within / HOUR,
        within % HOUR / MINUTE,
        within % MINUTE / SECOND,
        within % SECOND
    )
}

/// What this computer's clock is ahead of UTC at a moment.
fn zone(millis: i64) -> i64 {
    /// Zones change at whole quarters of an hour.
    const QUARTER: i64 = 15 * MINUTE;
    thread_local! {
        // Asked for once: lines of a log come from one quarter of an hour by the hundred.
        static KNOWN: Cell<Option<(i64, i64)>> = const { Cell::new(None) };
    }
    let quarter = millis.div_euclid(QUARTER);
    if let Some((known, ahead)) = KNOWN.get()
        && known == quarter
    {
        return ahead;
    }
    let behind = LocalTime::new(millis).0.get_timezone_offset();
    let ahead = -(behind * MINUTE as f64) as i64;
    KNOWN.set(Some((quarter, ahead)));
    ahead
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    // Years begin in March, so that the day that comes and goes is the last of one; eras of 400
    // years are all as long. From Howard Hinnant's "chrono-compatible low-level date algorithms".
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = match month {
        0..10 => (0, month + 3),
        _ => (1, month - 9),
    };
    (era * 400 + year_of_era + year, month, day)
}

impl Text {
    /// A duration by its two largest units: `3 d 4 h`, `22 min`, `8 s`.
    pub fn span(self, millis: i64) -> String {
        let millis = millis.max(0);
        let (days, hours) = (millis / DAY, millis % DAY / HOUR);
        let (minutes, seconds) = (millis % HOUR / MINUTE, millis % MINUTE / SECOND);
        let unit = |count: i64, unit: Unit| unit.write(self.lang, count);
        let (first, second) = match () {
            () if days > 0 => (unit(days, Unit::Day), (hours, Unit::Hour)),
            () if hours > 0 => (unit(hours, Unit::Hour), (minutes, Unit::Minute)),
            // A minute is short enough to be read without its seconds, except in its first ten.
            () if minutes >= 10 => (unit(minutes, Unit::Minute), (0, Unit::Second)),
            () if minutes > 0 => (unit(minutes, Unit::Minute), (seconds, Unit::Second)),
            () => (unit(seconds, Unit::Second), (0, Unit::Second)),
        };
        match second {
            (0, _) => first,
            (count, smaller) => format!("{first} {}", unit(count, smaller)),
        }
    }

    /// How long ago, by the largest unit: `12 min ago`, and `just now` under 5 s.
    pub fn ago(self, then: i64, now: i64) -> String {
        let millis = now - then;
        if millis < 5 * SECOND {
            return match self.lang {
                Lang::En => "just now",
                Lang::Ko => "방금",
            }
            .to_owned();
        }
        let (count, unit) = match millis {
            millis if millis < MINUTE => (millis / SECOND, Unit::Second),
            millis if millis < HOUR => (millis / MINUTE, Unit::Minute),
            millis if millis < DAY => (millis / HOUR, Unit::Hour),
            millis if millis < 60 * DAY => (millis / DAY, Unit::Day),
            millis if millis < 700 * DAY => (millis / (30 * DAY), Unit::Month),
            millis => (millis / (365 * DAY), Unit::Year),
        };
        let span = unit.write(self.lang, count);
        match self.lang {
            Lang::En => format!("{span} ago"),
            Lang::Ko => format!("{span} 전"),
        }
    }

    /// How long something took: `0.4 s` below ten seconds, then as [`Self::span`].
    pub fn took(self, millis: i64) -> String {
        if millis >= 10 * SECOND {
            return self.span(millis);
        }
        // Shorter than a tenth of a second is still a tenth.
        let tenths = ((millis + 50) / 100).max(1);
        let seconds = format!("{}.{}", tenths / 10, tenths % 10);
        match self.lang {
            Lang::En => format!("{seconds} s"),
            Lang::Ko => format!("{seconds}초"),
        }
    }

    /// The exact moment with its zone, for hovering and for screen readers.
    pub fn moment(self, millis: i64) -> String {
        let moment = JsValue::from_f64(millis as f64);
        let words = long_format(self.lang).call1(&JsValue::UNDEFINED, &moment);
        words
            .ok()
            .and_then(|words| words.as_string())
            .unwrap_or_else(|| utc(millis))
    }
}

/// Writes a moment in full. Made once for a language: making one takes a browser milliseconds, and
/// a table has one moment in every row.
fn long_format(lang: Lang) -> Function {
    type Kept = Cell<Option<Function>>;
    thread_local! {
        static ENGLISH: Kept = const { Cell::new(None) };
        static KOREAN: Kept = const { Cell::new(None) };
    }
    let kept: &'static LocalKey<Kept> = match lang {
        Lang::En => &ENGLISH,
        Lang::Ko => &KOREAN,
    };
    let format = kept.take().unwrap_or_else(|| {
        let options = Object::new();
        for name in ["dateStyle", "timeStyle"] {
            // Setting a property of a plain object cannot fail.
            let _ = js_sys::Reflect::set(&options, &name.into(), &"long".into());
        }
        Intl::DateTimeFormat::new(&js_sys::Array::of1(&lang.code().into()), &options).format()
    });
    kept.set(Some(format.clone()));
    format
}

#[derive(Debug, Clone, Copy)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Month,
    Year,
}

impl Unit {
    fn write(self, lang: Lang, count: i64) -> String {
        match (lang, self) {
            (Lang::En, Self::Second) => format!("{count} s"),
            (Lang::En, Self::Minute) => format!("{count} min"),
            (Lang::En, Self::Hour) => format!("{count} h"),
            (Lang::En, Self::Day) => format!("{count} d"),
            (Lang::En, Self::Month) if count == 1 => "1 month".to_owned(),
            (Lang::En, Self::Month) => format!("{count} months"),
            (Lang::En, Self::Year) if count == 1 => "1 year".to_owned(),
            (Lang::En, Self::Year) => format!("{count} years"),
            (Lang::Ko, Self::Second) => format!("{count}초"),
            (Lang::Ko, Self::Minute) => format!("{count}분"),
            (Lang::Ko, Self::Hour) => format!("{count}시간"),
            (Lang::Ko, Self::Day) => format!("{count}일"),
            (Lang::Ko, Self::Month) => format!("{count}개월"),
            (Lang::Ko, Self::Year) => format!("{count}년"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY, HOUR, Lang, MINUTE, SECOND, Text, utc};

    #[test]
    fn moments_are_written_in_utc() {
        for (millis, written) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (1_795_185_117_611, "2026-11-20T14:31:57.611Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(utc(millis), written);
        }
    }

    #[test]
    fn spans_have_two_units_at_most() {
        let (en, ko) = (Text::new(Lang::En), Text::new(Lang::Ko));
        for (millis, english, korean) in [
            (0, "0 s", "0초"),
            (8 * SECOND, "8 s", "8초"),
            (4 * MINUTE + 29 * SECOND, "4 min 29 s", "4분 29초"),
            (22 * MINUTE + 5 * SECOND, "22 min", "22분"),
            (3 * DAY + 4 * HOUR + MINUTE, "3 d 4 h", "3일 4시간"),
            (2 * DAY, "2 d", "2일"),
        ] {
            assert_eq!(en.span(millis), english);
            assert_eq!(ko.span(millis), korean);
        }
    }

    #[test]
    fn the_past_has_one_unit() {
        let text = Text::new(Lang::En);
        assert_eq!(text.ago(0, 4 * SECOND), "just now");
        assert_eq!(text.ago(0, 12 * MINUTE + 59 * SECOND), "12 min ago");
        assert_eq!(text.ago(0, 150 * DAY), "5 months ago");
        assert_eq!(Text::new(Lang::Ko).ago(0, 22 * MINUTE), "22분 전");
    }

    #[test]
    fn short_work_is_measured_in_tenths() {
        let text = Text::new(Lang::En);
        assert_eq!(text.took(10), "0.1 s");
        assert_eq!(text.took(430), "0.4 s");
        assert_eq!(text.took(9960), "10.0 s");
        assert_eq!(text.took(12_000), "12 s");
    }
}
