//! The body of an error response.

use serde::{Deserialize, Serialize};

use crate::gantry::Failure;

/// Docker's error body, with the structured part that only our own clients read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// Worded as Docker words it, for scripts that look at it.
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gantry: Option<Box<Failure>>,
}
