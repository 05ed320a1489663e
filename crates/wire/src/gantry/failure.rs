//! A structured error: what a card in the window is made of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What did not happen, why, and what to do next.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Failure {
    /// Stable, for programs: `name-in-use`, `image-not-found`.
    pub code: String,
    /// What did not happen.
    pub what: String,
    /// Why it did not.
    pub why: String,
    /// What to do now; empty when there is nothing to advise.
    pub next: String,
    /// What a program can act on: `{"container": "web", "port": 8001}`.
    pub facts: BTreeMap<String, serde_json::Value>,
}
