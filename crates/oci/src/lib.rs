//! Image vocabulary: digests, references, platforms, configs, manifests; no I/O.
//!
//! Everything here is parsed once, at the edge, and is valid from then on: a [`Digest`] is 32
//! bytes, a [`Reference`] is normalised as Docker does it. The documents ([`ImageConfig`],
//! [`Manifest`], [`Index`]) keep the keys they do not know, because Docker and BuildKit write more
//! than the OCI specification names and an image must survive load, commit and save unchanged.
//!
//! The documents are types of our own and not those of `oci-spec`, which drop unknown keys and
//! refuse the `null`s that Docker writes.
#![forbid(unsafe_code)]

mod archive;
mod config;
mod digest;
mod manifest;
pub mod media_type;
mod platform;
mod reference;
mod registry;

pub use archive::{DockerManifest, Repositories};
pub use config::{HistoryItem, ImageConfig, RootFs, RunConfig};
pub use digest::{ChainId, DiffId, Digest, DigestError, Hasher, ImageId};
pub use manifest::{Descriptor, Index, Manifest, OciLayout, annotation};
pub use media_type::Compression;
pub use platform::Platform;
pub use reference::{Reference, ReferenceError};
pub use registry::{registry_of, split_search};
