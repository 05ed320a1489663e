//! What this computer lacks for containers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::call::call;

/// Looks at this computer and at what is stored; the engine need not run. In the order in which
/// things build on each other.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SelfCheck {
    /// Also mends what can be mended without losing anything.
    pub repair: bool,
}
call!(SelfCheck, "self_check", Vec<Finding>);

/// Has root mend what a check found, with the administrator's password.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mend {
    pub check: String,
    /// What was shown: nothing else is run.
    pub script: String,
}
call!(Mend, "mend", ());

/// One thing that was looked at. Its sentences are English; what other languages say is made of the
/// code and the facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which it was: `kernel`, `user-namespace`, `store`, …; stable.
    pub check: String,
    pub state: FindingState,
    /// Which of the check's findings it is, one of [`FINDINGS`](crate::FINDINGS).
    pub code: String,
    pub facts: BTreeMap<String, String>,
    /// What was found, in a sentence.
    pub what: String,
    /// Why it matters; empty where all is well.
    pub why: String,
    /// What to do about it; empty where nothing needs to be done.
    pub next: String,
    /// What root would run to do it for the person; empty where that cannot be.
    pub script: String,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingState {
    /// As it should be.
    Good,
    /// It was not, and is now.
    Repaired,
    /// Something works less well than it could.
    Note,
    /// Something does not work.
    Problem,
}
