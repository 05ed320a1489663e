//! Content digests and the ids made of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Digest as _;

/// Why a text is not a digest that Gantry can use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// The text has no `algorithm:` before the hexadecimal part.
    #[error("invalid digest {0:?}: expected sha256:<64 hexadecimal digits>")]
    Format(String),
    /// The algorithm is none that the store keeps; registries use sha256 only.
    #[error("unsupported digest algorithm {0:?}: only sha256 is supported")]
    Algorithm(String),
}

/// A SHA-256 digest, written `sha256:<64 lower-case hexadecimal digits>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Takes 32 bytes that are already a SHA-256 sum.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Parses the 64 hexadecimal digits without the `sha256:` in front.
    pub fn from_hex(text: &str) -> Result<Self, DigestError> {
        let invalid = || DigestError::Format(text.to_owned());
        // The specification allows lower case only: two spellings would be two file names.
        if text.len() != 64 || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(invalid());
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| invalid())?;
        Ok(Self(bytes))
    }

    /// The 64 hexadecimal digits: the file name of a blob.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// The first twelve digits, as Docker shows ids.
    pub fn short(&self) -> String {
        hex::encode(&self.0[..6])
    }

    /// The raw sum.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "sha256:{}", self.to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        match text.split_once(':') {
            Some(("sha256", digits)) => {
                Self::from_hex(digits).map_err(|_| DigestError::Format(text.to_owned()))
            }
            Some((algorithm, _)) if !algorithm.is_empty() => {
                Err(DigestError::Algorithm(algorithm.to_owned()))
            }
            _ => Err(DigestError::Format(text.to_owned())),
        }
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A SHA-256 computation in progress.
#[derive(Clone, Default)]
pub struct Hasher(sha2::Sha256);

impl Hasher {
    /// Adds `bytes` to the sum.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of everything added.
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

/// Makes a digest with a meaning of its own, so that a layer's id is never taken for an image's.
macro_rules! digest_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Digest);

        impl $name {
            /// The digest itself.
            pub fn digest(&self) -> Digest {
                self.0
            }

            /// The 64 hexadecimal digits.
            pub fn to_hex(&self) -> String {
                self.0.to_hex()
            }

            /// The first twelve digits.
            pub fn short(&self) -> String {
                self.0.short()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, out)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, out)
            }
        }

        impl FromStr for $name {
            type Err = DigestError;

            fn from_str(text: &str) -> Result<Self, DigestError> {
                text.parse().map(Self)
            }
        }

        impl From<Digest> for $name {
            fn from(digest: Digest) -> Self {
                Self(digest)
            }
        }
    };
}

digest_newtype! {
    /// The digest of a layer's uncompressed tar: what a layer *is*, however it was compressed.
    DiffId
}
digest_newtype! {
    /// The digest of a stack of layers up to and including one of them.
    ChainId
}
digest_newtype! {
    /// The digest of an image's config document: Docker's image id.
    ImageId
}

impl ChainId {
    /// The chain id of a lowest layer: its diff id.
    pub fn base(layer: DiffId) -> Self {
        Self(layer.0)
    }

    /// The chain id with `layer` on top of this stack.
    #[must_use]
    pub fn with(self, layer: DiffId) -> Self {
        Self(Digest::of(format!("{self} {layer}").as_bytes()))
    }

    /// The chain ids of a stack, lowest first: one for each layer.
    pub fn stack(layers: &[DiffId]) -> Vec<Self> {
        layers
            .iter()
            .scan(None, |below: &mut Option<Self>, &layer| {
                let chain = below.map_or(Self::base(layer), |chain| chain.with(layer));
                *below = Some(chain);
                Some(chain)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_survives_its_text() {
        let digest = Digest::of(b"hello");
        let text = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        assert_eq!(digest.to_string(), text);
        assert_eq!(text.parse::<Digest>().unwrap(), digest);
        assert_eq!(digest.short(), "2cf24dba5fb0");
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        let upper = Digest::of(b"hello").to_string().to_uppercase();
        for text in [
            "",
            "sha256:",
            "sha256:12",
            ":00",
            "../../etc/passwd",
            &upper,
        ] {
            assert!(text.parse::<Digest>().is_err(), "{text}");
        }
        let sha512 = format!("sha512:{}", "0".repeat(128));
        assert!(matches!(
            sha512.parse::<Digest>(),
            Err(DigestError::Algorithm(_))
        ));
    }

    #[test]
    fn chain_ids_follow_the_specification() {
        let (one, two) = (DiffId(Digest::of(b"1")), DiffId(Digest::of(b"2")));
        let stack = ChainId::stack(&[one, two]);
        assert_eq!(stack[0].digest(), one.digest());
        assert_eq!(
            stack[1].digest(),
            Digest::of(format!("{one} {two}").as_bytes())
        );
    }
}
