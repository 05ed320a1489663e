//! `docker image prune`.

use gantry_wire::{ImageDeleteItem, ImagesPruned};

use super::{Images, list::Chosen};
use crate::{Filters, Result};

const FILTERS: &[&str] = &["dangling", "label", "label!", "until"];

impl Images {
    /// Removes images without a name, or with `dangling=false` all that no container uses.
    pub async fn prune(&self, filters: Filters) -> Result<ImagesPruned> {
        filters.only(FILTERS)?;
        let all = filters.flag("dangling")? == Some(false);
        let chosen = self.candidates(filters, all).await?;
        let before = self.size().await?;
        let mut pruned = ImagesPruned::default();
        for id in chosen {
            // Whoever began to use it meanwhile keeps it.
            match self.remove(&id, all).await {
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

    /// Bytes of everything the store holds.
    pub async fn size(&self) -> Result<u64> {
        self.blocking(|store| Ok(store.disk_usage()?.total)).await
    }
}
