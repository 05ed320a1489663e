//! Docker Hub's own API, which tells what its registry does not: what there is, and how large and
//! how old a tag is.

use gantry_oci::{Digest, Platform, Reference};
use gantry_store::CancelFlag;
use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::endpoint::{Endpoint, HUB, base};
use crate::exchange::{Action, Call, Repository};
use crate::search::{Find, Finds};
use crate::tags::{Tag, TagCursor, TagPage};
use crate::{Error, Registries, Result, answer};

/// The most bytes of an answer.
const LIMIT: usize = 4 << 20;
/// Tags of one page; it gives no more.
const TAGS: &str = "100";

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    count: u64,
    results: Vec<FoundRepository>,
}

#[derive(Deserialize)]
struct FoundRepository {
    repo_name: String,
    short_description: Option<String>,
    star_count: Option<u64>,
    pull_count: Option<u64>,
    #[serde(default)]
    is_official: bool,
}

#[derive(Deserialize)]
struct Tags {
    next: Option<String>,
    results: Vec<HubTag>,
}

#[derive(Deserialize)]
struct HubTag {
    name: String,
    digest: Option<Digest>,
    full_size: Option<u64>,
    last_updated: Option<Timestamp>,
    #[serde(default)]
    images: Vec<HubImage>,
}

#[derive(Deserialize)]
struct HubImage {
    os: Option<String>,
    architecture: Option<String>,
    variant: Option<String>,
    size: Option<u64>,
}

impl Registries {
    /// Repositories whose name or description has to do with a term, best first.
    pub(crate) async fn search_hub(
        &self,
        term: &str,
        limit: usize,
        cancel: &CancelFlag,
    ) -> Result<Finds> {
        let size = limit.to_string();
        let query = [("query", term), ("page", "1"), ("page_size", &size)];
        let found: Found = self
            .ask_hub("v2/search/repositories/", &query, "the search", cancel)
            .await?;
        let repositories = found.results.into_iter().take(limit);
        let found_here: Vec<Find> = repositories.filter_map(FoundRepository::find).collect();
        Ok(Finds {
            total: found.count.max(found_here.len() as u64),
            found: found_here,
        })
    }

    /// Some tags of a repository, the newest first.
    pub(crate) async fn hub_tags(
        &self,
        repository: &Reference,
        page: u32,
        cancel: &CancelFlag,
    ) -> Result<TagPage> {
        let path = format!("v2/repositories/{}/tags", repository.path());
        let number = page.to_string();
        let query = [("page", number.as_str()), ("page_size", TAGS)];
        let tags: Tags = self.ask_hub(&path, &query, "the tags", cancel).await?;
        let next = tags.next.filter(|next| !next.is_empty());
        Ok(TagPage {
            tags: tags.results.into_iter().map(HubTag::tag).collect(),
            next: next.map(|_| TagCursor::Page(page.saturating_add(1))),
        })
    }

    /// Asks without saying who we are: what is for everybody is enough here.
    async fn ask_hub<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        what: &str,
        cancel: &CancelFlag,
    ) -> Result<T> {
        let place = &self.settings().hub;
        let endpoint = Endpoint {
            base: base(place).map_err(|why| Error::Settings {
                host: HUB.to_owned(),
                why: format!("{place:?}: {why}"),
            })?,
            mirror: false,
        };
        let hub = Repository::new(self, &endpoint, "", HUB, None, Action::Search);
        let mut url = hub.join(path)?;
        url.query_pairs_mut().extend_pairs(query);
        let answer = hub.ask(&Call::new(Method::GET, url), what, cancel).await?;
        answer::json(answer, LIMIT, what).await
    }
}

impl FoundRepository {
    /// None for what could not be pulled.
    fn find(self) -> Option<Find> {
        let name: Reference = self.repo_name.parse().ok()?;
        Some(Find {
            name: name.familiar_repository(),
            description: answer::clean(&self.short_description.unwrap_or_default()),
            stars: self.star_count,
            pulls: self.pull_count,
            official: self.is_official,
        })
    }
}

impl HubTag {
    fn tag(self) -> Tag {
        let host = Platform::host();
        let images: Vec<(Platform, Option<u64>)> = self
            .images
            .into_iter()
            .filter_map(HubImage::image)
            .collect();
        let fitting = images.iter().find(|(platform, _)| platform.runs_on(&host));
        Tag {
            digest: self.digest,
            bytes: fitting.map_or(self.full_size, |(_, size)| *size),
            updated: self.last_updated,
            platforms: images.into_iter().map(|(platform, _)| platform).collect(),
            name: self.name,
        }
    }
}

impl HubImage {
    /// None for attestations, which are for no computer.
    fn image(self) -> Option<(Platform, Option<u64>)> {
        let (os, architecture) = (self.os?, self.architecture?);
        let known = |text: &str| !text.is_empty() && text != "unknown";
        let variant = self.variant.unwrap_or_default();
        let platform = Platform::new(&os, &architecture, &variant).normalised();
        (known(&os) && known(&architecture)).then_some((platform, self.size))
    }
}
