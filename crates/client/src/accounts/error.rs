//! Why an account was not kept, or not found.

use std::path::PathBuf;

use gantry_wire::gantry::Failure;

/// What went wrong around a password, without the password.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Nothing here keeps passwords.
    #[error("no keyring runs here that could keep the password: {why}")]
    NoKeyring { why: String },
    /// The keyring is there, and did not do what was asked of it.
    #[error("the keyring: {why}")]
    Keyring { why: String },
    /// A program that Docker's configuration names failed.
    #[error("docker-credential-{helper}: {why}")]
    Helper { helper: String, why: String },
    /// Docker's configuration cannot be read or written.
    #[error("{}: {why}", path.display())]
    File { path: PathBuf, why: String },
}

impl AccountError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoKeyring { .. } => "no-keyring",
            Self::Keyring { .. } => "keyring-failed",
            Self::Helper { .. } => "credential-helper",
            Self::File { .. } => "docker-config",
        }
    }

    /// The error as a card shows it.
    pub fn failure(&self) -> Failure {
        let next = match self {
            Self::NoKeyring { .. } => {
                "Start one (GNOME Keyring, KWallet or KeePassXC), or keep it in Docker's configuration file: gantry login --file."
            }
            Self::Keyring { .. } => "Unlock it, then try again.",
            Self::Helper { .. } => {
                "Check this program, which Docker's configuration names, or remove it from there."
            }
            Self::File { .. } => "Correct this file of Docker's, or move it away.",
        };
        Failure {
            code: self.code().to_owned(),
            what: self.to_string(),
            next: next.to_owned(),
            ..Failure::default()
        }
    }
}
