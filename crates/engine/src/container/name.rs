//! Container names: what is valid, and the ones given to containers without.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::words::{ADJECTIVES, SURNAMES};
use crate::{Error, Result};

/// A valid name, without the slash that Docker's API puts before it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct ContainerName(Box<str>);

impl ContainerName {
    /// Reads a name as a client gives it, with or without the slash.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let name = text.strip_prefix('/').unwrap_or(text);
        let mut bytes = name.bytes();
        let first = bytes
            .next()
            .is_some_and(|byte| byte.is_ascii_alphanumeric());
        let mut rest = bytes
            .clone()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
        // Docker's pattern wants at least two characters.
        rest &= bytes.next().is_some();
        if !first || !rest {
            return Err(Error::InvalidName(name.to_owned()));
        }
        Ok(Self(name.into()))
    }

    /// A name such as `patient_noether`, for the given attempt; later attempts get a number.
    pub(crate) fn random(attempt: u32) -> Self {
        let pick = |words: &[&'static str]| words[rand::random_range(0..words.len())];
        let mut name = format!("{}_{}", pick(&ADJECTIVES), pick(&SURNAMES));
        if attempt > 0 {
            name += &rand::random_range(0..10u32.pow(attempt.min(9))).to_string();
        }
        Self(name.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContainerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ContainerName {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<ContainerName> for String {
    fn from(name: ContainerName) -> Self {
        name.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_dockers_pattern() {
        for good in ["web", "/web", "a1", "A_b.c-d", "0x"] {
            assert!(ContainerName::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "/", "-web", "we b", "a/b", "ü1", "_a"] {
            assert!(
                matches!(ContainerName::parse(bad), Err(Error::InvalidName(_))),
                "{bad}"
            );
        }
    }

    #[test]
    fn random_names_are_valid() {
        for attempt in 0..20 {
            let name = ContainerName::random(attempt);
            assert_eq!(ContainerName::parse(name.as_str()).unwrap(), name);
        }
    }

    #[test]
    fn the_words_are_usable_and_without_repetition() {
        for words in [&ADJECTIVES[..], &SURNAMES[..]] {
            assert!(
                words
                    .iter()
                    .all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
            );
            assert!(words.is_sorted_by(|a, b| a < b));
        }
    }
}
