//! Times as Docker writes them: RFC 3339 with up to nine decimals, in UTC.

/// A point in time, written as `2026-01-31T09:30:00.123456789Z`.
pub type Timestamp = jiff::Timestamp;

/// `0001-01-01T00:00:00Z`, Go's zero time: what Docker sends for "has not happened".
pub const NEVER: Timestamp = Timestamp::constant(-62_135_596_800, 0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_is_the_zero_time_of_go() {
        assert_eq!(NEVER.to_string(), "0001-01-01T00:00:00Z");
    }

    #[test]
    fn trailing_zeros_are_trimmed_as_go_does() {
        let time = Timestamp::new(1, 120_000_000).unwrap();
        assert_eq!(time.to_string(), "1970-01-01T00:00:01.12Z");
    }
}
