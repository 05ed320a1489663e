use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Why a call failed, in the parts that an error card shows.
///
/// `code` is stable and is what the window matches and translates by, together with `facts`; the
/// sentences are the engine's own English, shown where no translation of the code exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Stable, kebab case: `name-in-use`, `image-in-use`, `archive-truncated`, `engine-lost` …
    pub code: String,
    /// What did not happen: "The container was not started".
    pub what: String,
    /// Why: "The name web is taken by another container".
    pub why: String,
    /// What to do next; empty when nothing helps.
    pub next: String,
    /// The error as the engine wrote it, to copy.
    pub raw: String,
    /// Values the sentences are made of, by name: `name`, `holder`, `expected`, `got`, `bytes` …
    pub facts: BTreeMap<String, String>,
}

impl Failure {
    /// A failure with a code and the raw error; the sentences default to the raw text.
    pub fn new(code: impl Into<String>, raw: impl Into<String>) -> Self {
        let raw = raw.into();
        Self {
            code: code.into(),
            what: raw.clone(),
            why: String::new(),
            next: String::new(),
            raw,
            facts: BTreeMap::new(),
        }
    }

    /// The same failure with one more fact.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.facts.insert(name.to_owned(), value.to_string());
        self
    }

    /// The value of a fact, or an empty string.
    pub fn fact(&self, name: &str) -> &str {
        self.facts.get(name).map_or("", String::as_str)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.raw)
    }
}

impl std::error::Error for Failure {}
