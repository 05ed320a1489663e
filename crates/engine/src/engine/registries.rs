//! What is asked of registries, and how they are talked to.

use gantry_oci::registry_of;
use gantry_registry::Credentials;
use gantry_store::CancelFlag;
use gantry_wire as wire;
use gantry_wire::gantry;

use super::Engine;
use crate::core::blocking;
use crate::request::{ImageSearch, PullOptions};
use crate::{Result, registries};

impl Engine {
    /// Asks a registry whether it believes a client.
    pub async fn login(&self, address: &str, credentials: Credentials) -> Result<wire::AuthAnswer> {
        // Who asks drops the question.
        let never = CancelFlag::new();
        let token = self
            .core
            .registries
            .login(registry_of(address), credentials, &never)
            .await?;
        Ok(wire::AuthAnswer {
            status: "Login Succeeded".to_owned(),
            identity_token: token.unwrap_or_default(),
        })
    }

    /// Finds images as Docker's clients do: the term may name its registry.
    pub async fn search_images(&self, search: &ImageSearch) -> Result<Vec<wire::SearchResult>> {
        registries::search_images(&self.core.registries, search).await
    }

    /// The registries that are talked to without encryption.
    pub fn plain_registries(&self) -> gantry::PlainRegistries {
        self.core.plain.list()
    }

    /// Lets a registry be talked to without encryption, or no longer.
    pub async fn allow_plain(&self, wish: gantry::PlainRegistry) -> Result<()> {
        let core = std::sync::Arc::clone(&self.core);
        blocking(move || core.plain.set(&wish.registry, wish.plain)).await
    }

    /// Finds repositories of one registry.
    pub async fn search_registry(
        &self,
        search: gantry::RegistrySearch,
        credentials: Option<Credentials>,
    ) -> Result<gantry::RegistryFinds> {
        registries::search(&self.core.registries, search, credentials).await
    }

    /// Some tags of a repository.
    pub async fn registry_tags(
        &self,
        wish: &gantry::RegistryTags,
        credentials: Option<Credentials>,
    ) -> Result<gantry::TagPage> {
        registries::tags(&self.core.registries, wish, credentials).await
    }

    /// What a pull would bring.
    pub async fn registry_image(&self, options: PullOptions) -> Result<gantry::RemoteImage> {
        registries::image(&self.core.registries, &self.core.store, options).await
    }

    /// What a name stands for in its registry.
    pub async fn inspect_distribution(
        &self,
        name: String,
        credentials: Option<Credentials>,
    ) -> Result<wire::DistributionInspect> {
        let options = PullOptions {
            reference: name,
            credentials,
            ..PullOptions::default()
        };
        registries::distribution(&self.core.registries, options).await
    }
}
