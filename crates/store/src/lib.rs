//! Images on disk: verified blobs, unpacked layers, names; load, save, commit.
//!
//! # What lies where
//!
//! ```text
//! <root>/images.json            which images are here and what they are called: the truth
//!        blobs/sha256/<digest>  configs, manifests and layers as they came
//!        layers/<diff id>/      diff/ (the files), index (every entry), layer.json (the sums)
//!        l/<12 digits>          short names of layers for mount options
//!        staging/ trash/        what is not yet, and no longer, part of the store
//!        partial/<digest>       blobs of registries that did not come to their end
//!        gantry.db              an index of the above, made again when it is lost
//! ```
//!
//! # How data flows
//!
//! [`Store::load`] reads an archive once. Each layer is hashed and staged by the reading thread
//! (`stream`), inflated and hashed by a second and unpacked by a third (`unpack`), which writes the
//! layer's index on the way (`index`). When the documents are known everything is checked
//! (`load::finish`) and becomes visible by rename (`adopt`). [`Store::commit`] sends the tar of an
//! upper directory through the same unpacking, [`Store::import`] a tar of someone else's,
//! [`Store::pull`] the layers of a registry, several at once, and [`Store::save`] copies blobs as
//! they are stored. [`Store::export`] merges layers and upper directory into one tar,
//! [`Store::pushable`] makes an image ready for a registry. [`FilesRoot`] copies files into and out of
//! a container's own root.
//!
//! # What it promises
//!
//! - Nothing is visible that does not match its digest, and an operation that fails or is cancelled
//!   leaves nothing behind; what a crash leaves is swept when the store is opened.
//! - Nothing of an archive is written outside its layer's directory: paths are resolved by the kernel
//!   beneath it, never as strings.
//! - What an archive may cost is bounded ([`Limits`]): memory by documents, names and entries, disk by
//!   the growth of compressed streams and by free space, before it is spent.
//! - What was acknowledged survives a power cut, once it is on the disk: nobody waits for that where
//!   the content can come again (`settle`), and what the cut took is gone as a whole. A commit is on the
//!   disk before it is acknowledged.
//! - As root and inside a user namespace the code is the same. What a user namespace cannot hold (a
//!   device, an owner beyond its map) stays in blob and index and is counted as `withheld`.
#![forbid(unsafe_code)]

mod adopt;
mod cancel;
mod catalogue;
mod commit;
mod copy;
mod database;
mod error;
mod explore;
mod export;
#[doc(hidden)]
pub mod fuzz;
mod image;
mod implied;
mod import;
mod index;
mod layer;
mod layout;
mod limits;
mod links;
mod load;
mod names;
mod packer;
mod partial;
mod pins;
mod platform;
mod progress;
mod push;
mod remote;
mod remove;
mod request;
mod save;
mod settle;
mod space;
mod store;
mod stream;
mod sweep;
mod tarball;
mod trash;
mod tree;
mod unpack;
mod upper;
mod usage;
mod verify;
mod withheld;

pub use cancel::CancelFlag;
pub use copy::{Extraction, FilesRoot, Listed, PathFacts, Replace, TakeOwner};
pub use error::{Error, Result};
pub use explore::{
    Comparison, Difference, EntryChange, Explorer, FileInLayer, Hit, Page, Row, Waste, WastedFile,
    WastedLayer,
};
pub use gantry_oci::Compression;
pub use image::{
    DiskUsage, HistoryEntry, Image, ImageUsage, LayerBlob, LayerState, Loaded, LoadedLayer,
    PlatformFit,
};
pub use index::{Entry, EntryKind, LayerIndex, Time};
pub use layer::{Layer, LayerFacts};
pub use limits::Limits;
pub use progress::{LayerProgress, Progress, ProgressEvent};
pub use push::{Pushable, PushableLayer};
pub use remote::{Remote, RemoteImage};
pub use request::{
    Change, ChangeKind, CommitRequest, ImportRequest, InUse, RemoveOptions, RemovePlan, Removed,
    SaveFormat, SaveRequest, Target, UpperDir,
};
pub use store::Store;
pub use trash::remove_tree;
pub use verify::{Damage, Verified, repair, verify};
pub use withheld::Withheld;
