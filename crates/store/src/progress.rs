//! Watching a long operation.

use gantry_oci::{DiffId, Digest};

use crate::LayerState;

/// Receives the progress of one operation, from several threads.
pub trait Progress: Sync {
    /// Called often and from the working threads: it must return at once.
    fn report(&self, event: ProgressEvent);
}

/// For callers that do not watch.
impl Progress for () {
    fn report(&self, _event: ProgressEvent) {}
}

impl<F: Fn(ProgressEvent) + Sync> Progress for F {
    fn report(&self, event: ProgressEvent) {
        self(event);
    }
}

/// One step forward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgressEvent {
    /// Bytes taken from the input so far, before any decompression.
    Read { bytes: u64, total: Option<u64> },
    /// Bytes given to the output so far, before the outer compression; `total` is an estimate.
    Written { bytes: u64, total: Option<u64> },
    /// What happens to one layer.
    Layer(LayerProgress),
}

/// What happens to one layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerProgress {
    /// The layer's name inside the archive: the key of its line while the digest is unknown.
    pub name: String,
    /// The digest of the stored bytes, once it is known.
    pub digest: Option<Digest>,
    /// The digest of the uncompressed tar, once it is known.
    pub diff_id: Option<DiffId>,
    pub state: LayerState,
    /// Bytes of the stored layer handled so far.
    pub bytes: u64,
    /// Bytes of the stored layer.
    pub total: Option<u64>,
}
