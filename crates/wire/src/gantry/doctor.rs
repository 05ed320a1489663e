//! What `gantry doctor` finds.

use serde::{Deserialize, Serialize};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which check it was: `kernel`, `user-namespace`, `store`, …; stable.
    pub check: String,
    pub state: FindingState,
    /// What was found, in a sentence.
    pub what: String,
    /// Why it matters; empty where all is well.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// What to do about it; empty where nothing needs to be done.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub next: String,
    /// A script of the shell that does it as root; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fix: String,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingState {
    /// As it should be.
    Good,
    /// It was not, and is now.
    Repaired,
    /// Something works less well than it could.
    Note,
    /// Containers or images do not work.
    Problem,
}
