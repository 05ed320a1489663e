//! Docker or Podman on the same computer, whose images can be copied.

use serde::{Deserialize, Serialize};

use crate::call::call;

/// Looks for engines that listen on this computer, beside our own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OtherEngines {}
call!(OtherEngines, "other_engines", Vec<OtherEngine>);

/// An engine that speaks Docker's API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherEngine {
    /// As people call it: `Docker`, `Podman`.
    pub name: String,
    /// The path of its socket.
    pub socket: String,
    /// `None` where this user may not open the socket.
    pub version: Option<String>,
}

/// Lists what another engine has.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OtherEngineImages {
    pub socket: String,
}
call!(OtherEngineImages, "other_engine_images", Vec<OtherImage>);

/// An image of another engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherImage {
    /// `sha256:` and 64 hex digits: the same as ours for the same image.
    pub id: String,
    /// Short names as Docker prints them; empty when left over.
    pub names: Vec<String>,
    /// Unpacked.
    pub size: u64,
}

/// Copies images into our engine, as one task that ends with this call and tells how. Fails where
/// nothing began.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CopyImages {
    pub socket: String,
    /// Names or ids.
    pub images: Vec<String>,
}
call!(CopyImages, "copy_images", ());
