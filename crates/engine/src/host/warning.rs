//! What is missing on this machine and does not stop the engine.

use std::fmt;

/// Something that works less well here than it could.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Warning {
    /// There is one user id for everything; why is in brackets, if known.
    SingleId(Option<String>),
    /// Systemd did not give the engine a scope.
    NoScope(String),
}

impl Warning {
    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::SingleId(_) => "single-id",
            Self::NoScope(_) => "no-scope",
        }
    }

    /// What a user can do about it.
    pub(crate) fn next(&self) -> &'static str {
        match self {
            Self::SingleId(_) => {
                "Install the package uidmap and add ranges with: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER"
            }
            Self::NoScope(_) => {
                "Install the package dbus-user-session, log in again, and start the engine again."
            }
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SingleId(why) => {
                f.write_str(
                    "only one user id is available (no range in /etc/subuid and /etc/subgid, or newuidmap is missing): images with files of several owners and programs that change their user will not work",
                )?;
                why.as_ref().map_or(Ok(()), |why| write!(f, " ({why})"))
            }
            Self::NoScope(why) => write!(
                f,
                "systemd gave the engine no control group of its own ({why}): limits may be unavailable, and containers may end with the session that started the engine"
            ),
        }
    }
}
