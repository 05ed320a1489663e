//! What `gantry doctor` finds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which check it was: `kernel`, `user-namespace`, `store`, …; stable.
    pub check: String,
    pub state: FindingState,
    /// Which of the check's findings it is: `overlay-refused`, …; stable.
    pub code: String,
    /// What the sentences are made of, for other languages: `path`, `error`, …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
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

impl Finding {
    /// The same with one more fact.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.facts.insert(name.to_owned(), value.to_string());
        self
    }
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
