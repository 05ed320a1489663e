//! `docker image prune`.

use std::time::{Duration, SystemTime};

use gantry_wire::{ImageDeleteItem, ImagesPruned};

use super::Images;
use super::list::{Chosen, moment};
use crate::request::ImageRemoval;
use crate::{Filters, Result};

const FILTERS: &[&str] = &["dangling", "label", "label!", "until"];

impl Images {
    /// Removes images without a name, or with `dangling=false` all that no container uses; and what
    /// downloads left that did not come to their end.
    pub async fn prune(&self, filters: Filters) -> Result<ImagesPruned> {
        filters.only(FILTERS)?;
        let all = filters.flag("dangling")? == Some(false);
        let chosen = self.candidates(filters.clone(), all).await?;
        let before = self.size().await?;
        self.prune_partials(&filters).await?;
        let mut pruned = ImagesPruned::default();
        for id in chosen {
            // Names do not keep it where all are meant; whoever began to use it meanwhile does.
            let how = ImageRemoval {
                force: all,
                unused_only: true,
                ..ImageRemoval::default()
            };
            match self.remove(&id, how).await {
                Ok(lines) => pruned.images_deleted.extend(lines),
                Err(error) => tracing::debug!(image = id, %error, "not pruned"),
            }
        }
        pruned.space_reclaimed = before.saturating_sub(self.size().await?);
        let deleted = |line: &&ImageDeleteItem| matches!(line, ImageDeleteItem::Deleted(_));
        tracing::info!(
            lines = pruned.images_deleted.iter().filter(deleted).count(),
            bytes = pruned.space_reclaimed,
            "pruned images"
        );
        self.feed.pruned("image", pruned.space_reclaimed);
        Ok(pruned)
    }

    async fn candidates(&self, filters: Filters, all: bool) -> Result<Vec<String>> {
        let containers = std::sync::Arc::clone(&self.containers);
        self.blocking(move |store| {
            // `dangling` chose the mode already; as a filter it would hide named images.
            let filters = filters.without("dangling");
            let chosen = Chosen::of(store, &filters)?;
            let images = store.images()?.into_iter();
            Ok(images
                .filter(|image| all || image.names.is_empty())
                .filter(|image| containers.users_of(&image.id).is_empty())
                .filter(|image| chosen.names_of(image).is_some())
                .map(|image| image.id.to_string())
                .collect())
        })
        .await
    }

    /// They have no labels, so a prune by labels does not mean them.
    async fn prune_partials(&self, filters: &Filters) -> Result<()> {
        if filters.has("label") || filters.has("label!") {
            return Ok(());
        }
        let until = filters.values("until").next().map(moment).transpose()?;
        let before = until.map(|seconds| {
            SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
        });
        let freed = self.blocking(move |store| Ok(store.prune_partials(before)?));
        let bytes = freed.await?;
        tracing::debug!(bytes, "pruned partial downloads");
        Ok(())
    }

    /// Bytes of everything the store holds.
    pub async fn size(&self) -> Result<u64> {
        self.blocking(|store| Ok(store.disk_usage()?.total)).await
    }
}
