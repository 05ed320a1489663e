//! Pulling one image.

use std::sync::Arc;

use gantry_oci::{Digest, ImageId, Platform, Reference};
use gantry_store::{CancelFlag, Image, Loaded, Progress, RemoteImage, Store};
use tokio::runtime::Handle;

use crate::blob::Source;
use crate::endpoint::{Endpoint, Purpose};
use crate::exchange::{Action, Repository};
use crate::{Credentials, Error, Registries, Result};

/// A wish for an image.
#[derive(Debug, Clone)]
pub struct PullRequest {
    /// With a tag or a digest.
    pub name: Reference,
    /// Of an image for several computers which one.
    pub platform: Platform,
    pub credentials: Option<Credentials>,
}

/// Who follows a pull.
pub trait Watcher: Progress + Send {
    /// The registry has it; now its layers are looked at.
    fn found(&self, digest: &Digest);
}

/// What came of a pull.
#[derive(Debug, Clone)]
pub struct Pulled {
    pub id: ImageId,
    /// What the registry calls the image: of its index, where it has one.
    pub digest: Digest,
    /// What came in; nothing where all of it was here and had the name.
    pub loaded: Option<Loaded>,
}

impl Registries {
    /// Brings an image into the store. What is here is not asked for.
    pub async fn pull(
        &self,
        request: PullRequest,
        store: &Store,
        watcher: Arc<dyn Watcher>,
        cancel: &CancelFlag,
    ) -> Result<Pulled> {
        self.ask_each(request.name.domain(), Purpose::Read, |endpoint| {
            let pull = Pull {
                repository: Arc::new(request.repository(self, &endpoint)),
                request: &request,
                store,
                cancel,
            };
            let watcher = &watcher;
            async move { pull.run(watcher).await }
        })
        .await
    }
}

impl PullRequest {
    /// The tag or digest, as addresses have it.
    pub(crate) fn which(&self) -> String {
        let name = &self.name;
        let digest = name.digest().map(|digest| digest.to_string());
        digest.unwrap_or_else(|| name.tag().unwrap_or("latest").to_owned())
    }

    pub(crate) fn repository(&self, registries: &Registries, endpoint: &Endpoint) -> Repository {
        Repository::new(
            registries,
            endpoint,
            self.name.path(),
            &self.name.familiar(),
            self.credentials.clone(),
            Action::Pull,
        )
    }
}

/// One pull from one endpoint.
struct Pull<'a> {
    repository: Arc<Repository>,
    request: &'a PullRequest,
    store: &'a Store,
    cancel: &'a CancelFlag,
}

impl Pull<'_> {
    async fn run(&self, watcher: &Arc<dyn Watcher>) -> Result<Pulled> {
        let name = &self.request.name;
        let which = &self.request.which();
        // A question costs less than the answer, and registries that count pulls do not count it.
        let known = match name.digest() {
            Some(digest) => Some(digest),
            None => self.repository.digest_of(which, self.cancel).await?,
        };
        if let Some(digest) = known
            && let Some(pulled) = self.here(digest).await?
        {
            watcher.found(&digest);
            return Ok(pulled);
        }
        let top = self.repository.manifest(which, self.cancel).await?;
        let digest = top.digest;
        let repository = &self.repository;
        let image = repository
            .image_for(top, &self.request.platform, self.cancel)
            .await?;
        watcher.found(&digest);
        let image = RemoteImage {
            manifest: image.bytes,
            media_type: image.media_type,
            names: self.names(digest),
        };
        let loaded = self.fetch(image, watcher).await?;
        Ok(Pulled {
            id: loaded.id,
            digest,
            loaded: Some(loaded),
        })
    }

    /// The image, when all of it is here.
    async fn here(&self, digest: Digest) -> Result<Option<Pulled>> {
        let pinned = self.request.name.with_digest(digest);
        let (store, names) = (self.store.clone(), self.names(digest));
        let platform = self.request.platform.clone();
        let found = blocking(move || {
            let fits = |image: &Image| image.platform.runs_on(&platform);
            let Some(image) = store.pulled(&pinned).filter(fits) else {
                return Ok(None);
            };
            // Another tag of the same thing costs nothing but its name.
            let tags: Vec<&Reference> = names.iter().filter(|name| name.tag().is_some()).collect();
            if !tags.iter().all(|tag| image.names.contains(tag)) {
                return Ok(None);
            }
            Ok(Some(image.id))
        });
        Ok(found.await?.map(|id| Pulled {
            id,
            digest,
            loaded: None,
        }))
    }

    /// The names that the image gets: as it was asked for, and by digest.
    fn names(&self, digest: Digest) -> Vec<Reference> {
        let name = &self.request.name;
        let tag = name.tag().filter(|_| name.digest().is_none());
        let tagged = tag.and_then(|tag| name.with_tag(tag).ok());
        tagged
            .into_iter()
            .chain([name.with_digest(digest)])
            .collect()
    }

    async fn fetch(&self, image: RemoteImage, watcher: &Arc<dyn Watcher>) -> Result<Loaded> {
        let (store, cancel) = (self.store.clone(), self.cancel.clone());
        let (repository, watcher) = (Arc::clone(&self.repository), Arc::clone(watcher));
        let runtime = Handle::current();
        blocking(move || {
            let source = Source {
                repository: &repository,
                runtime,
            };
            let told = |event| watcher.report(event);
            store.pull(&image, &source, &told, &cancel)
        })
        .await
    }
}

/// Runs work on the store where blocking is allowed.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> gantry_store::Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(Error::from),
        Err(_) => Err(Error::Cancelled),
    }
}
