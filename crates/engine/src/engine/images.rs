//! What is done with images.

use bytes::Bytes;
use gantry_wire as wire;
use gantry_wire::gantry;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio_util::io::ReaderStream;

use super::{BoxStream, Engine};
use crate::request::{ImageQuery, ImageRemoval, ImportOptions, PullOptions, PushOptions};
use crate::{Filters, Result};

impl Engine {
    /// Loads an archive as it arrives; dropping the stream cancels.
    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn load_images(
        &self,
        archive: impl AsyncRead + Send + Unpin + 'static,
    ) -> Result<BoxStream<wire::Progress>> {
        Ok(self.core.images.load(archive))
    }

    /// Makes an image of a root file system as it arrives; dropping the stream cancels.
    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn import_image(
        &self,
        archive: impl AsyncRead + Send + Unpin + 'static,
        options: ImportOptions,
    ) -> Result<BoxStream<wire::Progress>> {
        self.core.images.import(archive, options)
    }

    /// Pulls an image, or all of a repository; dropping the stream cancels unless others want it too.
    pub async fn pull_image(&self, options: PullOptions) -> Result<BoxStream<wire::Progress>> {
        self.core.images.pull_any(options).await
    }

    /// The same as a task that outlives its client.
    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn pull_task(&self, options: PullOptions) -> Result<gantry::TaskStarted> {
        self.core.images.pull_task(options)
    }

    /// Pushes an image; dropping the stream cancels.
    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn push_image(&self, options: PushOptions) -> Result<BoxStream<wire::Progress>> {
        self.core.images.push(options)
    }

    /// The same as a task that outlives its client.
    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn push_task(&self, options: PushOptions) -> Result<gantry::TaskStarted> {
        self.core.images.push_task(options)
    }

    /// One tar with all of them, as it is written.
    pub async fn save_images(&self, names: &[String]) -> Result<BoxStream<std::io::Result<Bytes>>> {
        self.export_images(
            names,
            gantry::SaveFormat::default(),
            gantry::Compression::default(),
        )
        .await
    }

    /// The same in a format of choice.
    pub async fn export_images(
        &self,
        names: &[String],
        format: gantry::SaveFormat,
        compression: gantry::Compression,
    ) -> Result<BoxStream<std::io::Result<Bytes>>> {
        self.core.images.save(names, format, compression).await
    }

    pub async fn list_images(&self, query: &ImageQuery) -> Result<Vec<wire::ImageSummary>> {
        self.core.images.list(query.clone()).await
    }

    pub async fn inspect_image(&self, name: &str) -> Result<wire::ImageInspect> {
        self.core.images.inspect(name).await
    }

    /// Refuses an image that was made for another platform than `linux/arm64` or the like.
    pub async fn check_platform(&self, name: &str, platform: &str) -> Result<()> {
        self.core.images.check_platform(name, platform).await
    }

    pub async fn image_history(&self, name: &str) -> Result<Vec<wire::HistoryItem>> {
        self.core.images.history(name).await
    }

    /// Gives an image the name `repo:tag`.
    pub async fn tag_image(&self, name: &str, reference: &str) -> Result<()> {
        self.core.images.tag(name, reference).await
    }

    pub async fn remove_image(
        &self,
        name: &str,
        how: ImageRemoval,
    ) -> Result<Vec<wire::ImageDeleteItem>> {
        self.core.images.remove(name, how).await
    }

    pub async fn prune_images(&self, filters: &Filters) -> Result<wire::ImagesPruned> {
        self.core.images.prune(filters.clone()).await
    }

    pub async fn image_layers(&self, name: &str) -> Result<gantry::LayerStack> {
        self.core.images.layers(name).await
    }

    /// One folder of one layer, counted from 0 at the base, or of all layers up to it; the largest
    /// `limit` entries, 1000 unless told.
    pub async fn layer_entries(
        &self,
        name: &str,
        layer: u32,
        directory: &str,
        scope: gantry::Scope,
        limit: Option<usize>,
    ) -> Result<gantry::EntryPage> {
        let images = &self.core.images;
        images
            .layer_entries(name, layer, directory, scope, limit)
            .await
    }

    /// The ids of the images that have a shell, the smallest first.
    pub async fn images_with_shell(&self) -> Result<Vec<String>> {
        self.core.images.with_shell().await
    }

    /// Bytes of an image that no container sees.
    pub async fn image_waste(&self, name: &str) -> Result<gantry::Waste> {
        self.core.images.waste(name).await
    }

    /// What an image, or its layers up to one, shows whose name contains a text.
    pub async fn search_image(
        &self,
        name: &str,
        text: String,
        layer: Option<u32>,
        limit: Option<usize>,
    ) -> Result<gantry::SearchResult> {
        let images = &self.core.images;
        images.search_image(name, text, layer, limit).await
    }

    /// What of a directory is not the same in another image.
    pub async fn compare_images(
        &self,
        name: &str,
        with: &str,
        directory: &str,
        limit: Option<usize>,
    ) -> Result<gantry::Comparison> {
        let images = &self.core.images;
        images.compare(name, with, directory, limit).await
    }

    /// The content of one file of an image, from one layer or as a container would see it.
    pub async fn image_file(
        &self,
        name: &str,
        path: &str,
        layer: Option<u32>,
        scope: gantry::Scope,
    ) -> Result<BoxStream<std::io::Result<Bytes>>> {
        let images = &self.core.images;
        let found = images.image_file(name, path, layer, scope).await?;
        // Exactly what it held when it was opened.
        let file = tokio::fs::File::from_std(found.file).take(found.size);
        Ok(Box::pin(ReaderStream::with_capacity(file, 1 << 16)))
    }

    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn load_task(&self, request: gantry::LoadRequest) -> Result<gantry::TaskStarted> {
        self.core.images.load_task(request)
    }

    /// Loads what a client sends, `size` bytes where that is known; the task survives the client once the whole body was read.
    pub async fn load_stream_task(
        &self,
        archive: impl AsyncRead + Send + Unpin + 'static,
        subject: String,
        size: Option<u64>,
    ) -> Result<gantry::TaskStarted> {
        let images = &self.core.images;
        images.load_stream_task(archive, subject, size).await
    }

    pub async fn save_task(&self, request: gantry::SaveRequest) -> Result<gantry::TaskStarted> {
        self.core.images.save_task(request).await
    }

    #[allow(clippy::unused_async, reason = "the face is async throughout")]
    pub async fn import_task(&self, request: gantry::ImportRequest) -> Result<gantry::TaskStarted> {
        self.core.images.import_task(request)
    }

    pub async fn remove_image_later(
        &self,
        request: gantry::RemoveImage,
    ) -> Result<gantry::Removed> {
        self.core.images.remove_later(request).await
    }
}
