//! What a volume may be called.

use std::fmt;

use gantry_wire::MountPoint;

use crate::{Error, Result};

/// A valid name: a letter or digit, then letters, digits, `_`, `.` and `-`; two characters or more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct VolumeName(String);

impl VolumeName {
    pub fn parse(text: &str) -> Result<Self> {
        let mut bytes = text.bytes();
        let first = bytes
            .next()
            .is_some_and(|byte| byte.is_ascii_alphanumeric());
        let rest =
            bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
        if first && rest && (2..=255).contains(&text.len()) {
            return Ok(Self(text.to_owned()));
        }
        if text.len() == 1 {
            return Err(Error::Invalid(format!(
                "create {text}: volume name is too short, names should be at least two alphanumeric characters"
            )));
        }
        Err(Error::Invalid(format!(
            "create {text}: \"{text}\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path"
        )))
    }

    /// A random name for a volume that nobody named.
    pub fn anonymous() -> Self {
        Self(hex::encode(rand::random::<[u8; 32]>()))
    }

    /// The volumes among a container's mounts.
    pub fn all_of(mounts: &[MountPoint]) -> Vec<Self> {
        let volumes = mounts.iter().filter(|point| point.r#type == "volume");
        volumes
            .filter_map(|point| Self::parse(&point.name).ok())
            .collect()
    }

    /// Whether it looks like one of those.
    pub fn is_anonymous(&self) -> bool {
        self.0.len() == 64 && self.0.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VolumeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dockers() {
        for good in ["data", "a1", "my_app.v2-x", &"a".repeat(255)] {
            VolumeName::parse(good).unwrap();
        }
        for bad in [
            "",
            "a",
            ".data",
            "-x",
            "a/b",
            "../x",
            "데이터",
            &"a".repeat(256),
        ] {
            assert!(VolumeName::parse(bad).is_err(), "{bad}");
        }
        assert!(VolumeName::anonymous().is_anonymous());
        assert!(!VolumeName::parse("data").unwrap().is_anonymous());
    }
}
