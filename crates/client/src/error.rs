//! What can go wrong on the way to the engine and back.

use std::io;
use std::path::PathBuf;

use gantry_wire::ErrorBody;
use gantry_wire::gantry::Failure;

use crate::{AccountError, StartError};

/// The result of every call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call did not bring what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody listens at the socket.
    #[error("cannot connect to the engine at {}: {source}", socket.display())]
    NotRunning { socket: PathBuf, source: io::Error },
    /// The engine refused or failed, and said why.
    #[error("{}", body.message)]
    Refused {
        /// The HTTP status.
        status: u16,
        body: Box<ErrorBody>,
    },
    /// The connection ended in the middle.
    #[error("the engine went away: {0}")]
    Interrupted(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The answer is not what this version understands.
    #[error("the engine's answer cannot be read: {0}")]
    Unreadable(String),
    /// Reading what was to be sent failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// No engine ran, and none could be started.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A password could not be kept or found.
    #[error(transparent)]
    Account(#[from] AccountError),
}

impl Error {
    /// The HTTP status, where the engine answered.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether the engine says that the thing does not exist.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// The stable code: the engine's own, or what befell the connection.
    pub fn code(&self) -> &str {
        match self {
            Self::NotRunning { .. } | Self::Interrupted(_) => "engine-lost",
            Self::Refused { body, .. } => body
                .gantry
                .as_ref()
                .map_or("refused", |failure| failure.code.as_str()),
            Self::Unreadable(_) => "unreadable",
            Self::Io(_) => "io",
            Self::Start(error) => error.code(),
            Self::Account(error) => error.code(),
        }
    }

    /// The error as a card shows it: what, why, what next.
    pub fn failure(&self) -> Failure {
        if let Self::Refused { body, .. } = self
            && let Some(failure) = &body.gantry
        {
            return failure.as_ref().clone();
        }
        let (why, next) = match self {
            Self::NotRunning { source, .. } => (source.to_string(), "Start the engine again."),
            Self::Interrupted(source) => (
                source.to_string(),
                "Try again: the engine is restarted if it has to be.",
            ),
            Self::Start(error) => return error.failure(),
            Self::Account(error) => return error.failure(),
            _ => (String::new(), ""),
        };
        Failure {
            code: self.code().to_owned(),
            what: self.to_string(),
            why,
            next: next.to_owned(),
            ..Failure::default()
        }
    }
}

impl From<hyper::Error> for Error {
    fn from(error: hyper::Error) -> Self {
        Self::Interrupted(Box::new(error))
    }
}
