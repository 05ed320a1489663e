//! Watching and stopping a long operation.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gantry_oci::{DiffId, Digest};

use crate::{Error, LayerState, Result};

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

/// A flag that stops the operations it was given to. Clones are the same flag.
#[derive(Debug, Clone, Default)]
pub struct CancelFlag {
    raised: Arc<AtomicBool>,
    /// Of the operation that this one is a part of.
    above: Option<Arc<AtomicBool>>,
}

impl CancelFlag {
    /// A flag that is not raised.
    pub fn new() -> Self {
        Self::default()
    }

    /// A flag for a part of the operation: it may be raised alone, and is when this one is.
    pub(crate) fn child(&self) -> Self {
        Self {
            raised: Arc::default(),
            above: Some(Arc::clone(&self.raised)),
        }
    }

    /// Stops the operation at its next block; it cleans up and fails with [`Error::Cancelled`].
    pub fn cancel(&self) {
        self.raised.store(true, Ordering::Relaxed);
    }

    /// Whether the flag is raised.
    pub fn is_cancelled(&self) -> bool {
        let above = self.above.iter();
        above
            .chain([&self.raised])
            .any(|flag| flag.load(Ordering::Relaxed))
    }

    /// Fails with [`Error::Cancelled`] when the flag is raised.
    pub(crate) fn check(&self) -> Result<()> {
        if self.is_cancelled() {
            Err(Error::Cancelled)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_cancelled_alone_or_with_the_whole() {
        let whole = CancelFlag::new();
        let (one, other) = (whole.child(), whole.child());
        one.cancel();
        assert!(one.is_cancelled() && !other.is_cancelled() && !whole.is_cancelled());
        whole.cancel();
        assert!(other.is_cancelled() && other.check().is_err());
    }
}
