//! Amounts as people type them: `512m`, `1.5`.

use anyhow::bail;

/// Bytes with an optional unit, each 1,024 of the one before: `b`, `k`, `m`, `g`, `t`, `p`.
pub(super) fn bytes(text: &str) -> anyhow::Result<i64> {
    let lower = text.trim().to_ascii_lowercase();
    let digits = lower.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let shift = match lower[digits.len()..]
        .trim_end_matches("ib")
        .trim_end_matches('b')
    {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        "p" => 50,
        _ => bail!("invalid size: \"{text}\""),
    };
    match digits.trim_end().parse::<f64>() {
        Ok(number) if number >= 0.0 && number.is_finite() => {
            Ok((number * (1_i64 << shift) as f64) as i64)
        }
        _ => bail!("invalid size: \"{text}\""),
    }
}

/// Billionths of a CPU.
pub(super) fn nano_cpus(text: &str) -> anyhow::Result<i64> {
    match text.parse::<f64>() {
        Ok(cpus) if cpus >= 0.0 && cpus.is_finite() => Ok((cpus * 1e9).round() as i64),
        _ => bail!("invalid number of CPUs: \"{text}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_binary_units() {
        for (text, expected) in [
            ("0", 0),
            ("512", 512),
            ("4b", 4),
            ("64k", 64 << 10),
            ("512M", 512 << 20),
            ("1.5g", 3 << 29),
            ("2GiB", 2 << 30),
        ] {
            assert_eq!(bytes(text).unwrap(), expected, "{text}");
        }
        for text in ["", "m", "-1", "1x", "nan", "inf"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn cpus_are_billionths() {
        assert_eq!(nano_cpus("1.5").unwrap(), 1_500_000_000);
        assert_eq!(nano_cpus(".1").unwrap(), 100_000_000);
        assert!(nano_cpus("many").is_err());
    }
}
