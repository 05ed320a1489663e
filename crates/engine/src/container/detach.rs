//! Detach keys: `ctrl-p,ctrl-q` and the like.

use gantry_shim::protocol::DEFAULT_DETACH_KEYS;

use crate::{Error, Result};

/// The bytes that a terminal sends for the keys; no text means Docker's default.
pub(crate) fn parse(text: Option<&str>) -> Result<Vec<u8>> {
    match text {
        None | Some("") => Ok(DEFAULT_DETACH_KEYS.to_vec()),
        Some(text) => text.split(',').map(key).collect(),
    }
}

fn key(text: &str) -> Result<u8> {
    let invalid = || Error::Invalid(format!("Invalid detach keys ({text}) provided"));
    if let Some(name) = text.strip_prefix("ctrl-") {
        return match name.as_bytes() {
            [letter @ b'a'..=b'z'] => Ok(letter - b'a' + 1),
            b"@" => Ok(0),
            [sign @ b'['..=b'_'] => Ok(sign - b'[' + 27),
            _ => Err(invalid()),
        };
    }
    match text.as_bytes() {
        [byte] => Ok(*byte),
        _ => Err(invalid()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_the_bytes_a_terminal_sends() {
        assert_eq!(parse(None).unwrap(), [16, 17]);
        assert_eq!(parse(Some("ctrl-a,ctrl-[,x")).unwrap(), [1, 27, b'x']);
        assert!(parse(Some("ctrl-1")).is_err());
        assert!(parse(Some("alt")).is_err());
    }
}
