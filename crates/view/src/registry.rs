//! Images from registries and to them.

use serde::{Deserialize, Serialize};

use crate::call::call;

/// Pulls an image. The reply is the id of its task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PullImage {
    /// With a tag or a digest; `latest` otherwise.
    pub reference: String,
    /// `linux/arm64`; this computer's when there is none.
    pub platform: Option<String>,
}
call!(PullImage, "pull_image", String);

/// Pushes an image under a name that it has. The reply is the id of its task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PushImage {
    pub reference: String,
}
call!(PushImage, "push_image", String);
