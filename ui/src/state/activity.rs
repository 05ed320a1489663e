//! The last thing that was done, for the status bar.

use leptos::prelude::*;

use super::{CommandLine, Store};

/// How far an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Busy,
    Done,
    Failed,
}

/// The last action in words, and the command that does the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    pub outcome: Outcome,
    pub text: String,
    /// Shown only where an exact equivalent exists.
    pub command: Option<CommandLine>,
}

impl Store {
    /// Says in the status bar what is going on or has just happened.
    pub fn report(self, outcome: Outcome, text: String, command: Option<CommandLine>) {
        self.activity.set(Some(Activity {
            outcome,
            text,
            command,
        }));
    }
}
