//! Images as the list and the detail show them.

use serde::{Deserialize, Serialize};

use crate::{Removed, call::call};

/// One image of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// `sha256:` and 64 hex digits: the digest of the config.
    pub id: String,
    /// Short names as Docker prints them, `repository:tag`; empty when left over.
    pub tags: Vec<String>,
    /// Unpacked, all layers.
    pub size: u64,
    /// As stored blobs, all layers.
    pub download_size: u64,
    /// Unpacked, layers that no other image has.
    pub unique_size: u64,
    /// When it was built; `None` where the image does not say.
    pub created_at: Option<i64>,
    /// `linux/amd64`.
    pub platform: String,
    /// Whether this computer can run it.
    pub runnable: bool,
    pub layers: u32,
    /// Ids of the containers made from it.
    pub used_by: Vec<String>,
}

/// An image with its layers, history and configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageDetail {
    pub image: Image,
    pub author: String,
    /// Steps from the first (bottom) to the last (top), with and without files.
    pub steps: Vec<Step>,
    pub entrypoint: Vec<String>,
    pub cmd: Vec<String>,
    pub env: Vec<String>,
    pub working_dir: String,
    pub user: String,
    /// `80/tcp`.
    pub exposed_ports: Vec<String>,
    pub volumes: Vec<String>,
    pub stop_signal: String,
    pub labels: Vec<(String, String)>,
    /// `docker image inspect` of it, indented JSON.
    pub inspect: String,
}

/// One step of an image's history, and the layer it made if it made one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Counted from 1 at the bottom.
    pub number: u32,
    /// The instruction made readable: `RUN npm ci`, `COPY . .`; empty when unknown.
    pub instruction: String,
    /// The instruction as the image records it.
    pub created_by: String,
    pub comment: String,
    pub created_at: Option<i64>,
    pub kind: StepKind,
    /// The layer, unless the step only changed the configuration.
    pub layer: Option<Layer>,
}

/// What colours a slab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepKind {
    /// Part of the base image, shared with others.
    Base,
    /// Made by a command.
    Command,
    /// Files copied in.
    Copy,
    /// No files.
    Metadata,
}

/// A layer of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Counted from 0 at the base.
    pub index: u32,
    /// Of the uncompressed tar.
    pub diff_id: String,
    /// Of the stored blob.
    pub digest: String,
    /// Unpacked.
    pub size: u64,
    /// As stored.
    pub blob_size: u64,
    pub files: u64,
    /// How many images on this computer have it.
    pub shared_by: u32,
}

/// Reads one image in full, by id or name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InspectImage {
    pub id: String,
}
call!(InspectImage, "inspect_image", ImageDetail);

/// Gives an image one more name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TagImage {
    pub id: String,
    pub reference: String,
}
call!(TagImage, "tag_image", ());

/// Removes a name, and the image with its last name; or the image by id with all names.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemoveImage {
    /// A name, to untag; or an id.
    pub reference: String,
    /// Remove it although stopped containers use it or several names point at it.
    pub force: bool,
    /// As for [`crate::RemoveContainer`].
    pub undo_ms: u32,
}
call!(RemoveImage, "remove_image", Removed);
