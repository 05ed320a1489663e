//! Blobs on their way from a registry, in files that an interrupted download finds again.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use gantry_oci::Digest;

use crate::layout::Layout;
use crate::sweep::list;
use crate::{Result, Store};

/// Which of them are being written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Partials(Arc<Mutex<HashSet<Digest>>>);

/// The right to write one; given back when dropped. What is in the file then stays for the next
/// download, unless the blob is in its place.
#[derive(Debug)]
pub(crate) struct Claim {
    partials: Partials,
    digest: Digest,
    partial: PathBuf,
    blob: PathBuf,
}

impl Partials {
    /// `None` while another operation writes it.
    pub fn claim(&self, layout: &Layout, digest: Digest) -> Option<Claim> {
        self.claimed().insert(digest).then(|| Claim {
            partials: self.clone(),
            digest,
            partial: layout.partial(&digest),
            blob: layout.blob(&digest),
        })
    }

    fn claimed(&self) -> MutexGuard<'_, HashSet<Digest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim {
    pub fn path(&self) -> &Path {
        &self.partial
    }

    /// Bytes that are there.
    pub fn len(&self) -> u64 {
        std::fs::metadata(&self.partial).map_or(0, |found| found.len())
    }

    /// Removes what is there.
    pub fn discard(&self) {
        match std::fs::remove_file(&self.partial) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(path = %self.partial.display(), %error, "removing");
            }
            _ => {}
        }
    }
}

impl Store {
    /// Bytes of downloads that did not come to their end, or not yet.
    pub(crate) fn partial_bytes(&self) -> Result<u64> {
        let files = list(&self.layout().partials())?.into_iter();
        let sizes = files.filter_map(|(path, _)| std::fs::metadata(path).ok());
        Ok(sizes.map(|found| found.len()).sum())
    }

    /// Removes what interrupted downloads left, of before a time if there is one; returns the bytes.
    /// What is being downloaded stays.
    pub fn prune_partials(&self, before: Option<SystemTime>) -> Result<u64> {
        let mut freed = 0;
        for (path, name) in list(&self.layout().partials())? {
            let Ok(digest) = Digest::from_hex(&name) else {
                continue;
            };
            let Some(claim) = self.claim(digest) else {
                continue;
            };
            let modified = std::fs::metadata(path).and_then(|found| found.modified());
            let old = |time| modified.is_ok_and(|modified| modified < time);
            if before.is_none_or(old) {
                freed += claim.len();
                claim.discard();
            }
        }
        Ok(freed)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.blob.exists() || self.len() == 0 {
            self.discard();
        }
        self.partials.claimed().remove(&self.digest);
    }
}
