//! `docker image inspect` and `docker history`.

use std::collections::BTreeMap;

use gantry_oci::Reference;
use gantry_store::Image;
use gantry_wire as wire;

use super::{Images, tag};
use crate::{Error, Result};

impl Images {
    /// One image, whole.
    pub async fn inspect(&self, name: &str) -> Result<wire::ImageInspect> {
        inspected(&self.resolve(name).await?)
    }

    /// Refuses an image that was made for another platform.
    pub async fn check_platform(&self, name: &str, platform: &str) -> Result<()> {
        let image = self.resolve(name).await?;
        let wanted = tag::platform(platform)?;
        if image.platform.runs_on(&wanted) {
            return Ok(());
        }
        Err(Error::NotOfPlatform {
            image: name.to_owned(),
            wanted: platform.to_owned(),
            actual: image.platform.to_string(),
        })
    }

    /// The steps that made an image, newest first.
    pub async fn history(&self, name: &str) -> Result<Vec<wire::HistoryItem>> {
        let image = self.resolve(name).await?;
        let steps = self
            .blocking(move |store| Ok(store.history(&image.id)?))
            .await?;
        let items = steps.into_iter().map(|step| wire::HistoryItem {
            id: step
                .id
                .map_or_else(|| "<missing>".to_owned(), |id| id.to_string()),
            created: step
                .created
                .and_then(|time| time.parse().ok())
                .map_or(0, |time: jiff::Timestamp| time.as_second()),
            created_by: step.created_by,
            tags: step.names.iter().map(Reference::familiar).collect(),
            size: step.size as i64,
            comment: step.comment,
        });
        Ok(items.collect())
    }
}

fn inspected(image: &Image) -> Result<wire::ImageInspect> {
    let config = &image.config;
    let last = config.history.last();
    let text = |key: &str| match config.other.get(key) {
        Some(serde_json::Value::String(text)) => text.clone(),
        _ => String::new(),
    };
    Ok(wire::ImageInspect {
        id: image.id.to_string(),
        repo_tags: image.names.iter().map(Reference::familiar).collect(),
        repo_digests: image.digests.iter().map(Reference::familiar).collect(),
        parent: image
            .parent
            .map(|parent| parent.to_string())
            .unwrap_or_default(),
        comment: last.map(|step| step.comment.clone()).unwrap_or_default(),
        created: config.created.clone(),
        docker_version: text("docker_version"),
        author: config.author.clone(),
        config: run_config(image)?,
        architecture: config.architecture.clone(),
        variant: config.variant.clone(),
        os: config.os.clone(),
        os_version: config.os_version.clone(),
        size: image.size as i64,
        graph_driver: wire::GraphDriver {
            name: "overlay2".to_owned(),
            data: BTreeMap::default(),
        },
        root_fs: wire::RootFs {
            layers: image.layers.iter().map(ToString::to_string).collect(),
            ..wire::RootFs::default()
        },
        metadata: wire::ImageMetadata {
            last_tag_time: jiff::Timestamp::from_nanosecond(i128::from(image.tagged_at))
                .unwrap_or(wire::NEVER),
        },
    })
}

/// The execution part in the API's own type: both have Docker's keys.
pub(crate) fn run_config(image: &Image) -> Result<wire::ImageConfig> {
    serde_json::to_value(&image.config.config)
        .and_then(serde_json::from_value)
        .map_err(|error| {
            Error::Store(gantry_store::Error::Invalid {
                what: format!("the configuration of image {}", image.id.short()),
                why: error.to_string(),
            })
        })
}
