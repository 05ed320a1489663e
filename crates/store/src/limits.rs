//! Bounds on what comes in.

use serde::Deserialize;

/// Bounds on what comes in. The defaults let every honest image pass.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// A compressed stream may always grow to this many bytes…
    pub inflated_base: u64,
    /// …and beyond that by this factor. gzip of zeros reaches 1032, real layers less than 20.
    pub inflated_ratio: u64,
    /// Bytes of free space that are left to others.
    pub reserve: u64,
    /// Bytes of one JSON document.
    pub document: u64,
    /// Bytes of all JSON documents of an archive together, and of its members' names.
    pub documents: u64,
    /// Entries of one layer, the directories that it only implies included.
    pub entries: u64,
    /// Bytes of the names and link targets of one layer: its index is made in memory.
    pub names: u64,
    /// Bytes of one file, its holes included.
    pub file: u64,
    /// Layers of one archive, of all its images together.
    pub layers: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            inflated_base: 8 << 30,
            inflated_ratio: 256,
            reserve: 64 << 20,
            document: 8 << 20,
            documents: 32 << 20,
            entries: 4_000_000,
            names: 512 << 20,
            file: 16 << 40,
            layers: 4096,
        }
    }
}

/// Layers of one image: overlayfs stacks no more.
pub(crate) const STACK: usize = 500;
/// Images of one archive.
pub(crate) const IMAGES: usize = 4096;
