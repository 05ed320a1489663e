//! Who we are to a registry. They come with the call that needs them and are kept nowhere.

use std::fmt;

/// What a client proves itself with.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// Sent to the registry, or traded for tokens.
    Password { username: String, password: String },
    /// Traded for tokens; the registry gave it at login in place of the password.
    IdentityToken(String),
    /// Sent as it is.
    RegistryToken(String),
}

impl Credentials {
    /// A name and a password; nothing where both are empty, which is how Docker says "nobody".
    pub fn password(username: &str, password: &str) -> Option<Self> {
        (!username.is_empty() || !password.is_empty()).then(|| Self::Password {
            username: username.to_owned(),
            password: password.to_owned(),
        })
    }
}

/// Never the secret itself: this may reach a log.
impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password { username, .. } => write!(out, "Password({username:?}, …)"),
            Self::IdentityToken(_) => out.write_str("IdentityToken(…)"),
            Self::RegistryToken(_) => out.write_str("RegistryToken(…)"),
        }
    }
}
