//! Registries: what they have, images from them and to them, and who we are to each.

use serde::{Deserialize, Serialize};

use crate::call::call;

/// Pulls an image. The reply is the id of its task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PullImage {
    /// With a tag or a digest; `latest` otherwise.
    pub reference: String,
    /// `linux/arm64`; this computer's when there is none.
    pub platform: Option<String>,
}
call!(PullImage, "pull_image", String);

/// Pushes an image under a name that it has. The reply is the id of its task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PushImage {
    pub reference: String,
}
call!(PushImage, "push_image", String);

/// Searches a registry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SearchRegistry {
    /// `registry.example:5000`; empty is Docker Hub.
    pub registry: String,
    /// Empty lists everything, where the registry has a list.
    pub term: String,
}
call!(SearchRegistry, "search_registry", FoundRepositories);

/// What a search found, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundRepositories {
    /// How many there are, of which the first are here.
    pub total: u64,
    pub results: Vec<FoundRepository>,
}

/// A repository of a registry. What the registry does not tell is `None` or empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundRepository {
    /// As it is pulled: `nginx`, `registry.example:5000/team/app`.
    pub name: String,
    pub description: String,
    pub stars: Option<u64>,
    pub pulls: Option<u64>,
    pub official: bool,
}

/// Lists tags of a repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RepositoryTags {
    /// Without tag or digest.
    pub repository: String,
    /// What [`Tags::next`] was; `None` for the first page.
    pub from: Option<String>,
}
call!(RepositoryTags, "repository_tags", Tags);

/// Some tags of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    pub tags: Vec<RepositoryTag>,
    /// For the page behind this one.
    pub next: Option<String>,
}

/// A tag in a registry. Most registries tell its name only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryTag {
    pub name: String,
    pub digest: Option<String>,
    /// Of the image for this computer, as it is fetched.
    pub bytes: Option<u64>,
    pub updated_at: Option<i64>,
    /// `linux/arm64`; empty where the registry does not tell.
    pub platforms: Vec<String>,
}

/// Asks what a pull would bring.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemoteImage {
    /// With a tag or a digest; `latest` otherwise.
    pub reference: String,
    /// `linux/arm64`; this computer's when there is none.
    pub platform: Option<String>,
}
call!(RemoteImage, "remote_image", RemoteContent);

/// What a pull would bring.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteContent {
    /// Every platform that there is an image for.
    pub platforms: Vec<String>,
    pub layers: u32,
    /// Layers that need not be fetched.
    pub layers_here: u32,
    /// Bytes of all layers, as they are fetched.
    pub bytes: u64,
    /// Bytes of the layers that are not here.
    pub download: u64,
}

/// Lists the accounts that are known. A keyring that is locked may ask the person for its password.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KnownRegistries {}
call!(KnownRegistries, "known_registries", Registries);

/// The accounts, and where a new one would be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registries {
    pub accounts: Vec<RegistryAccount>,
    pub keeper: Kept,
    /// The path of the file, for who chooses that.
    pub file: String,
    /// Registries that somebody lets be talked to without encryption.
    pub plain: Vec<String>,
    /// The same by the engine's own settings, which no window changes.
    pub plain_configured: Vec<String>,
}

/// An account at a registry, without what proves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryAccount {
    /// As it stands in front of images: `docker.io`, `registry.example:5000`.
    pub registry: String,
    /// Empty where only a token is known.
    pub user: String,
    pub kept: Kept,
}

/// Where a password is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kept {
    /// The keyring of the desktop.
    Keyring,
    /// Nowhere: it is forgotten when Gantry closes.
    Session,
    /// A program of Docker's, by its name.
    Helper(String),
    /// Docker's configuration file.
    File,
}

/// Lets a registry be talked to without encryption, or no longer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AllowPlain {
    pub registry: String,
    pub plain: bool,
}
call!(AllowPlain, "allow_plain", ());

/// Asks a registry whether it believes a name and a password, and keeps them if it does.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignIn {
    pub registry: String,
    pub user: String,
    /// A password or a token.
    pub secret: String,
    /// In Docker's configuration file, whatever else there is.
    pub in_file: bool,
}
call!(SignIn, "sign_in", ());

/// Never the secret: this may reach a log.
impl std::fmt::Debug for SignIn {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("SignIn")
            .field("registry", &self.registry)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// Forgets an account wherever it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignOut {
    pub registry: String,
}
call!(SignOut, "sign_out", ());
