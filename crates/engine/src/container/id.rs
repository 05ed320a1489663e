//! Container ids: 64 hexadecimal digits, of which people see 12.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The id of a container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct ContainerId(Box<str>);

impl ContainerId {
    /// An id that no other container has.
    ///
    /// As in Docker, its first twelve digits are never all decimal, so that a host name made of
    /// them cannot be taken for a number.
    pub(crate) fn random() -> Self {
        loop {
            let id = hex::encode(rand::random::<[u8; 32]>());
            if id[..12].bytes().any(|byte| !byte.is_ascii_digit()) {
                return Self(id.into());
            }
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        let valid = text.len() == 64
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !valid {
            return Err(Error::Invalid(format!("not a container id: {text}")));
        }
        Ok(Self(text.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The twelve digits that people see.
    pub(crate) fn short(&self) -> &str {
        &self.0[..12]
    }
}

impl fmt::Display for ContainerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ContainerId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<ContainerId> for String {
    fn from(id: ContainerId) -> Self {
        id.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_ids_are_valid_and_differ() {
        let id = ContainerId::random();
        assert_eq!(ContainerId::parse(id.as_str()).unwrap(), id);
        assert_ne!(id, ContainerId::random());
        assert!(ContainerId::parse("../etc").is_err());
    }
}
