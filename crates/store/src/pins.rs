//! Content that an operation relies on must not be removed while it runs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use gantry_oci::Digest;

/// How many operations rely on which content, by diff id or blob digest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pins(Arc<Mutex<HashMap<Digest, usize>>>);

/// Keeps content until it is dropped.
#[derive(Debug)]
pub(crate) struct Pin {
    pins: Pins,
    digest: Digest,
}

impl Pins {
    pub fn pin(&self, digest: Digest) -> Pin {
        *self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(digest)
            .or_default() += 1;
        Pin {
            pins: self.clone(),
            digest,
        }
    }

    pub fn is_pinned(&self, digest: &Digest) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(digest)
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut pins = self.pins.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = pins.get_mut(&self.digest) {
            *count -= 1;
            if *count == 0 {
                pins.remove(&self.digest);
            }
        }
    }
}
