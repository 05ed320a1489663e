//! `docker pull --all-tags`: one pull after the other, told as one.

use futures_util::{StreamExt, stream};
use gantry_oci::Reference;
use gantry_store::CancelFlag;
use gantry_wire as wire;

use super::Images;
use crate::request::PullOptions;
use crate::{BoxStream, Error, Result};

/// The tags that are still to come.
struct Left {
    images: Images,
    options: PullOptions,
    repository: Reference,
    tags: std::vec::IntoIter<String>,
    current: Option<BoxStream<wire::Progress>>,
    /// Whether any of them brought something.
    news: bool,
    ended: bool,
}

impl Images {
    /// Pulls one image, or every tag of a repository where none is named and all are wanted.
    pub async fn pull_any(&self, options: PullOptions) -> Result<BoxStream<wire::Progress>> {
        let repository = options.reference.parse::<Reference>();
        let repository = repository
            .ok()
            .filter(|name| options.all_tags && name.tag().is_none() && name.digest().is_none());
        match repository {
            Some(repository) => self.pull_all(repository, options).await,
            None => self.pull(options).await,
        }
    }

    async fn pull_all(
        &self,
        repository: Reference,
        options: PullOptions,
    ) -> Result<BoxStream<wire::Progress>> {
        // Who asks drops the question.
        let never = CancelFlag::new();
        let credentials = options.credentials.as_ref();
        let tags = self.registries.all_tags(&repository, credentials, &never);
        let tags = tags.await?.into_iter();
        let mut left = Left {
            images: self.clone(),
            options,
            repository,
            tags,
            current: None,
            news: false,
            ended: false,
        };
        // What fails before anything was said is the result.
        if !left.begin().await? {
            return Err(Error::Registry(gantry_registry::Error::NoSuchManifest {
                name: left.repository.familiar_repository(),
                said: "it has no tags".to_owned(),
            }));
        }
        Ok(Box::pin(stream::unfold(left, |mut left| async move {
            let line = left.line().await?;
            Some((line, left))
        })))
    }
}

impl Left {
    /// Begins with the next tag; false when there is none.
    async fn begin(&mut self) -> Result<bool> {
        let Some(tag) = self.tags.next() else {
            return Ok(false);
        };
        let options = PullOptions {
            reference: format!("{}:{tag}", self.repository),
            all_tags: false,
            ..self.options.clone()
        };
        self.current = Some(self.images.pull(options).await?);
        Ok(true)
    }

    /// What is said next; nothing at the end.
    async fn line(&mut self) -> Option<wire::Progress> {
        while !self.ended {
            let said = match &mut self.current {
                Some(current) => current.next().await,
                None => None,
            };
            match said {
                // One is said for all of them.
                Some(line) if line.status.starts_with("Status: ") => {
                    self.news |= line.status.starts_with("Status: Downloaded");
                }
                Some(line) => {
                    self.ended = line.error_detail.is_some();
                    return Some(line);
                }
                None => match self.begin().await {
                    Ok(true) => {}
                    Ok(false) => {
                        self.ended = true;
                        return Some(self.outcome());
                    }
                    Err(error) => {
                        self.ended = true;
                        return Some(wire::Progress::failed(error.to_string()));
                    }
                },
            }
        }
        None
    }

    fn outcome(&self) -> wire::Progress {
        let name = self.repository.familiar_repository();
        wire::Progress {
            status: if self.news {
                format!("Status: Downloaded newer image for {name}")
            } else {
                format!("Status: Image is up to date for {name}")
            },
            ..wire::Progress::default()
        }
    }
}
