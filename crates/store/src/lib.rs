//! Images on disk: verified blobs, unpacked layers, names; load, save, commit.
#![forbid(unsafe_code)]

mod adopt;
mod catalogue;
mod commit;
mod error;
mod image;
mod implied;
mod index;
mod layer;
mod layout;
mod links;
mod load;
mod names;
mod pins;
mod platform;
mod progress;
mod remove;
mod request;
mod save;
mod store;
mod stream;
mod sweep;
mod tarball;
mod trash;
mod unpack;
mod upper;
mod usage;

pub use error::{Error, Result};
pub use gantry_oci::Compression;
pub use image::{
    DiskUsage, HistoryEntry, Image, ImageUsage, LayerBlob, LayerState, Loaded, LoadedLayer,
    PlatformFit,
};
pub use index::{Chain, Entry, EntryKind, LayerIndex, Time};
pub use layer::{Layer, LayerFacts};
pub use progress::{CancelFlag, LayerProgress, Progress, ProgressEvent};
pub use request::{
    Change, ChangeKind, CommitRequest, RemoveOptions, RemovePlan, Removed, SaveFormat, SaveRequest,
    Target, UpperDir,
};
pub use store::Store;
pub use unpack::Limits;
