//! Progress as Docker streams it: one JSON object per line (`load`, `pull`, `build`).

use serde::{Deserialize, Serialize};

use crate::go;

/// One message of a progress stream.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// Text to print as it is, such as `Loaded image: busybox:latest\n`.
    #[serde(skip_serializing_if = "go::is_zero")]
    pub stream: String,
    #[serde(skip_serializing_if = "go::is_zero")]
    pub status: String,
    #[serde(rename = "progressDetail", skip_serializing_if = "Option::is_none")]
    pub progress_detail: Option<ProgressDetail>,
    /// The layer this is about.
    #[serde(skip_serializing_if = "go::is_zero")]
    pub id: String,
    #[serde(rename = "errorDetail", skip_serializing_if = "Option::is_none")]
    pub error_detail: Option<ProgressError>,
    /// The error's message again, for old clients.
    #[serde(skip_serializing_if = "go::is_zero")]
    pub error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aux: Option<serde_json::Value>,
}

impl Progress {
    /// A line of text.
    pub fn text(stream: impl Into<String>) -> Self {
        Self {
            stream: stream.into(),
            ..Self::default()
        }
    }

    /// The end of a stream that went wrong after its headers were sent.
    pub fn failed(message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            error_detail: Some(ProgressError {
                code: 0,
                message: message.clone(),
            }),
            error: message,
            ..Self::default()
        }
    }
}

/// How far: bytes, or another unit where `units` says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProgressDetail {
    #[serde(skip_serializing_if = "go::is_zero")]
    pub current: u64,
    #[serde(skip_serializing_if = "go::is_zero")]
    pub total: u64,
    #[serde(skip_serializing_if = "go::is_zero")]
    pub units: String,
    #[serde(rename = "hidecounts", skip_serializing_if = "go::is_zero")]
    pub hide_counts: bool,
}

/// An error inside a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProgressError {
    #[serde(skip_serializing_if = "go::is_zero")]
    pub code: i64,
    pub message: String,
}
