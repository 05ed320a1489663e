//! Pushing one image under one name.

use std::sync::Arc;

use gantry_oci::{Descriptor, Digest, Reference};
use gantry_store::{CancelFlag, Pushable, PushableLayer, Store};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::content::{Content, Sent};
use crate::endpoint::Purpose;
use crate::exchange::{Action, Call, Repository};
use crate::manifest::announced;
use crate::upload::{Arrived, Upload};
use crate::{Credentials, Error, Registries, Result};

/// A wish to push.
#[derive(Debug, Clone)]
pub struct PushRequest {
    /// With a tag.
    pub name: Reference,
    pub credentials: Option<Credentials>,
}

/// How far a layer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushState {
    Waiting,
    /// Bytes on their way.
    Pushing(u64),
    Pushed,
    /// The repository has it.
    Exists,
    /// Another repository of the registry had it.
    Mounted(String),
}

/// Who follows a push.
pub trait PushWatcher: Send + Sync {
    /// Called often: it must return at once.
    fn layer(&self, layer: &PushableLayer, state: PushState);
}

impl Registries {
    /// Sends what the registry lacks of an image, then the name; returns what the registry calls it.
    pub async fn push(
        &self,
        request: PushRequest,
        image: &Arc<Pushable>,
        store: &Store,
        watcher: &Arc<dyn PushWatcher>,
        cancel: &CancelFlag,
    ) -> Result<Digest> {
        let name = &request.name;
        for layer in &image.layers {
            watcher.layer(layer, PushState::Waiting);
        }
        let (path, tag) = (name.path(), name.tag().unwrap_or("latest"));
        self.ask_each(name.domain(), Purpose::Write, |endpoint| {
            let mut sources = Vec::new();
            for layer in &image.layers {
                let mut found = store.repositories_with(&layer.blob.digest, name.domain());
                found.retain(|other| other != path);
                found.truncate(1);
                sources.push(found);
            }
            let familiar = name.familiar();
            let credentials = request.credentials.clone();
            let repository =
                Repository::new(self, &endpoint, path, &familiar, credentials, Action::Push)
                    .reading(sources.iter().flatten());
            let push = Push {
                repository: Arc::new(repository),
                image,
                store,
                watcher,
                cancel,
            };
            async move { push.run(sources, tag).await }
        })
        .await
    }
}

struct Push<'a> {
    repository: Arc<Repository>,
    image: &'a Arc<Pushable>,
    store: &'a Store,
    watcher: &'a Arc<dyn PushWatcher>,
    cancel: &'a CancelFlag,
}

impl Push<'_> {
    async fn run(&self, sources: Vec<Vec<String>>, tag: &str) -> Result<Digest> {
        let at_once = self.repository.registries.settings().uploads.max(1);
        let turns = Arc::new(Semaphore::new(at_once));
        // Dropped with whatever still runs, when one fails.
        let mut running = JoinSet::new();
        for (layer, sources) in self.image.layers.iter().zip(sources) {
            let job = self.job(Some(layer.clone()), layer.blob.clone(), sources);
            running.spawn(job.run(Arc::clone(&turns)));
        }
        let config = self.job(None, self.image.config.clone(), Vec::new());
        running.spawn(config.run(turns));
        while let Some(ended) = running.join_next().await {
            ended.map_err(|_| Error::Cancelled)??;
        }
        self.manifest(tag).await
    }

    fn job(&self, layer: Option<PushableLayer>, blob: Descriptor, sources: Vec<String>) -> Job {
        Job {
            repository: Arc::clone(&self.repository),
            path: self.store.blob_path(&blob.digest),
            blob,
            sources,
            told: Told {
                layer,
                watcher: Arc::clone(self.watcher),
            },
            cancel: self.cancel.clone(),
        }
    }

    /// Gives the image its name, which is what makes it visible there.
    async fn manifest(&self, tag: &str) -> Result<Digest> {
        let url = self.repository.url(&format!("manifests/{tag}"))?;
        let kind = HeaderValue::from_str(&self.image.media_type);
        let kind = kind.unwrap_or(HeaderValue::from_static("application/json"));
        let call = Call {
            content: Content::Document(Arc::clone(&self.image.manifest)),
            ..Call::new(Method::PUT, url).with(CONTENT_TYPE, kind)
        };
        let answer = self
            .repository
            .ask(&call, "a manifest", self.cancel)
            .await?;
        match announced(&answer).filter(|digest| *digest != self.image.digest) {
            Some(got) => Err(Error::Digest {
                host: self.repository.host(),
                what: "the manifest".to_owned(),
                expected: self.image.digest,
                got,
            }),
            None => Ok(self.image.digest),
        }
    }
}

/// One blob on its way.
struct Job {
    repository: Arc<Repository>,
    blob: Descriptor,
    path: std::path::PathBuf,
    sources: Vec<String>,
    told: Told,
    cancel: CancelFlag,
}

impl Job {
    async fn run(self, turns: Arc<Semaphore>) -> Result<()> {
        let _turn = turns.acquire().await.map_err(|_| Error::Cancelled)?;
        let sent: Arc<dyn Sent> = Arc::new(self.told.clone());
        let upload = Upload {
            blob: &self.blob,
            path: self.path,
            sources: &self.sources,
            sent,
        };
        let arrived = self.repository.upload(&upload, &self.cancel).await?;
        self.told.tell(match arrived {
            Arrived::Exists => PushState::Exists,
            Arrived::Mounted(from) => PushState::Mounted(from),
            Arrived::Sent => PushState::Pushed,
        });
        Ok(())
    }
}

/// Tells of one layer; of the config nobody wants to hear.
#[derive(Clone)]
struct Told {
    layer: Option<PushableLayer>,
    watcher: Arc<dyn PushWatcher>,
}

impl Told {
    fn tell(&self, state: PushState) {
        if let Some(layer) = &self.layer {
            self.watcher.layer(layer, state);
        }
    }
}

impl Sent for Told {
    fn sent(&self, bytes: u64) {
        self.tell(PushState::Pushing(bytes));
    }
}
