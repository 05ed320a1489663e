//! The keys that detach from a container: `ctrl-p,ctrl-q` unless told otherwise.

/// Watches keys on their way to the container.
#[derive(Debug)]
pub(crate) struct DetachKeys {
    keys: Vec<u8>,
    /// How many of them were just pressed, and held back.
    matched: usize,
}

/// The keys cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("invalid detach keys \"{0}\": give letters or ctrl-letter, separated by commas")]
pub(crate) struct InvalidKeys(String);

impl DetachKeys {
    const DEFAULT: &str = "ctrl-p,ctrl-q";

    /// Reads `a,ctrl-b` and the like.
    pub(crate) fn parse(text: Option<&str>) -> Result<Self, InvalidKeys> {
        let text = text.unwrap_or(Self::DEFAULT);
        let keys = text
            .split(',')
            .map(key)
            .collect::<Option<_>>()
            .ok_or_else(|| InvalidKeys(text.to_owned()))?;
        Ok(Self { keys, matched: 0 })
    }

    /// Passes on what is not part of the keys; `None` once they were pressed.
    pub(crate) fn filter(&mut self, input: &[u8]) -> Option<Vec<u8>> {
        let mut passed = Vec::with_capacity(input.len() + self.matched);
        for &byte in input {
            if byte != self.keys[self.matched] {
                passed.extend_from_slice(&self.keys[..self.matched]);
                self.matched = 0;
            }
            if byte == self.keys[self.matched] {
                self.matched += 1;
                if self.matched == self.keys.len() {
                    return None;
                }
            } else {
                passed.push(byte);
            }
        }
        Some(passed)
    }
}

fn key(text: &str) -> Option<u8> {
    if let [byte] = text.as_bytes() {
        return Some(*byte);
    }
    let [byte] = text.strip_prefix("ctrl-")?.as_bytes() else {
        return None;
    };
    match byte.to_ascii_uppercase() {
        byte @ b'@'..=b'_' => Some(byte - b'@'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_keys_detach_wherever_the_input_is_cut() {
        let mut keys = DetachKeys::parse(None).unwrap();
        assert_eq!(keys.filter(b"ls\n\x10").unwrap(), b"ls\n");
        assert_eq!(keys.filter(b"\x11"), None);
    }

    #[test]
    fn a_broken_sequence_reaches_the_container_whole() {
        let mut keys = DetachKeys::parse(None).unwrap();
        assert_eq!(keys.filter(b"\x10").unwrap(), b"");
        assert_eq!(keys.filter(b"x").unwrap(), b"\x10x");
        assert_eq!(keys.filter(b"\x10\x10").unwrap(), b"\x10");
        assert_eq!(keys.filter(b"\x11"), None);
    }

    #[test]
    fn keys_are_letters_and_control_letters() {
        assert_eq!(DetachKeys::parse(Some("a,ctrl-\\")).unwrap().keys, b"a\x1c");
        assert!(DetachKeys::parse(Some("ctrl-pq")).is_err());
        assert!(DetachKeys::parse(Some("")).is_err());
    }
}
