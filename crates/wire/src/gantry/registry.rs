//! What registries have: search, tags, and what a pull would fetch.

use serde::{Deserialize, Serialize};

use crate::{AuthConfig, Timestamp};

/// `POST /gantry/v1/registry/search`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RegistrySearch {
    /// `registry.example:5000`; Docker Hub when it is empty.
    pub registry: String,
    /// Empty lists everything, where the registry has a list.
    pub term: String,
    /// 1 to 100; 25 when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Who the client is to the registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<AuthConfig>,
}

/// What a search found, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegistryFinds {
    /// How many there are, of which the first are here.
    pub total: u64,
    pub results: Vec<RegistryFind>,
}

/// A repository of a registry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegistryFind {
    /// As it is pulled: `nginx`, `registry.example:5000/team/app`.
    pub name: String,
    pub description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stars: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pulls: Option<u64>,
    pub official: bool,
}

/// `POST /gantry/v1/registry/tags`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RegistryTags {
    /// Without tag or digest.
    pub repository: String,
    /// What [`TagPage::next`] was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Who the client is to the registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<AuthConfig>,
}

/// Some tags of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TagPage {
    pub tags: Vec<RegistryTag>,
    /// For the page behind this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A tag in a registry. Most registries tell its name only; [`RegistryImage`] asks for the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegistryTag {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Of the image for this computer, as it is fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    /// `linux/arm64`; empty where the registry does not tell.
    pub platforms: Vec<String>,
}

/// `POST /gantry/v1/registry/image`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RegistryImage {
    /// With a tag or a digest; `latest` otherwise.
    pub reference: String,
    /// `linux/arm64`; this computer's when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Who the client is to the registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<AuthConfig>,
}

/// What a pull would bring.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RemoteImage {
    /// What the registry calls it: of its index, where it has one.
    pub digest: String,
    /// Every platform that there is an image for.
    pub platforms: Vec<String>,
    /// Lowest first.
    pub layers: Vec<RemoteLayer>,
    /// Bytes of the layers that are not here.
    pub download: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
}

/// One layer of an image in a registry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RemoteLayer {
    pub digest: String,
    /// As it is fetched.
    pub bytes: u64,
    /// It need not be fetched.
    pub here: bool,
}

/// Registries that are talked to without encryption: `GET /gantry/v1/registry/plain`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlainRegistries {
    /// Those that somebody allowed.
    pub allowed: Vec<String>,
    /// Those of `config.toml`.
    pub configured: Vec<String>,
}

/// Allows that for one, or no longer: `POST /gantry/v1/registry/plain`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlainRegistry {
    /// As it stands in front of images: `registry.example:5000`.
    pub registry: String,
    pub plain: bool,
}
