//! Signals by name and number, as Docker reads them.

use crate::{Error, Result};

/// The standard signals of Linux on the processors that we build for.
const NAMES: [(&str, i32); 32] = [
    ("HUP", 1),
    ("INT", 2),
    ("QUIT", 3),
    ("ILL", 4),
    ("TRAP", 5),
    ("ABRT", 6),
    ("BUS", 7),
    ("FPE", 8),
    ("KILL", 9),
    ("USR1", 10),
    ("SEGV", 11),
    ("USR2", 12),
    ("PIPE", 13),
    ("ALRM", 14),
    ("TERM", 15),
    ("STKFLT", 16),
    ("CHLD", 17),
    ("CONT", 18),
    ("STOP", 19),
    ("TSTP", 20),
    ("TTIN", 21),
    ("TTOU", 22),
    ("URG", 23),
    ("XCPU", 24),
    ("XFSZ", 25),
    ("VTALRM", 26),
    ("PROF", 27),
    ("WINCH", 28),
    ("IO", 29),
    ("PWR", 30),
    ("SYS", 31),
    ("CLD", 17),
];

/// The first and the last real-time signal that programs may use (glibc keeps 32 and 33).
const RTMIN: i32 = 34;
const RTMAX: i32 = 64;

pub(crate) const SIGKILL: i32 = 9;
pub(crate) const SIGTERM: i32 = 15;

/// Whether programs take this signal as a wish that they end: INT, QUIT, TERM.
pub(crate) fn asks_to_end(signal: i32) -> bool {
    matches!(signal, 2 | 3 | SIGTERM)
}

/// Whether the kernel sends this signal to a program that did something wrong: ILL, TRAP, ABRT,
/// BUS, FPE, SEGV, SYS.
pub(crate) fn is_a_crash(signal: i32) -> bool {
    matches!(signal, 4..=8 | 11 | 31)
}

/// Reads `9`, `KILL`, `SIGKILL`, `sigkill`, `RTMIN+3`.
pub(crate) fn parse(text: &str) -> Result<i32> {
    let invalid = || Error::Invalid(format!("invalid signal: {text}"));
    if let Ok(number) = text.parse::<i32>() {
        return if (1..=RTMAX).contains(&number) {
            Ok(number)
        } else {
            Err(invalid())
        };
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    if let Some((_, number)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Ok(*number);
    }
    let offset = |rest: &str| {
        if rest.is_empty() {
            Some(0)
        } else {
            rest[1..].parse::<i32>().ok()
        }
    };
    let number = if let Some(rest) = name.strip_prefix("RTMIN")
        && (rest.is_empty() || rest.starts_with('+'))
    {
        offset(rest).map(|offset| RTMIN + offset)
    } else if let Some(rest) = name.strip_prefix("RTMAX")
        && (rest.is_empty() || rest.starts_with('-'))
    {
        offset(rest).map(|offset| RTMAX - offset)
    } else {
        None
    };
    number
        .filter(|number| (RTMIN..=RTMAX).contains(number))
        .ok_or_else(invalid)
}

/// `SIGKILL` for 9; the number itself for one without a name.
pub(crate) fn name(number: i32) -> String {
    NAMES
        .iter()
        .find(|(_, known)| *known == number)
        .map_or_else(|| number.to_string(), |(name, _)| format!("SIG{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_read() {
        for (text, number) in [
            ("9", 9),
            ("KILL", 9),
            ("SIGKILL", 9),
            ("sigusr1", 10),
            ("RTMIN", 34),
            ("SIGRTMIN+3", 37),
            ("RTMAX-1", 63),
        ] {
            assert_eq!(parse(text).unwrap(), number, "{text}");
        }
        for text in ["", "0", "65", "-1", "FOO", "RTMIN+99", "RTMIN3", "RTMAX-é"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_are_named() {
        assert_eq!((name(15).as_str(), name(40).as_str()), ("SIGTERM", "40"));
    }
}
