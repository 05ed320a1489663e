//! Image names, normalised as Docker does it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Digest;

pub(crate) const DEFAULT_DOMAIN: &str = "docker.io";
pub(crate) const LEGACY_DOMAIN: &str = "index.docker.io";
const OFFICIAL: &str = "library/";
const DEFAULT_TAG: &str = "latest";
/// Docker's limit on the length of `domain/path`.
const NAME_LIMIT: usize = 255;
const TAG_LIMIT: usize = 128;

/// Why a text is not an image name. The wording is Docker's: scripts read it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// The text does not follow the grammar.
    #[error("invalid reference format")]
    Format,
    /// Upper case letters in the repository.
    #[error("invalid reference format: repository name ({0}) must be lowercase")]
    Uppercase(String),
    /// 64 hexadecimal digits could be taken for an id.
    #[error("invalid repository name ({0}), cannot specify 64-byte hexadecimal strings")]
    LooksLikeId(String),
    /// The name without its tag is longer than 255 characters.
    #[error("repository name must not be more than 255 characters")]
    TooLong,
    /// The part after `@` is not a digest.
    #[error("invalid reference format: {0}")]
    Digest(#[from] crate::DigestError),
}

/// An image name: `domain/path`, with a tag, a digest, both or neither.
///
/// `busybox` parses to `docker.io/library/busybox`; [`Display`](fmt::Display) writes the full form
/// and [`Reference::familiar`] the short one that people type.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    domain: String,
    path: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

impl Reference {
    /// The registry: `docker.io`, `localhost:5000`.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The repository inside the registry: `library/busybox`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The tag, when one was given.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, when one was given.
    pub fn digest(&self) -> Option<Digest> {
        self.digest
    }

    /// `domain/path` without tag and digest.
    pub fn repository(&self) -> String {
        format!("{}/{}", self.domain, self.path)
    }

    /// The repository as people write it: `busybox`, `user/app`, `localhost:5000/app`.
    pub fn familiar_repository(&self) -> String {
        if self.domain != DEFAULT_DOMAIN {
            return self.repository();
        }
        let short = match self.path.strip_prefix(OFFICIAL) {
            Some(short) if !short.contains('/') => short,
            _ => &self.path,
        };
        // A user may be called like a registry: then only the whole name means this repository.
        if split_domain(short) == (self.domain.clone(), self.path.clone()) {
            short.to_owned()
        } else {
            self.repository()
        }
    }

    /// The whole name as people write it: `busybox:latest`.
    pub fn familiar(&self) -> String {
        let mut name = self.familiar_repository();
        self.push_suffix(&mut name);
        name
    }

    /// Adds `:latest` when there is neither tag nor digest.
    #[must_use]
    pub fn or_latest(mut self) -> Self {
        if self.tag.is_none() && self.digest.is_none() {
            self.tag = Some(DEFAULT_TAG.to_owned());
        }
        self
    }

    /// The same repository with another tag and no digest.
    pub fn with_tag(&self, tag: &str) -> Result<Self, ReferenceError> {
        if !is_tag(tag) {
            return Err(ReferenceError::Format);
        }
        Ok(Self {
            tag: Some(tag.to_owned()),
            digest: None,
            ..self.clone()
        })
    }

    /// The same repository by digest, without a tag.
    #[must_use]
    pub fn with_digest(&self, digest: Digest) -> Self {
        Self {
            tag: None,
            digest: Some(digest),
            ..self.clone()
        }
    }

    /// Whether both name the same repository.
    pub fn same_repository(&self, other: &Self) -> bool {
        self.domain == other.domain && self.path == other.path
    }

    fn push_suffix(&self, name: &mut String) {
        if let Some(tag) = &self.tag {
            name.push(':');
            name.push_str(tag);
        }
        if let Some(digest) = &self.digest {
            name.push('@');
            name.push_str(&digest.to_string());
        }
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        if text.len() == 64
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        {
            return Err(ReferenceError::LooksLikeId(text.to_owned()));
        }
        let (named, digest) = match text.split_once('@') {
            Some((named, digest)) => (named, Some(digest.parse()?)),
            None => (text, None),
        };
        // A colon belongs to the tag only after the last slash: before it, to a port.
        let after_slash = named.rfind('/').map_or(0, |at| at + 1);
        let (name, tag) = match named[after_slash..].rfind(':') {
            Some(at) => (
                &named[..after_slash + at],
                Some(&named[after_slash + at + 1..]),
            ),
            None => (named, None),
        };
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(ReferenceError::Format);
        }
        let (domain, path) = split_domain(name);
        if !is_domain(&domain) {
            return Err(ReferenceError::Format);
        }
        if !path.split('/').all(is_path_component) {
            let lower = path.to_lowercase();
            return Err(
                if lower != path && lower.split('/').all(is_path_component) {
                    ReferenceError::Uppercase(path)
                } else {
                    ReferenceError::Format
                },
            );
        }
        if domain.len() + 1 + path.len() > NAME_LIMIT {
            return Err(ReferenceError::TooLong);
        }
        Ok(Self {
            domain,
            path,
            tag: tag.map(str::to_owned),
            digest,
        })
    }
}

/// Splits a name into registry and path: the first part is a registry when it could not be a user.
fn split_domain(name: &str) -> (String, String) {
    let (domain, rest) = match name.split_once('/') {
        Some((first, rest))
            if first.contains(['.', ':'])
                || first == "localhost"
                || first.bytes().any(|byte| byte.is_ascii_uppercase()) =>
        {
            (
                if first == LEGACY_DOMAIN {
                    DEFAULT_DOMAIN
                } else {
                    first
                },
                rest,
            )
        }
        _ => (DEFAULT_DOMAIN, name),
    };
    if domain == DEFAULT_DOMAIN && !rest.contains('/') {
        return (domain.to_owned(), format!("{OFFICIAL}{rest}"));
    }
    (domain.to_owned(), rest.to_owned())
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let bytes = tag.as_bytes();
    !bytes.is_empty()
        && bytes.len() <= TAG_LIMIT
        && word(bytes[0])
        && bytes
            .iter()
            .all(|&byte| word(byte) || byte == b'.' || byte == b'-')
}

/// A host name or an address (IPv6 in brackets), with an optional port.
fn is_domain(domain: &str) -> bool {
    let (host, port) = if let Some(rest) = domain.strip_prefix('[') {
        let Some((address, rest)) = rest.split_once(']') else {
            return false;
        };
        let valid = |byte: u8| byte.is_ascii_hexdigit() || byte == b':';
        if address.is_empty() || !address.bytes().all(valid) {
            return false;
        }
        match rest.strip_prefix(':') {
            Some(port) => ("v6", Some(port)),
            None if rest.is_empty() => ("v6", None),
            None => return false,
        }
    } else {
        domain
            .split_once(':')
            .map_or((domain, None), |(host, port)| (host, Some(port)))
    };
    let label = |label: &str| {
        let bytes = label.as_bytes();
        !bytes.is_empty()
            && bytes
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
            && bytes[0] != b'-'
            && bytes[bytes.len() - 1] != b'-'
    };
    host.split('.').all(label)
        && port.is_none_or(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

/// Lower-case letters and digits, with single `.`, one or two `_`, or any number of `-` between.
fn is_path_component(component: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = component.as_bytes();
    let Some((&last, _)) = bytes.split_last() else {
        return false;
    };
    if !word(bytes[0]) || !word(last) {
        return false;
    }
    bytes.split(|&byte| word(byte)).all(|separator| {
        matches!(separator, [] | [b'.' | b'_'] | [b'_', b'_'])
            || separator.iter().all(|&byte| byte == b'-')
    })
}

impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut name = self.repository();
        self.push_suffix(&mut name);
        out.write_str(&name)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_called_like_a_registry_is_not_taken_for_one() {
        for name in [
            "docker.io/lib.ary/x:latest",
            "docker.io/index.docker.io/x:1",
        ] {
            let reference: Reference = name.parse().unwrap();
            assert_eq!(reference.familiar(), name);
            assert_eq!(reference.familiar().parse(), Ok(reference));
        }
    }

    #[test]
    fn names_are_normalised_as_docker_does() {
        let cases = [
            ("busybox", "docker.io/library/busybox", "busybox"),
            (
                "busybox:1.36",
                "docker.io/library/busybox:1.36",
                "busybox:1.36",
            ),
            ("user/app", "docker.io/user/app", "user/app"),
            ("index.docker.io/x", "docker.io/library/x", "x"),
            ("docker.io/library/x:1", "docker.io/library/x:1", "x:1"),
            (
                "docker.io/library/a/b",
                "docker.io/library/a/b",
                "library/a/b",
            ),
            ("localhost/x", "localhost/x", "localhost/x"),
            (
                "localhost:5000/a/b:t",
                "localhost:5000/a/b:t",
                "localhost:5000/a/b:t",
            ),
            ("[::1]:5000/a", "[::1]:5000/a", "[::1]:5000/a"),
            (
                "ghcr.io/a__b/c-d.e",
                "ghcr.io/a__b/c-d.e",
                "ghcr.io/a__b/c-d.e",
            ),
            ("Host/app", "Host/app", "Host/app"),
        ];
        for (text, full, familiar) in cases {
            let reference: Reference = text.parse().unwrap();
            assert_eq!(reference.to_string(), full, "{text}");
            assert_eq!(reference.familiar(), familiar, "{text}");
            assert_eq!(full.parse::<Reference>().unwrap(), reference, "{text}");
        }
    }

    #[test]
    fn a_digest_may_stand_beside_the_tag() {
        let digest = Digest::of(b"x");
        let reference: Reference = format!("app:1@{digest}").parse().unwrap();
        assert_eq!(
            (reference.tag(), reference.digest()),
            (Some("1"), Some(digest))
        );
        assert_eq!(reference.familiar(), format!("app:1@{digest}"));
    }

    #[test]
    fn what_docker_refuses_is_refused() {
        let long_tag = format!("a:{}", "t".repeat(129));
        let long_name = "a/".repeat(130) + "a";
        for text in [
            "",
            "a//b",
            "/a",
            "a/",
            "a:",
            ":a",
            "a@",
            "-a",
            "a-",
            "a..b",
            "a___b",
            "a:b/c",
            "a b",
            "../a",
            "a:-t",
            "a@sha256:12",
            &long_tag,
            &long_name,
        ] {
            assert!(text.parse::<Reference>().is_err(), "{text:?}");
        }
        assert!(matches!(
            "user/App".parse::<Reference>(),
            Err(ReferenceError::Uppercase(_))
        ));
        let id = "a".repeat(64);
        assert!(matches!(
            id.parse::<Reference>(),
            Err(ReferenceError::LooksLikeId(_))
        ));
    }

    #[test]
    fn latest_is_added_only_where_nothing_is_said() {
        let latest = |text: &str| text.parse::<Reference>().unwrap().or_latest().familiar();
        assert_eq!(latest("a"), "a:latest");
        assert_eq!(latest("a:1"), "a:1");
        let pinned = format!("a@{}", Digest::of(b""));
        assert_eq!(latest(&pinned), pinned);
    }
}
