//! Registries: what they have, and whether they believe us.

use gantry_wire::gantry::{
    PlainRegistries, PlainRegistry, RegistryFinds, RegistryImage, RegistrySearch, RegistryTags,
    RemoteImage, TagPage,
};
use gantry_wire::{AuthAnswer, AuthConfig, SearchResult};
use hyper::Method;

use crate::path::Target;
use crate::transport::Content;
use crate::{Client, Filters, Result};

impl Client {
    /// Asks a registry whether it believes a client.
    pub async fn login(&self, auth: &AuthConfig) -> Result<AuthAnswer> {
        self.post(Target::new(&["auth"]), Content::json(auth)).await
    }

    /// Finds images as Docker's clients do: the term may name its registry.
    pub async fn search_images(
        &self,
        term: &str,
        limit: Option<i64>,
        filters: &Filters,
        auth: Option<&AuthConfig>,
    ) -> Result<Vec<SearchResult>> {
        let target = Target::new(&["images", "search"])
            .with("term", term)
            .with_some("limit", limit)
            .with_filters(filters);
        self.ask(Method::GET, target, Content::signed(auth)).await
    }

    /// The registries that are talked to without encryption.
    pub async fn plain_registries(&self) -> Result<PlainRegistries> {
        self.ask(Method::GET, registry("plain"), Content::None)
            .await
    }

    /// Lets a registry be talked to without encryption, or no longer.
    pub async fn allow_plain(&self, wish: &PlainRegistry) -> Result<()> {
        self.send(Method::POST, registry("plain"), Content::json(wish))
            .await?;
        Ok(())
    }

    /// Finds repositories of one registry.
    pub async fn search_registry(&self, search: &RegistrySearch) -> Result<RegistryFinds> {
        self.post(registry("search"), Content::json(search)).await
    }

    /// Some tags of a repository.
    pub async fn registry_tags(&self, wish: &RegistryTags) -> Result<TagPage> {
        self.post(registry("tags"), Content::json(wish)).await
    }

    /// What a pull would bring.
    pub async fn registry_image(&self, wish: &RegistryImage) -> Result<RemoteImage> {
        self.post(registry("image"), Content::json(wish)).await
    }
}

fn registry(verb: &str) -> Target {
    Target::new(&["gantry", "v1", "registry", verb])
}
