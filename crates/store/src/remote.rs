//! Images of a registry: what the store wants to know of it, and [`Store::pull`].

use std::io;

use gantry_oci::{Descriptor, DiffId, Digest, Manifest, Reference, media_type};

use crate::limits::STACK;
use crate::load::{Session, remote_candidate};
use crate::{CancelFlag, Error, Loaded, Progress, Result, Store};

/// Where the blobs of an image come from. Several threads ask at once.
pub trait Remote: Sync {
    /// Gives `take` the bytes of a blob from `offset` on, in order and to its end, and not one more.
    ///
    /// Ends with the error of `take`, which is the store's own and passes through unchanged, and with
    /// any error at all once `cancel` is raised. An error of the kind [`io::ErrorKind::InvalidData`] says
    /// that what came is wrong, and not only that it did not come to its end.
    fn fetch(
        &self,
        blob: &Descriptor,
        offset: u64,
        cancel: &CancelFlag,
        take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()>;

    /// How many blobs may be asked for at the same time.
    fn at_once(&self) -> usize;
}

/// An image as a registry describes it.
#[derive(Debug, Clone)]
pub struct RemoteImage {
    /// As it came; its digest was checked by whoever asked for it.
    pub manifest: Vec<u8>,
    pub media_type: String,
    /// By tag, by digest or both.
    pub names: Vec<Reference>,
}

impl RemoteImage {
    /// The manifest, if it is one of an image that this store holds.
    pub fn parse(&self) -> Result<Manifest> {
        let manifest: Manifest =
            serde_json::from_slice(&self.manifest).map_err(|error| Error::Invalid {
                what: "the manifest".to_owned(),
                why: error.to_string(),
            })?;
        if !media_type::is_image_config(&manifest.config.media_type) {
            return Err(Error::NotAnImage(format!(
                "its manifest is one of {}",
                manifest.config.media_type
            )));
        }
        if manifest.layers.len() > STACK {
            return Err(Error::TooLarge {
                what: "the image".to_owned(),
                why: format!(
                    "{} layers; an image may have {STACK}",
                    manifest.layers.len()
                ),
            });
        }
        Ok(manifest)
    }
}

impl Store {
    /// Brings an image from a registry: what is here is not asked for, everything else comes several
    /// layers at once, and is hashed, inflated and unpacked on the way.
    ///
    /// A download that was interrupted, by an error, by a cancellation or by the end of this process,
    /// goes on where it was the next time.
    pub fn pull(
        &self,
        image: &RemoteImage,
        remote: &dyn Remote,
        progress: &dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<Loaded> {
        let manifest = image.parse()?;
        let loaded = Session::run(self, progress, cancel, |session| {
            remote_candidate(session, image, &manifest, remote).map(|found| vec![found])
        });
        match loaded {
            Ok(loaded) => loaded.into_iter().next().ok_or(Error::Cancelled),
            Err(error) => {
                if !is_worth_resuming(&error) {
                    self.discard_partials(manifest.layers.iter().map(|layer| layer.digest));
                }
                Err(error)
            }
        }
    }

    /// The image that a name by digest means, when all of it is here.
    pub fn pulled(&self, name: &Reference) -> Option<crate::Image> {
        let id = *self.state().catalogue.digests.get(name)?;
        self.image(&id).ok()
    }

    /// Whether a pull need not fetch a layer: its blob is here, or its content as another blob.
    pub fn has_layer(&self, blob: &Digest, diff_id: Option<&DiffId>) -> bool {
        let by_content = || diff_id.and_then(|diff_id| self.layer_by_diff_id(diff_id));
        self.layer_by_blob(blob).or_else(by_content).is_some()
    }

    fn discard_partials(&self, digests: impl Iterator<Item = Digest>) {
        for digest in digests {
            // Whoever else writes it has to find out for himself.
            if let Some(claim) = self.claim(digest) {
                claim.discard();
            }
        }
    }
}

/// Whether the same download may do better another time: the content is not at fault.
fn is_worth_resuming(error: &Error) -> bool {
    match error {
        Error::Stream { source, .. } => source.kind() != io::ErrorKind::InvalidData,
        Error::Cancelled | Error::Io { .. } | Error::DiskFull { .. } => true,
        _ => false,
    }
}
