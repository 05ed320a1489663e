//! Sending blobs: not at all where the registry has them, in one piece, or in several.

use std::path::PathBuf;
use std::sync::Arc;

use gantry_oci::Descriptor;
use gantry_store::CancelFlag;
use reqwest::header::{CONTENT_RANGE, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use reqwest::{Method, Response, StatusCode, Url};

use crate::content::{Content, Piece, Sent};
use crate::exchange::{Call, Repository};
use crate::retry::Retries;
use crate::{Error, Result};

/// Bytes of a piece, unless the registry wants larger ones.
const PIECE: u64 = 32 << 20;
/// Where it says so.
const LEAST: HeaderName = HeaderName::from_static("oci-chunk-min-length");

/// How a blob came to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Arrived {
    Exists,
    /// From another repository of the registry.
    Mounted(String),
    Sent,
}

/// A blob of ours.
pub(crate) struct Upload<'a> {
    pub blob: &'a Descriptor,
    pub path: PathBuf,
    /// Repositories of the registry that are known to have it.
    pub sources: &'a [String],
    /// Is told how many bytes are on their way.
    pub sent: Arc<dyn Sent>,
}

impl Repository {
    /// Brings a blob there.
    pub async fn upload(&self, upload: &Upload<'_>, cancel: &CancelFlag) -> Result<Arrived> {
        if self.has_blob(upload.blob, cancel).await? {
            return Ok(Arrived::Exists);
        }
        let mut retries = Retries::new(self.registries.settings().retries);
        loop {
            match self.upload_once(upload, cancel).await {
                Err(error) => retries.after(error, cancel).await?,
                arrived => return arrived,
            }
        }
    }

    async fn has_blob(&self, blob: &Descriptor, cancel: &CancelFlag) -> Result<bool> {
        let url = self.url(&format!("blobs/{}", blob.digest))?;
        match self
            .ask(&Call::new(Method::HEAD, url), "a layer", cancel)
            .await
        {
            Ok(_) => Ok(true),
            Err(Error::Failed { status: 404, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn upload_once(&self, upload: &Upload<'_>, cancel: &CancelFlag) -> Result<Arrived> {
        let begun = match upload.sources.first() {
            Some(from) => {
                let begun = self.begin(upload.blob, Some(from), cancel).await?;
                if begun.status() == StatusCode::CREATED {
                    return Ok(Arrived::Mounted(from.clone()));
                }
                begun
            }
            None => self.begin(upload.blob, None, cancel).await?,
        };
        match self.put(upload, self.place(&begun)?, cancel).await {
            // A server in between does not let as much through at once.
            Err(Error::Failed { status: 413, .. }) => {
                let begun = self.begin(upload.blob, None, cancel).await?;
                self.in_pieces(upload, &begun, cancel).await?;
            }
            sent => sent?,
        }
        Ok(Arrived::Sent)
    }

    /// Asks for a place to send a blob to, or for the blob of another repository.
    async fn begin(
        &self,
        blob: &Descriptor,
        from: Option<&String>,
        cancel: &CancelFlag,
    ) -> Result<Response> {
        let mut url = self.url("blobs/uploads/")?;
        if let Some(from) = from {
            url.query_pairs_mut()
                .append_pair("mount", &blob.digest.to_string())
                .append_pair("from", from);
        }
        self.ask(&Call::new(Method::POST, url), "an upload", cancel)
            .await
    }

    /// Where an answer says that the upload goes on.
    fn place(&self, answer: &Response) -> Result<Url> {
        let location = answer.headers().get(LOCATION);
        let location = location.and_then(|value| value.to_str().ok());
        let location = location.ok_or_else(|| Error::Answer {
            host: self.host(),
            what: "an upload".to_owned(),
            why: "it does not say where to".to_owned(),
        })?;
        self.led(answer.url(), location)
    }

    async fn put(&self, upload: &Upload<'_>, place: Url, cancel: &CancelFlag) -> Result<()> {
        let whole = upload.piece(0, upload.blob.size);
        let call = octets(
            Method::PUT,
            finished(place, upload.blob),
            Content::File(whole),
        );
        self.ask_once(&call, "a layer", cancel).await.map(drop)
    }

    async fn in_pieces(
        &self,
        upload: &Upload<'_>,
        begun: &Response,
        cancel: &CancelFlag,
    ) -> Result<()> {
        let least = begun.headers().get(LEAST);
        let least = least.and_then(|value| value.to_str().ok()?.parse().ok());
        let most = PIECE.max(least.unwrap_or(0));
        let (mut place, mut at) = (self.place(begun)?, 0);
        while at < upload.blob.size {
            let size = most.min(upload.blob.size - at);
            let content = Content::File(upload.piece(at, size));
            let mut call = octets(Method::PATCH, place, content);
            if let Ok(range) = format!("{at}-{}", at + size - 1).parse() {
                call = call.with(CONTENT_RANGE, range);
            }
            let answer = self.ask_once(&call, "a layer", cancel).await?;
            place = self.place(&answer)?;
            at += size;
        }
        let call = octets(Method::PUT, finished(place, upload.blob), Content::None);
        self.ask_once(&call, "a layer", cancel).await.map(drop)
    }
}

impl Upload<'_> {
    fn piece(&self, offset: u64, size: u64) -> Piece {
        Piece {
            path: self.path.clone(),
            offset,
            size,
            sent: Arc::clone(&self.sent),
        }
    }
}

fn octets(method: Method, url: Url, content: Content) -> Call {
    let kind = HeaderValue::from_static("application/octet-stream");
    Call {
        content,
        ..Call::new(method, url).with(CONTENT_TYPE, kind)
    }
}

/// The place with what the blob is to be, which ends the upload.
fn finished(mut place: Url, blob: &Descriptor) -> Url {
    place
        .query_pairs_mut()
        .append_pair("digest", &blob.digest.to_string());
    place
}
