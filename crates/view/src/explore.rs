//! What an image holds: folders, waste, search, comparison, single files.

use serde::{Deserialize, Serialize};

use crate::call::call;

/// Lists one folder: of a layer itself, or of all layers up to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LayerEntries {
    pub image: String,
    /// Counted from 0 at the base.
    pub layer: u32,
    /// What a container made from the layers up to this one would see, instead of the layer itself.
    pub whole: bool,
    /// Path without leading slash; empty is the root.
    pub dir: String,
    /// At most so many, the largest.
    pub limit: u32,
}
call!(LayerEntries, "layer_entries", EntryPage);

/// The largest entries of a folder, and what is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryPage {
    pub entries: Vec<LayerEntry>,
    /// Entries left out, and their bytes.
    pub more: u64,
    pub more_size: u64,
}

/// One file or folder of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerEntry {
    /// Bytes that are not UTF-8 are shown as U+FFFD.
    pub name: String,
    pub kind: EntryKind,
    pub change: EntryChange,
    /// Of the file, or of all below the folder; of what was deleted, what it held.
    pub size: u64,
    /// In a comparison: bytes in the first image, while `size` are those in the second.
    pub before: Option<u64>,
    /// Files below, for a folder; in a comparison those that differ.
    pub files: u64,
    /// The layer that it comes from, counted from 0 at the base.
    pub layer: u32,
    /// Where a symbolic link points; empty otherwise.
    pub target: String,
    /// Permission bits.
    pub mode: u32,
}

/// What a layer entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    File,
    Folder,
    Link,
    Other,
}

/// What the layer does to the path, against the layers below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryChange {
    Added,
    Modified,
    Deleted,
    /// A folder that the layer only passes through.
    Unchanged,
}

/// Adds up what ships with an image and is never seen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImageWaste {
    pub id: String,
}
call!(ImageWaste, "image_waste", Waste);

/// How much of an image is of use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waste {
    /// Bytes of the files of all layers.
    pub total: u64,
    /// Those that a container sees.
    pub seen: u64,
    /// By layer, the base first.
    pub layers: Vec<WastedLayer>,
    /// The paths that waste most, the worst first.
    pub files: Vec<WastedFile>,
}

impl Waste {
    /// Bytes that nobody sees.
    pub fn wasted(&self) -> u64 {
        self.total.saturating_sub(self.seen)
    }

    /// The share that is seen, of 1.
    pub fn efficiency(&self) -> f64 {
        if self.total == 0 {
            1.0
        } else {
            self.seen as f64 / self.total as f64
        }
    }
}

/// What of a layer is replaced or deleted above it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WastedLayer {
    pub bytes: u64,
    /// The layer that hides most of them, counted from 0 at the base.
    pub by: Option<u32>,
}

/// A path that ships more than it shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WastedFile {
    pub path: String,
    pub bytes: u64,
    /// Copies that nobody sees.
    pub copies: u32,
    /// Whether the path is gone from the image altogether.
    pub deleted: bool,
}

/// Finds paths by a part of their name, or of the whole path if the text has a slash.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SearchImage {
    pub image: String,
    pub text: String,
    /// Up to this layer; the whole image without.
    pub layer: Option<u32>,
}
call!(SearchImage, "search_image", Found);

/// What was found, and how much more there is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub hits: Vec<Hit>,
    pub more: u64,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Without a leading slash.
    pub path: String,
    pub entry: LayerEntry,
}

/// Lists what of a folder is not the same in another image.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CompareImages {
    pub image: String,
    pub with: String,
    /// Path without leading slash; empty is the root.
    pub dir: String,
}
call!(CompareImages, "compare_images", Comparison);

/// What differs in a folder, and below it as sums.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    pub page: EntryPage,
    /// Files in and below the folder.
    pub added: u64,
    pub modified: u64,
    pub deleted: u64,
}

/// Writes one file of an image to a path of this computer; the reply is its bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SaveImageFile {
    pub image: String,
    /// As for [`LayerEntries`].
    pub layer: u32,
    pub whole: bool,
    /// Inside the image, without leading slash.
    pub path: String,
    /// Where to; absolute or with a leading `~`.
    pub target: String,
}
call!(SaveImageFile, "save_image_file", u64);

#[cfg(test)]
mod tests {
    use super::Waste;

    #[test]
    fn an_image_without_files_wastes_nothing() {
        assert!((Waste::default().efficiency() - 1.0).abs() < f64::EPSILON);
        let waste = Waste {
            total: 200,
            seen: 150,
            ..Waste::default()
        };
        assert_eq!(waste.wasted(), 50);
        assert!((waste.efficiency() - 0.75).abs() < f64::EPSILON);
    }
}
