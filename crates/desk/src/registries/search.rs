//! What registries have.

use gantry_view::{
    Failure, FoundRepositories, FoundRepository, RemoteContent, RemoteImage, RepositoryTag,
    RepositoryTags, SearchRegistry, Tags,
};
use gantry_wire::gantry;

use super::{auth_of_image, auth_of_registry};
use crate::{Desk, failure::failure, time::millis};

/// How many results a list shows; nobody reads more, and a registry gives no more at once.
const RESULTS: u32 = 100;

pub(crate) async fn search(
    desk: &Desk,
    request: SearchRegistry,
) -> Result<FoundRepositories, Failure> {
    let client = desk.link().client().await?;
    let search = gantry::RegistrySearch {
        auth: auth_of_registry(desk, &request.registry).await,
        registry: request.registry,
        term: request.term,
        limit: Some(RESULTS),
    };
    let found = client.search_registry(&search).await.map_err(failure)?;
    let results = found.results.into_iter().map(|found| FoundRepository {
        name: found.name,
        description: found.description,
        stars: found.stars,
        pulls: found.pulls,
        official: found.official,
    });
    Ok(FoundRepositories {
        total: found.total,
        results: results.collect(),
    })
}

pub(crate) async fn tags(desk: &Desk, request: RepositoryTags) -> Result<Tags, Failure> {
    let client = desk.link().client().await?;
    let wish = gantry::RegistryTags {
        auth: auth_of_image(desk, &request.repository).await,
        repository: request.repository,
        from: request.from,
    };
    let page = client.registry_tags(&wish).await.map_err(failure)?;
    let tags = page.tags.into_iter().map(|tag| RepositoryTag {
        name: tag.name,
        digest: tag.digest,
        bytes: tag.bytes,
        updated_at: tag.updated.and_then(millis),
        platforms: tag.platforms,
    });
    Ok(Tags {
        tags: tags.collect(),
        next: page.next,
    })
}

pub(crate) async fn image(desk: &Desk, request: RemoteImage) -> Result<RemoteContent, Failure> {
    let client = desk.link().client().await?;
    let wish = gantry::RegistryImage {
        auth: auth_of_image(desk, &request.reference).await,
        reference: request.reference,
        platform: request.platform,
    };
    let found = client.registry_image(&wish).await.map_err(failure)?;
    Ok(content(found))
}

fn content(found: gantry::RemoteImage) -> RemoteContent {
    let here = found.layers.iter().filter(|layer| layer.here).count();
    RemoteContent {
        platforms: found.platforms,
        layers: u32::try_from(found.layers.len()).unwrap_or(u32::MAX),
        layers_here: u32::try_from(here).unwrap_or(u32::MAX),
        bytes: found.layers.iter().map(|layer| layer.bytes).sum(),
        download: found.download,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_counted_by_what_is_here() {
        let layer = |bytes, here| gantry::RemoteLayer {
            bytes,
            here,
            ..gantry::RemoteLayer::default()
        };
        let found = content(gantry::RemoteImage {
            layers: vec![layer(10, true), layer(5, false)],
            download: 5,
            ..gantry::RemoteImage::default()
        });
        assert_eq!((found.layers, found.layers_here), (2, 1));
        assert_eq!((found.bytes, found.download), (15, 5));
    }
}
