//! Numbers as both languages write them.

/// With a separator between thousands: `4,509,715,660`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// As short as it can be told: `14.1k`, `2.3M`, `1B`.
pub fn compact(number: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "B"), (1_000_000, "M"), (1000, "k")];
    let Some((unit, letter)) = UNITS.into_iter().find(|(unit, _)| number >= *unit) else {
        return number.to_string();
    };
    // Cut and not rounded: it never tells more than there are.
    let (whole, tenth) = (number / unit, number % unit / (unit / 10));
    if whole >= 100 || tenth == 0 {
        format!("{whole}{letter}")
    } else {
        format!("{whole}.{tenth}{letter}")
    }
}

#[cfg(test)]
mod tests {
    use super::{compact, grouped};

    #[test]
    fn large_counts_are_told_short() {
        assert_eq!(compact(999), "999");
        assert_eq!(compact(14_199), "14.1k");
        assert_eq!(compact(2_000_000), "2M");
        assert_eq!(compact(512_300_000), "512M");
        assert_eq!(compact(1_050_000_000), "1B");
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1000), "1,000");
        assert_eq!(grouped(4_509_715_660), "4,509,715,660");
    }
}
