//! Images: list, look at, name, load, save, make, remove.

use bytes::Bytes;
use futures_util::Stream;
use gantry_oci::Reference;
use gantry_wire::{
    AuthConfig, ContainerConfig, HistoryItem, IdResponse, ImageDeleteItem, ImageInspect,
    ImageSummary, ImagesPruned, Progress,
};
use hyper::Method;
use tokio::io::AsyncRead;

use crate::path::Target;
use crate::transport::Content;
use crate::{Client, Filters, Lines, Result};

/// How an image is made from a container.
#[derive(Debug, Clone, Default)]
pub struct CommitOptions {
    /// A name or an id.
    pub container: String,
    /// Without the tag.
    pub repository: Option<String>,
    pub tag: Option<String>,
    pub author: String,
    pub comment: String,
    /// Dockerfile instructions.
    pub changes: Vec<String>,
    /// Replaces the container's configuration in the image; `None` keeps it.
    pub config: Option<Box<ContainerConfig>>,
    /// Whether the container may go on meanwhile.
    pub keep_running: bool,
}

/// What is pulled.
#[derive(Debug, Clone, Default)]
pub struct PullOptions {
    /// With a tag or a digest; `latest` otherwise.
    pub reference: String,
    /// Every tag of the repository, where `reference` has neither.
    pub all_tags: bool,
    pub platform: Option<String>,
    /// Who we are to the registry.
    pub auth: Option<AuthConfig>,
}

/// How an image is made of a root file system.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Without the tag.
    pub repository: Option<String>,
    pub tag: Option<String>,
    pub message: String,
    /// Dockerfile instructions.
    pub changes: Vec<String>,
    pub platform: Option<String>,
}

impl Client {
    /// Lists images.
    pub async fn list_images(&self, all: bool, filters: &Filters) -> Result<Vec<ImageSummary>> {
        let target = Target::new(&["images", "json"])
            .with_flag("all", all)
            .with_filters(filters);
        self.get(target).await
    }

    /// Everything about one image.
    pub async fn inspect_image(&self, name: &str) -> Result<ImageInspect> {
        self.get(image(name, "json")).await
    }

    /// The same as the engine wrote it, with every key.
    pub async fn inspect_image_raw(&self, name: &str) -> Result<serde_json::Value> {
        self.get(image(name, "json")).await
    }

    /// How it was made, newest step first.
    pub async fn image_history(&self, name: &str) -> Result<Vec<HistoryItem>> {
        self.get(image(name, "history")).await
    }

    /// Gives an image another name.
    pub async fn tag_image(&self, name: &str, repository: &str, tag: Option<&str>) -> Result<()> {
        let target = image(name, "tag")
            .with("repo", repository)
            .with_some("tag", tag);
        self.command(Method::POST, target).await?;
        Ok(())
    }

    /// Removes a name, and the image with its last one.
    pub async fn remove_image(&self, name: &str, force: bool) -> Result<Vec<ImageDeleteItem>> {
        let target = Target::new(&["images", name]).with_flag("force", force);
        self.delete(target).await
    }

    /// Removes images without a name, or all that no container uses.
    pub async fn prune_images(&self, filters: &Filters) -> Result<ImagesPruned> {
        let target = Target::new(&["images", "prune"]).with_filters(filters);
        self.post(target, Content::None).await
    }

    /// Pulls an image and tells of its layers as they come; dropping the lines ends it.
    pub async fn pull_image(&self, options: &PullOptions) -> Result<Lines<Progress>> {
        // Without a tag Docker's engines take a name for all of them.
        let latest = options
            .reference
            .parse::<Reference>()
            .is_ok_and(|name| !options.all_tags && name.tag().is_none() && name.digest().is_none());
        let target = Target::new(&["images", "create"])
            .with("fromImage", &options.reference)
            .with_some("tag", latest.then_some("latest"))
            .with_some("platform", options.platform.as_deref());
        self.lines(Method::POST, target, Content::signed(options.auth.as_ref()))
            .await
    }

    /// Pushes an image and tells of its layers as they go; dropping the lines ends it.
    pub async fn push_image(
        &self,
        name: &str,
        tag: Option<&str>,
        auth: Option<&AuthConfig>,
    ) -> Result<Lines<Progress>> {
        let target = image(name, "push").with_some("tag", tag);
        // Docker's engine wants to be told even that it is nobody.
        let nobody = AuthConfig::default();
        let content = Content::signed(Some(auth.unwrap_or(&nobody)));
        self.lines(Method::POST, target, content).await
    }

    /// Loads an archive as it is read.
    pub async fn load_images(
        &self,
        archive: impl AsyncRead + Send + 'static,
        quiet: bool,
    ) -> Result<Lines<Progress>> {
        let target = Target::new(&["images", "load"]).with_flag("quiet", quiet);
        self.lines(Method::POST, target, Content::archive(archive))
            .await
    }

    /// Makes an image of a root file system as it is read; the last line's status is its id.
    pub async fn import_image(
        &self,
        archive: impl AsyncRead + Send + 'static,
        options: &ImportOptions,
    ) -> Result<Lines<Progress>> {
        let mut target = Target::new(&["images", "create"])
            .with("fromSrc", "-")
            .with_some("repo", options.repository.as_deref())
            .with_some("tag", options.tag.as_deref())
            .with_some("platform", options.platform.as_deref())
            .with("message", &options.message);
        for change in &options.changes {
            target = target.with("changes", change);
        }
        self.lines(Method::POST, target, Content::archive(archive))
            .await
    }

    /// A container's files as one tar.
    pub async fn export_container(
        &self,
        id: &str,
    ) -> Result<impl Stream<Item = Result<Bytes>> + Send + Unpin + use<>> {
        self.bytes(Target::new(&["containers", id, "export"])).await
    }

    /// Saves images as one archive.
    pub async fn save_images(
        &self,
        names: &[String],
    ) -> Result<impl Stream<Item = Result<Bytes>> + Send + Unpin + use<>> {
        let mut target = Target::new(&["images", "get"]);
        for name in names {
            target = target.with("names", name);
        }
        self.bytes(target).await
    }

    /// Makes an image from a container; returns its id.
    pub async fn commit(&self, options: &CommitOptions) -> Result<IdResponse> {
        let mut target = Target::new(&["commit"])
            .with("container", &options.container)
            .with_some("repo", options.repository.as_deref())
            .with_some("tag", options.tag.as_deref())
            .with("author", &options.author)
            .with("comment", &options.comment);
        for change in &options.changes {
            target = target.with("changes", change);
        }
        if options.keep_running {
            target = target.with("pause", 0);
        }
        let content = options.config.as_deref().map(Content::json);
        self.post(target, content.unwrap_or(Content::None)).await
    }
}

fn image(name: &str, verb: &str) -> Target {
    Target::new(&["images", name, verb])
}
