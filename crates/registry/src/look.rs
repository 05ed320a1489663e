//! Looking at an image without pulling it.

use gantry_oci::{Digest, ImageConfig, Manifest, Platform};
use gantry_store::CancelFlag;
use reqwest::Method;

use crate::endpoint::Purpose;
use crate::exchange::{Call, Repository};
use crate::manifest::{Document, platforms};
use crate::{Error, PullRequest, Registries, Result, answer};

/// The most bytes of a config.
const LIMIT: usize = 8 << 20;

/// What a tag or digest stands for.
#[derive(Debug, Clone)]
pub struct Described {
    pub digest: Digest,
    pub media_type: String,
    /// Bytes of the manifest or index.
    pub size: u64,
    /// Every platform that there is an image for.
    pub platforms: Vec<Platform>,
}

/// An image as a pull would bring it.
#[derive(Debug, Clone)]
pub struct Looked {
    pub described: Described,
    pub manifest: Manifest,
    pub config: ImageConfig,
}

impl Registries {
    /// Says what a name stands for.
    pub async fn describe(&self, request: &PullRequest, cancel: &CancelFlag) -> Result<Described> {
        let (described, _) = self
            .ask_each(request.name.domain(), Purpose::Read, |endpoint| {
                let repository = request.repository(self, &endpoint);
                async move { repository.describe(request, cancel).await }
            })
            .await?;
        Ok(described)
    }

    /// Looks at the image that a pull would bring.
    pub async fn look(&self, request: &PullRequest, cancel: &CancelFlag) -> Result<Looked> {
        self.ask_each(request.name.domain(), Purpose::Read, |endpoint| {
            let repository = request.repository(self, &endpoint);
            async move { repository.look(request, cancel).await }
        })
        .await
    }
}

impl Repository {
    async fn describe(
        &self,
        request: &PullRequest,
        cancel: &CancelFlag,
    ) -> Result<(Described, Document)> {
        let top = self.manifest(&request.which(), cancel).await?;
        let platforms = match platforms(&top, &self.host())? {
            Some(platforms) => platforms,
            None => vec![self.config(&self.parsed(&top)?, cancel).await?.platform()],
        };
        let described = Described {
            digest: top.digest,
            media_type: top.media_type.clone(),
            size: top.bytes.len() as u64,
            platforms,
        };
        Ok((described, top))
    }

    async fn look(&self, request: &PullRequest, cancel: &CancelFlag) -> Result<Looked> {
        let (described, top) = self.describe(request, cancel).await?;
        let image = self.image_for(top, &request.platform, cancel).await?;
        let manifest = self.parsed(&image)?;
        let config = self.config(&manifest, cancel).await?;
        Ok(Looked {
            described,
            manifest,
            config,
        })
    }

    fn parsed(&self, document: &Document) -> Result<Manifest> {
        answer::parse(&document.bytes, &self.host(), "the manifest")
    }

    /// The config of an image: when it was made, and for what.
    async fn config(&self, manifest: &Manifest, cancel: &CancelFlag) -> Result<ImageConfig> {
        let (blob, what) = (&manifest.config, "the image config");
        let url = self.url(&format!("blobs/{}", blob.digest))?;
        let call = Call::new(Method::GET, url);
        let answer = self.ask(&call, what, cancel).await?;
        let bytes = answer::bytes(answer, LIMIT, what).await?;
        let got = Digest::of(&bytes);
        if got != blob.digest {
            return Err(Error::Digest {
                host: self.host(),
                what: what.to_owned(),
                expected: blob.digest,
                got,
            });
        }
        answer::parse(&bytes, &self.host(), what)
    }
}
