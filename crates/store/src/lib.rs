//! Images on disk: verified blobs, unpacked layers, names; load, save, commit.
#![forbid(unsafe_code)]

mod error;
mod image;
mod progress;
mod request;
mod store;

pub use error::{Error, Result};
pub use gantry_oci::Compression;
pub use image::{
    DiskUsage, HistoryEntry, Image, ImageUsage, LayerState, Loaded, LoadedLayer, PlatformFit,
};
pub use progress::{CancelFlag, LayerProgress, Progress, ProgressEvent};
pub use request::{
    Change, ChangeKind, CommitRequest, RemoveOptions, RemovePlan, Removed, SaveFormat, SaveRequest,
    Target, UpperDir,
};
pub use store::Store;
