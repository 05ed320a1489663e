//! Manifests: what a tag or digest stands for, and of an index what fits a computer.

use gantry_oci::{Descriptor, Digest, Index, Platform, annotation, media_type};
use gantry_store::CancelFlag;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Response};
use serde::Deserialize;

use crate::exchange::{Call, Repository};
use crate::{Error, Result, answer};

/// The most bytes of a manifest, as registries themselves have it.
const LIMIT: usize = 4 << 20;
/// Indexes inside indexes.
const DEPTH: usize = 4;
/// Where registries say what a tag stands for.
const DIGEST: &str = "Docker-Content-Digest";

/// What we understand, best first.
const ACCEPTED: &str = "application/vnd.oci.image.index.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, \
     application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.v2+json";

/// A manifest or index with its digest, which was checked where it was asked for by digest.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub bytes: Vec<u8>,
    pub media_type: String,
    pub digest: Digest,
}

/// What every version of a manifest says of itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outline {
    #[serde(default)]
    schema_version: u32,
    #[serde(default)]
    media_type: String,
    manifests: Option<serde::de::IgnoredAny>,
    config: Option<serde::de::IgnoredAny>,
}

impl Repository {
    /// What a tag or digest stands for, without fetching it; `None` where the registry does not say.
    pub async fn digest_of(&self, which: &str, cancel: &CancelFlag) -> Result<Option<Digest>> {
        match self.ask_manifest(Method::HEAD, which, cancel).await {
            Ok(answer) => Ok(announced(&answer)),
            Err(error) if error.is_of_connection() => Err(error),
            // The answer to GET says why, or is another.
            Err(_) => Ok(None),
        }
    }

    /// The manifest or index that a tag or digest stands for.
    pub async fn manifest(&self, which: &str, cancel: &CancelFlag) -> Result<Document> {
        let answer = self.ask_manifest(Method::GET, which, cancel).await?;
        let (announced, host) = (announced(&answer), self.host());
        let said = answer.headers().get(CONTENT_TYPE);
        let said = said
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let said = said.split(';').next().unwrap_or_default().trim().to_owned();
        let bytes = answer::bytes(answer, LIMIT, "the manifest").await?;
        let digest = Digest::of(&bytes);
        let expected = which.parse().ok().or(announced);
        if let Some(expected) = expected.filter(|expected| *expected != digest) {
            return Err(Error::Digest {
                host,
                what: "the manifest".to_owned(),
                expected,
                got: digest,
            });
        }
        let outline: Outline = answer::parse(&bytes, &host, "the manifest")?;
        let media_type = outline.media_type(said).map_err(|why| Error::Answer {
            host,
            what: "the manifest".to_owned(),
            why,
        })?;
        Ok(Document {
            bytes,
            media_type,
            digest,
        })
    }

    async fn ask_manifest(
        &self,
        method: Method,
        which: &str,
        cancel: &CancelFlag,
    ) -> Result<Response> {
        let url = self.url(&format!("manifests/{which}"))?;
        let call = Call::new(method, url).with(ACCEPT, HeaderValue::from_static(ACCEPTED));
        self.ask(&call, "the manifest", cancel).await
    }

    /// Goes down from an index to the image that fits a platform best; an image is what it is.
    pub async fn image_for(
        &self,
        top: Document,
        platform: &Platform,
        cancel: &CancelFlag,
    ) -> Result<Document> {
        let mut document = top;
        for _ in 0..DEPTH {
            if !media_type::is_index(&document.media_type) {
                return Ok(document);
            }
            let index: Index = answer::parse(&document.bytes, &self.host(), "the index")?;
            let chosen = best(&index, platform).ok_or_else(|| Error::Platform {
                name: self.name.clone(),
                wanted: platform.to_string(),
                offered: offered(&index),
            })?;
            let found = self.manifest(&chosen.digest.to_string(), cancel).await?;
            if found.bytes.len() as u64 != chosen.size {
                return Err(Error::Size {
                    host: self.host(),
                    what: "the manifest".to_owned(),
                    expected: chosen.size,
                    got: found.bytes.len() as u64,
                });
            }
            document = found;
        }
        Err(Error::Answer {
            host: self.host(),
            what: "the index".to_owned(),
            why: format!("indexes lie in each other more than {DEPTH} deep"),
        })
    }
}

impl Outline {
    /// What the document is: by its own word, else by the registry's, else by its looks.
    fn media_type(&self, said: String) -> Result<String, String> {
        let (index, image) = (self.manifests.is_some(), self.config.is_some());
        if self.schema_version != 2 || index == image {
            return Err(match self.schema_version {
                1 => "it is of schema 1, which nobody makes any more".to_owned(),
                _ => "it is neither an image nor an index".to_owned(),
            });
        }
        let known = |text: &String| {
            (index && media_type::is_index(text)) || (image && media_type::is_manifest(text))
        };
        let named = [self.media_type.clone(), said].into_iter().find(known);
        Ok(named.unwrap_or_else(|| {
            let guess = if index {
                media_type::OCI_INDEX
            } else {
                media_type::OCI_MANIFEST
            };
            guess.to_owned()
        }))
    }
}

pub(crate) fn announced(answer: &Response) -> Option<Digest> {
    answer.headers().get(DIGEST)?.to_str().ok()?.parse().ok()
}

/// Of an index the image for a platform: the very same, else one that runs on it.
fn best<'a>(index: &'a Index, wanted: &Platform) -> Option<&'a Descriptor> {
    let fitting = index.manifests.iter().filter_map(|descriptor| {
        let platform = descriptor.platform.clone()?.normalised();
        let fits = !platform.architecture.is_empty() && platform.runs_on(wanted);
        (fits && !is_attestation(descriptor)).then_some((descriptor, platform))
    });
    // amd64/v3 may need what this processor lacks; 32-bit programs run on 64-bit processors, and lower variants on higher ones.
    fitting
        .min_by_key(|(_, platform)| {
            let same = platform.architecture == wanted.architecture;
            let beyond = platform.variant > wanted.variant;
            (!same, beyond, std::cmp::Reverse(platform.variant.clone()))
        })
        .map(|(descriptor, _)| descriptor)
}

fn is_attestation(descriptor: &Descriptor) -> bool {
    descriptor.annotation(annotation::REFERENCE_TYPE).is_some()
}

/// The platforms of an index, as people write them.
fn offered(index: &Index) -> Vec<String> {
    images(index).map(ToString::to_string).collect()
}

/// The platforms of an index; an image itself tells them in its config.
pub(crate) fn platforms(document: &Document, host: &str) -> Result<Option<Vec<Platform>>> {
    if !media_type::is_index(&document.media_type) {
        return Ok(None);
    }
    let index: Index = answer::parse(&document.bytes, host, "the index")?;
    Ok(Some(images(&index).cloned().collect()))
}

fn images(index: &Index) -> impl Iterator<Item = &Platform> {
    let images = index.manifests.iter();
    let images = images.filter(|descriptor| !is_attestation(descriptor));
    images.filter_map(|descriptor| descriptor.platform.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(platforms: &[&str]) -> Index {
        let manifests = platforms.iter().map(|text| Descriptor {
            platform: Platform::parse(text),
            ..Descriptor::new(media_type::OCI_MANIFEST, Digest::of(text.as_bytes()), 1)
        });
        Index::oci(manifests.collect())
    }

    fn chosen(platforms: &[&str], wanted: &str) -> Option<Digest> {
        let index = index(platforms);
        best(&index, &Platform::parse(wanted).unwrap()).map(|found| found.digest)
    }

    #[test]
    fn the_closest_platform_is_chosen() {
        let of = |text: &str| Some(Digest::of(text.as_bytes()));
        let all = [
            "linux/386",
            "linux/amd64",
            "linux/arm/v6",
            "linux/arm/v7",
            "linux/arm64",
        ];
        assert_eq!(chosen(&all, "linux/amd64"), of("linux/amd64"));
        assert_eq!(chosen(&all, "arm64"), of("linux/arm64"));
        assert_eq!(chosen(&all, "linux/arm/v7"), of("linux/arm/v7"));
        assert_eq!(chosen(&all, "linux/arm/v6"), of("linux/arm/v6"));
        assert_eq!(chosen(&["linux/386"], "linux/amd64"), of("linux/386"));
        assert_eq!(chosen(&["windows/amd64"], "linux/amd64"), None);
        assert_eq!(chosen(&all, "linux/riscv64"), None);
    }

    #[test]
    fn a_document_is_what_it_looks_like() {
        let outline = |text: &str| serde_json::from_str::<Outline>(text).unwrap();
        let image = outline(r#"{"schemaVersion":2,"config":{},"layers":[]}"#);
        let kind = |said: &str| image.media_type(said.to_owned()).unwrap();
        assert_eq!(
            kind(media_type::DOCKER_MANIFEST),
            media_type::DOCKER_MANIFEST
        );
        assert_eq!(kind(media_type::DOCKER_INDEX), media_type::OCI_MANIFEST);
        assert_eq!(kind("text/plain"), media_type::OCI_MANIFEST);
        let index = outline(r#"{"schemaVersion":2,"manifests":[]}"#);
        assert_eq!(
            index.media_type(String::new()).unwrap(),
            media_type::OCI_INDEX
        );
        let old = outline(r#"{"schemaVersion":1,"fsLayers":[]}"#);
        assert!(
            old.media_type(String::new())
                .unwrap_err()
                .contains("schema 1")
        );
    }
}
