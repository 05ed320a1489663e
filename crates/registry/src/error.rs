//! What can go wrong between a registry and us, in the words that Docker's users know.

use std::io;
use std::time::Duration;

use gantry_oci::Digest;

/// The result of what is asked of a registry.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why it did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The repository has no such tag or digest.
    #[error("manifest for {name} not found: manifest unknown: {said}")]
    NoSuchManifest { name: String, said: String },
    /// The repository is not there, or not for us; registries do not tell which.
    #[error(
        "{action} access denied for {repository}, repository does not exist or may require 'docker login': denied: {said}"
    )]
    Denied {
        /// `pull` or `push`.
        action: &'static str,
        repository: String,
        said: String,
    },
    /// It wants to know who we are, or does not believe it.
    #[error("{host}: unauthorized: {said}")]
    Unauthorized { host: String, said: String },
    /// It does not believe who logs in.
    #[error("{host}: unauthorized: {said}")]
    Login { host: String, said: String },
    /// It has had enough of us.
    #[error("{host}: toomanyrequests: {said}")]
    RateLimited {
        host: String,
        said: String,
        /// When it may be asked again.
        after: Option<Duration>,
    },
    /// No connection.
    #[error("{host} cannot be reached: {why}")]
    Unreachable { host: String, why: String },
    /// Its certificate is none that we believe.
    #[error("{host}: tls: {why}")]
    Untrusted { host: String, why: String },
    /// A connection ended, or did not answer in time.
    #[error("the connection to {host} was lost: {why}")]
    Interrupted { host: String, why: String },
    /// It says that it failed.
    #[error("{host}: received unexpected HTTP status: {status}: {said}")]
    Failed {
        host: String,
        status: u16,
        said: String,
    },
    /// It answers something that cannot be right.
    #[error("{host} gave an answer that is not valid: {what}: {why}")]
    Answer {
        host: String,
        what: String,
        why: String,
    },
    /// It sends us to where it must not.
    #[error("{host} leads to {to}: {why}")]
    Redirect {
        host: String,
        to: String,
        why: &'static str,
    },
    /// What it calls by a digest is something else.
    #[error("{what} of {host} does not match its digest: expected {expected}, got {got}")]
    Digest {
        host: String,
        what: String,
        expected: Digest,
        got: Digest,
    },
    /// It has less or more of something than was announced.
    #[error("{host} sends {what} with another size: expected {expected} bytes, got {got}")]
    Size {
        host: String,
        what: String,
        expected: u64,
        got: u64,
    },
    /// The image is there, but not for that kind of computer.
    #[error("no matching manifest for {wanted} in the manifest list entries")]
    Platform {
        name: String,
        wanted: String,
        /// What there is.
        offered: Vec<String>,
    },
    /// Something of the settings cannot be used.
    #[error("the settings of {host}: {why}")]
    Settings { host: String, why: String },
    /// The store refused or failed.
    #[error(transparent)]
    Store(gantry_store::Error),
    /// Whoever takes the bytes cannot go on.
    #[error(transparent)]
    Taking(io::Error),
    /// Somebody changed his mind.
    #[error("cancelled")]
    Cancelled,
}

impl Error {
    /// A stable name for the cause.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchManifest { .. } => "manifest-unknown",
            Self::Denied { .. } => "registry-denied",
            Self::Unauthorized { .. } | Self::Login { .. } => "registry-unauthorized",
            Self::RateLimited { .. } => "registry-busy",
            Self::Unreachable { .. } => "registry-unreachable",
            Self::Untrusted { .. } => "registry-untrusted",
            Self::Interrupted { .. } => "registry-interrupted",
            Self::Failed { .. } => "registry-failed",
            Self::Answer { .. } => "registry-invalid",
            Self::Redirect { .. } => "registry-redirect",
            Self::Digest { .. } | Self::Size { .. } => "digest-mismatch",
            Self::Platform { .. } => "platform-not-offered",
            Self::Settings { .. } => "registry-settings",
            Self::Store(error) => error.code(),
            Self::Taking(_) => "io",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether the same may succeed a moment later.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Interrupted { .. } => true,
            Self::Failed { status, .. } => matches!(status, 408 | 500 | 502..=504),
            _ => false,
        }
    }

    /// Whether what came is not what was announced.
    pub(crate) fn is_lie(&self) -> bool {
        matches!(
            self,
            Self::Size { .. } | Self::Digest { .. } | Self::Answer { .. }
        )
    }

    /// Whether there was no answer at all.
    pub(crate) fn is_of_connection(&self) -> bool {
        matches!(
            self,
            Self::Cancelled
                | Self::Unreachable { .. }
                | Self::Untrusted { .. }
                | Self::Interrupted { .. }
                | Self::Redirect { .. }
        )
    }

    /// Whether another endpoint of the same registry may do better.
    pub(crate) fn is_of_endpoint(&self) -> bool {
        !matches!(
            self,
            Self::Cancelled | Self::Store(_) | Self::Taking(_) | Self::Platform { .. }
        )
    }

    /// An error of the library that speaks HTTP.
    pub(crate) fn http(host: &str, error: reqwest::Error) -> Self {
        let host = host.to_owned();
        // The address stands in front of each cause, and may hold a signature.
        let error = error.without_url();
        let why = causes(&error);
        if let Some(refusal) = refusal(&error) {
            return Self::Redirect {
                host,
                to: refusal.name.clone(),
                why: crate::guard::WHY,
            };
        }
        if is_tls(&error) {
            Self::Untrusted { host, why }
        } else if error.is_connect() {
            Self::Unreachable { host, why }
        } else if error.is_builder() {
            Self::Settings { host, why }
        } else {
            Self::Interrupted { host, why }
        }
    }
}

/// An error that passed through the store, or one of the store's own.
impl From<gantry_store::Error> for Error {
    fn from(error: gantry_store::Error) -> Self {
        match error {
            gantry_store::Error::Cancelled => Self::Cancelled,
            gantry_store::Error::Stream { doing, source } => {
                let carried = source.downcast::<Self>();
                carried.unwrap_or_else(|source| {
                    Self::Store(gantry_store::Error::Stream { doing, source })
                })
            }
            error => Self::Store(error),
        }
    }
}

/// The error and what caused it, in one line, each cause once.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let this = error.to_string();
        if !text.contains(&this) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&this);
        }
        next = error.source();
    }
    text
}

fn find<'a, T: std::error::Error + 'static>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // An I/O error does not show what it carries as its source, and may carry another.
        let carried = error.downcast_ref::<io::Error>();
        let carried = carried.and_then(io::Error::get_ref);
        next = match carried {
            Some(carried) => Some(carried),
            None => error.source(),
        };
    }
    None
}

fn is_tls(error: &reqwest::Error) -> bool {
    find::<rustls::Error>(error).is_some()
}

fn refusal(error: &reqwest::Error) -> Option<&crate::guard::Inside> {
    find(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_found_however_deep_it_is_carried() {
        let cause = Error::Cancelled;
        let carried = io::Error::other(io::Error::other(io::Error::other(cause)));
        assert!(matches!(find(&carried), Some(Error::Cancelled)));
        assert!(find::<rustls::Error>(&carried).is_none());
    }
}
