//! What registries have, in the words of the API.

use gantry_oci::{DiffId, Platform, split_search};
use gantry_registry::{
    Credentials, Find, PullRequest, Registries, SearchRequest, TagCursor, TagsRequest,
};
use gantry_store::{CancelFlag, Store};
use gantry_wire as wire;
use gantry_wire::gantry;

use crate::core::blocking;
use crate::image::tag;
use crate::request::{ImageSearch, PullOptions};
use crate::{Error, Filters, Result};

/// What a search gives unless told.
const DEFAULT: u32 = 25;
/// The most that a search gives.
const MOST: u32 = 100;
const FILTERS: &[&str] = &["is-automated", "is-official", "stars"];

pub(crate) async fn search_images(
    registries: &Registries,
    search: &ImageSearch,
) -> Result<Vec<wire::SearchResult>> {
    let chosen = Chosen::of(&search.filters)?;
    let (domain, term) = split_search(&search.term);
    let request = SearchRequest {
        domain: domain.to_owned(),
        term: term.to_owned(),
        // Docker's clients say zero for what they were not told.
        limit: limit(search.limit.filter(|limit| *limit != 0))?,
        credentials: search.credentials.clone(),
    };
    let found = registries.search(&request, &CancelFlag::new()).await?.found;
    let found = found.into_iter().filter(|find| chosen.takes(find));
    Ok(found.map(result).collect())
}

pub(crate) async fn search(
    registries: &Registries,
    search: gantry::RegistrySearch,
    credentials: Option<Credentials>,
) -> Result<gantry::RegistryFinds> {
    let request = SearchRequest {
        domain: gantry_oci::registry_of(&search.registry).to_owned(),
        term: search.term,
        limit: limit(search.limit.map(i64::from))?,
        credentials,
    };
    let finds = registries.search(&request, &CancelFlag::new()).await?;
    let results = finds.found.into_iter().map(|find| gantry::RegistryFind {
        name: find.name,
        description: find.description,
        stars: find.stars,
        pulls: find.pulls,
        official: find.official,
    });
    Ok(gantry::RegistryFinds {
        total: finds.total,
        results: results.collect(),
    })
}

pub(crate) async fn tags(
    registries: &Registries,
    wish: &gantry::RegistryTags,
    credentials: Option<Credentials>,
) -> Result<gantry::TagPage> {
    let from = wish.from.as_deref().map(str::parse::<TagCursor>);
    let from = from
        .transpose()
        .map_err(|()| Error::Invalid("invalid value for from: take it from next".to_owned()))?;
    let request = TagsRequest {
        repository: tag::parse(&wish.repository)?,
        from,
        credentials,
    };
    let page = registries.tags(&request, &CancelFlag::new()).await?;
    let tags = page.tags.into_iter().map(|tag| gantry::RegistryTag {
        name: tag.name,
        digest: tag.digest.map(|digest| digest.to_string()),
        bytes: tag.bytes,
        updated: tag.updated,
        platforms: tag.platforms.iter().map(Platform::to_string).collect(),
    });
    Ok(gantry::TagPage {
        tags: tags.collect(),
        next: page.next.map(|next| next.to_string()),
    })
}

pub(crate) async fn image(
    registries: &Registries,
    store: &Store,
    options: PullOptions,
) -> Result<gantry::RemoteImage> {
    let request = request(options)?;
    let looked = registries.look(&request, &CancelFlag::new()).await?;
    let store = store.clone();
    blocking(move || {
        let mut content = looked.config.rootfs.diff_ids.iter();
        let layers = looked.manifest.layers.iter().map(|layer| {
            let diff_id: Option<&DiffId> = content.next();
            gantry::RemoteLayer {
                digest: layer.digest.to_string(),
                bytes: layer.size,
                here: store.has_layer(&layer.digest, diff_id),
            }
        });
        let layers: Vec<gantry::RemoteLayer> = layers.collect();
        let platforms = looked.described.platforms.iter();
        let created = looked.config.created.as_deref();
        Ok(gantry::RemoteImage {
            digest: looked.described.digest.to_string(),
            platforms: platforms.map(Platform::to_string).collect(),
            download: download(&layers),
            layers,
            created: created.and_then(|time| time.parse().ok()),
        })
    })
    .await
}

pub(crate) async fn distribution(
    registries: &Registries,
    options: PullOptions,
) -> Result<wire::DistributionInspect> {
    let request = request(options)?;
    let described = registries.describe(&request, &CancelFlag::new()).await?;
    let platforms = described.platforms.into_iter();
    Ok(wire::DistributionInspect {
        descriptor: wire::DistributionDescriptor {
            media_type: described.media_type,
            digest: described.digest.to_string(),
            size: described.size,
        },
        platforms: platforms
            .map(|platform| wire::DistributionPlatform {
                architecture: platform.architecture,
                os: platform.os,
                os_version: platform.os_version,
                os_features: platform.os_features,
                variant: platform.variant,
            })
            .collect(),
    })
}

/// Checks what is wished for from a registry.
pub(crate) fn request(options: PullOptions) -> Result<PullRequest> {
    let platform = match options.platform.filter(|text| !text.is_empty()) {
        None => Platform::host(),
        Some(text) => tag::platform(&text)?,
    };
    Ok(PullRequest {
        name: tag::parse(&options.reference)?,
        platform,
        credentials: options.credentials,
    })
}

fn limit(limit: Option<i64>) -> Result<usize> {
    match limit.unwrap_or(DEFAULT.into()) {
        limit if (1..=i64::from(MOST)).contains(&limit) => Ok(limit as usize),
        limit => Err(Error::Invalid(format!(
            "limit {limit} is outside the range of [1, {MOST}]"
        ))),
    }
}

/// Bytes to fetch: a layer that stands twice in an image comes once.
fn download(layers: &[gantry::RemoteLayer]) -> u64 {
    let mut seen = std::collections::BTreeSet::new();
    let missing = layers.iter().filter(|layer| !layer.here);
    let once = missing.filter(|layer| seen.insert(&layer.digest));
    once.map(|layer| layer.bytes).sum()
}

/// Docker's filters of a search.
struct Chosen {
    official: Option<bool>,
    automated: Option<bool>,
    stars: u64,
}

impl Chosen {
    fn of(filters: &Filters) -> Result<Self> {
        filters.only(FILTERS)?;
        let mut stars = 0;
        for text in filters.values("stars") {
            let least = text
                .parse()
                .map_err(|_| Error::Invalid(format!("invalid filter 'stars=[{text}]'")))?;
            stars = stars.max(least);
        }
        Ok(Self {
            official: filters.flag("is-official")?,
            automated: filters.flag("is-automated")?,
            stars,
        })
    }

    fn takes(&self, find: &Find) -> bool {
        self.official.is_none_or(|wanted| wanted == find.official)
            // Nothing is made automatically any more.
            && self.automated != Some(true)
            && find.stars.unwrap_or(0) >= self.stars
    }
}

fn result(find: Find) -> wire::SearchResult {
    wire::SearchResult {
        star_count: find.stars.unwrap_or(0),
        is_official: find.official,
        name: find.name,
        is_automated: false,
        description: find.description,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(stars: Option<u64>, official: bool) -> Find {
        Find {
            name: "app".to_owned(),
            description: String::new(),
            stars,
            pulls: None,
            official,
        }
    }

    #[test]
    fn filters_choose_as_dockers_do() {
        let chosen = |key: &str, value: &str| {
            let filters = Filters::default().with(key, value);
            Chosen::of(&filters)
        };
        let official = chosen("is-official", "true").unwrap();
        assert!(official.takes(&find(None, true)) && !official.takes(&find(Some(9), false)));
        let popular = chosen("stars", "3").unwrap();
        assert!(popular.takes(&find(Some(3), false)) && !popular.takes(&find(None, true)));
        assert!(
            !chosen("is-automated", "1")
                .unwrap()
                .takes(&find(None, true))
        );
        assert!(
            chosen("is-automated", "0")
                .unwrap()
                .takes(&find(None, true))
        );
        assert!(chosen("stars", "many").is_err() && chosen("pulls", "3").is_err());
    }

    #[test]
    fn a_limit_is_within_reason() {
        assert_eq!(limit(None).unwrap(), 25);
        assert_eq!(limit(Some(100)).unwrap(), 100);
        for wrong in [-1, 0, 101] {
            assert!(limit(Some(wrong)).is_err());
        }
    }
}
