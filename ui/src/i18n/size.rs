//! Sizes: binary units, three digits.

use super::grouped;

const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];

/// Three digits and a binary unit: `148 MiB`, `1.20 GiB` becomes `1.2 GiB`, `999 B`.
pub fn size(bytes: u64) -> String {
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64;
    let mut unit = 0;
    // 999.5 would be rounded to a fourth digit.
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let decimals = match value {
        value if value < 9.995 => 2,
        value if value < 99.95 => 1,
        _ => 0,
    };
    let digits = format!("{value:.decimals$}");
    let digits = if digits.contains('.') {
        digits.trim_end_matches('0').trim_end_matches('.')
    } else {
        &digits
    };
    // One decimal always stays beside a small number of a large unit, so that columns hold.
    let padded = if decimals > 0 && !digits.contains('.') {
        format!("{digits}.0")
    } else {
        digits.to_owned()
    };
    format!("{padded} {}", UNITS[unit])
}

impl super::Text {
    /// A size in three digits; both languages write it alike.
    #[allow(clippy::unused_self)]
    pub fn size(self, bytes: u64) -> String {
        size(bytes)
    }

    /// How much of something: `64.5 of 109 MiB`, `900 KiB of 1.2 MiB`.
    pub fn part_of(self, done: u64, total: u64) -> String {
        let (done, total) = (size(done), size(total));
        let same = done.split_once(' ').map(|(_, unit)| unit)
            == total.split_once(' ').map(|(_, unit)| unit);
        let done = match done.split_once(' ') {
            Some((digits, _)) if same => digits,
            _ => &done,
        };
        match self.lang {
            super::Lang::En => format!("{done} of {total}"),
            super::Lang::Ko => format!("{total} 중 {done}"),
        }
    }

    /// A size to the byte: `4,509,715,660 bytes`.
    pub fn exact_bytes(self, bytes: u64) -> String {
        match self.lang {
            super::Lang::En if bytes == 1 => "1 byte".to_owned(),
            super::Lang::En => format!("{} bytes", grouped(bytes)),
            super::Lang::Ko => format!("{}바이트", grouped(bytes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Lang, Text},
        size,
    };

    #[test]
    fn a_part_has_its_unit_only_where_it_is_another() {
        let (english, korean) = (Text::new(Lang::En), Text::new(Lang::Ko));
        assert_eq!(english.part_of(66_060_288, 114_294_784), "63.0 of 109 MiB");
        assert_eq!(english.part_of(1024, 1 << 20), "1.0 KiB of 1.0 MiB");
        assert_eq!(korean.part_of(66_060_288, 114_294_784), "109 MiB 중 63.0");
    }

    #[test]
    fn three_digits_and_a_binary_unit() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (2150, "2.1 KiB"),
            (155_189_248, "148 MiB"),
            (1_288_490_189, "1.2 GiB"),
            (5_121_748_500, "4.77 GiB"),
            (1_047_527_424, "999 MiB"),
            (1_048_051_712, "0.98 GiB"),
        ] {
            assert_eq!(size(bytes), text, "{bytes}");
        }
    }
}
