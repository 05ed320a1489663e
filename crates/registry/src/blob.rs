//! Fetching blobs: to their end however often the connection breaks, and not one byte further.

use std::io;
use std::time::Instant;

use gantry_oci::Descriptor;
use gantry_store::{CancelFlag, Remote};
use reqwest::header::{CONTENT_RANGE, RANGE};
use reqwest::{Method, Response, StatusCode};
use tokio::runtime::Handle;

use crate::exchange::{Call, Repository};
use crate::pace::Pace;
use crate::retry::{Retries, unless};
use crate::{Error, Result};

/// Bytes after which a broken connection counts as the first again.
const PROGRESS: u64 = 1 << 20;

/// Who takes the bytes.
type Take<'a> = &'a mut dyn FnMut(&[u8]) -> io::Result<()>;

impl Repository {
    /// Gives `take` a blob from `offset` on.
    pub async fn blob(
        &self,
        blob: &Descriptor,
        offset: u64,
        cancel: &CancelFlag,
        take: Take<'_>,
    ) -> Result<()> {
        let mut at = offset;
        let mut retries = Retries::new(self.registries.settings().retries);
        // Where the last pause was taken: a server that breaks after each few bytes is given up.
        let mut mark = at;
        while at < blob.size {
            let Err(error) = self.stretch(blob, &mut at, cancel, &mut *take).await else {
                return Ok(());
            };
            if at - mark >= PROGRESS {
                retries.renew();
                mark = at;
            }
            retries.after(error, cancel).await?;
        }
        Ok(())
    }

    /// As much as one connection brings.
    async fn stretch(
        &self,
        blob: &Descriptor,
        at: &mut u64,
        cancel: &CancelFlag,
        take: Take<'_>,
    ) -> Result<()> {
        let url = self.url(&format!("blobs/{}", blob.digest))?;
        let mut call = Call::new(Method::GET, url);
        if let Ok(range) = format!("bytes={at}-").parse()
            && *at > 0
        {
            call = call.with(RANGE, range);
        }
        let mut answer = self.ask_once(&call, "a layer", cancel).await?;
        let mut skip = self.begins(&answer, blob, *at)?;
        let mut pace = Pace::new(self.registries.settings().idle_timeout(), Instant::now());
        loop {
            let piece = unless(cancel, async {
                let piece = answer.chunk().await;
                piece.map_err(|error| Error::http(&self.host(), error))
            });
            let Some(piece) = piece.await? else { break };
            if !pace.take(piece.len() as u64, Instant::now()) {
                return Err(self.lost("it brings next to nothing"));
            }
            // A server without ranges sends what is here already once more.
            let known = skip.min(piece.len() as u64);
            skip -= known;
            let piece = &piece[known as usize..];
            if *at + piece.len() as u64 > blob.size {
                return Err(self.size(blob, *at + piece.len() as u64));
            }
            take(piece).map_err(Error::Taking)?;
            *at += piece.len() as u64;
        }
        if *at < blob.size {
            return Err(self.lost(&format!("it ended after {at} of {} bytes", blob.size)));
        }
        Ok(())
    }

    /// Checks what is announced; returns how much of the answer is known already.
    fn begins(&self, answer: &Response, blob: &Descriptor, at: u64) -> Result<u64> {
        let (skip, total) = if answer.status() == StatusCode::PARTIAL_CONTENT {
            let range = answer.headers().get(CONTENT_RANGE);
            let range = range
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default();
            if !range.starts_with(&format!("bytes {at}-")) {
                return Err(Error::Answer {
                    host: self.host(),
                    what: "a layer".to_owned(),
                    why: format!("bytes from {at} on were asked for, and {range:?} came"),
                });
            }
            let left = answer.content_length();
            (0, left.map(|left| at.saturating_add(left)))
        } else {
            (at, answer.content_length())
        };
        match total {
            Some(total) if total != blob.size => Err(self.size(blob, total)),
            _ => Ok(skip),
        }
    }

    fn size(&self, blob: &Descriptor, got: u64) -> Error {
        Error::Size {
            host: self.host(),
            what: format!("the blob {}", blob.digest),
            expected: blob.size,
            got,
        }
    }

    fn lost(&self, why: &str) -> Error {
        Error::Interrupted {
            host: self.host(),
            why: why.to_owned(),
        }
    }
}

/// A repository as the store sees it, from threads that may block.
pub(crate) struct Source<'a> {
    pub repository: &'a Repository,
    pub runtime: Handle,
}

impl Remote for Source<'_> {
    fn fetch(
        &self,
        blob: &Descriptor,
        offset: u64,
        cancel: &CancelFlag,
        take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let fetched = self.repository.blob(blob, offset, cancel, take);
        self.runtime.block_on(fetched).map_err(|error| match error {
            Error::Taking(error) => error,
            error if error.is_lie() => io::Error::new(io::ErrorKind::InvalidData, error),
            error => io::Error::other(error),
        })
    }

    fn at_once(&self) -> usize {
        self.repository.registries.settings().downloads.max(1)
    }
}
