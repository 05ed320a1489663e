//! Why no engine could be started.

use std::io;
use std::path::PathBuf;

use gantry_wire::gantry::Failure;

/// A start that failed, with what the engine said last.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Neither `$HOME` nor `$XDG_DATA_HOME` says where data goes.
    #[error("no folder for data: neither HOME nor XDG_DATA_HOME is set")]
    NoHome,
    /// The `gantry` program is not where it should be.
    #[error("the gantry program was not found beside this one or in the PATH")]
    NoProgram,
    /// A file or folder of the engine's place cannot be used.
    #[error("{doing} {}: {source}", path.display())]
    Place {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// Somebody else may be there.
    #[error("{} is not used: {why}", path.display())]
    UnsafeFolder { path: PathBuf, why: String },
    /// The engine could not be run at all.
    #[error("cannot run {}: {source}", program.display())]
    Spawn { program: PathBuf, source: io::Error },
    /// Another engine serves the same data.
    #[error("another engine serves this data already\n{last_words}")]
    AlreadyRunning { last_words: String },
    /// The engine ended before it was ready.
    #[error("the engine did not start\n{last_words}")]
    Failed { last_words: String },
    /// The engine is still not ready.
    #[error("the engine is not ready after {seconds} s\n{last_words}")]
    TooSlow { seconds: u64, last_words: String },
}

impl StartError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoHome => "no-home",
            Self::NoProgram => "engine-missing",
            Self::Place { .. } => "io",
            Self::UnsafeFolder { .. } => "unsafe-folder",
            Self::Spawn { .. } => "engine-unrunnable",
            Self::AlreadyRunning { .. } => "engine-already-running",
            Self::Failed { .. } => "engine-start-failed",
            Self::TooSlow { .. } => "engine-start-slow",
        }
    }

    /// The error as a card shows it.
    pub fn failure(&self) -> Failure {
        let (what, why) = match self {
            Self::Failed { last_words }
            | Self::AlreadyRunning { last_words }
            | Self::TooSlow { last_words, .. } => {
                ("The engine did not start.".to_owned(), last_words.clone())
            }
            other => (other.to_string(), String::new()),
        };
        let next = match self {
            Self::UnsafeFolder { .. } => "Remove it, or set XDG_RUNTIME_DIR.",
            _ => "",
        };
        Failure {
            code: self.code().to_owned(),
            what,
            why,
            next: next.to_owned(),
            ..Failure::default()
        }
    }
}
