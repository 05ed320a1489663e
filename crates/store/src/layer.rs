//! One unpacked layer.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gantry_oci::DiffId;
use serde::{Deserialize, Serialize};

use crate::index::{LayerIndex, Totals};
use crate::layout::Layout;
use crate::{Error, Result};

/// What is known about a layer without opening its index: `layer.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerFacts {
    pub diff_id: DiffId,
    /// Bytes of the uncompressed tar.
    pub tar_size: u64,
    /// Bytes of all files, hardlinks counted once: what Docker calls the layer's size.
    pub size: u64,
    /// Everything that is neither directory nor whiteout.
    pub files: u64,
    pub directories: u64,
    pub whiteouts: u64,
    pub entries: u64,
    /// Entries that could not be created in full: devices and foreign ids in a user namespace.
    pub withheld: u64,
    /// Directories that the tar does not mention.
    pub implicit: u64,
}

impl LayerFacts {
    pub(crate) fn new(diff_id: DiffId, tar_size: u64, totals: Totals) -> Self {
        Self {
            diff_id,
            tar_size,
            size: totals.size,
            files: totals.files,
            directories: totals.directories,
            whiteouts: totals.whiteouts,
            entries: totals.entries,
            withheld: totals.withheld,
            implicit: totals.implicit,
        }
    }

    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|source| Error::io("reading", path, source))?;
        serde_json::from_slice(&bytes).map_err(|error| Error::Damaged {
            what: path.display().to_string(),
            why: error.to_string(),
        })
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let failed = |source: std::io::Error| Error::io("writing", path, source);
        let bytes = serde_json::to_vec(self).map_err(|error| failed(error.into()))?;
        std::fs::write(path, bytes).map_err(failed)
    }
}

/// One unpacked layer.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The directory of its files: a lower directory for overlayfs.
    pub path: PathBuf,
    pub facts: LayerFacts,
    index: PathBuf,
}

impl Layer {
    pub(crate) fn new(layout: &Layout, facts: LayerFacts) -> Self {
        let path = layout.layer_diff(&facts.diff_id);
        let index = layout.layer_index(&facts.diff_id);
        Self { path, facts, index }
    }

    /// The layer's entries.
    pub fn entries(&self) -> Result<Arc<LayerIndex>> {
        LayerIndex::open(&self.index).map(Arc::new)
    }
}
