//! Logging in: a question whose answer is not needed.

use gantry_store::CancelFlag;
use reqwest::Method;

use crate::endpoint::{HUB, Purpose};
use crate::exchange::{Action, Call, Repository};
use crate::{Credentials, Registries, Result};

impl Registries {
    /// Asks a registry whether it believes these credentials. It may give a token to use in place of
    /// the password.
    pub async fn login(
        &self,
        domain: &str,
        credentials: Credentials,
        cancel: &CancelFlag,
    ) -> Result<Option<String>> {
        let mut attempts = self.attempts(domain, Purpose::Write)?;
        loop {
            let endpoint = attempts.next()?;
            let credentials = Some(credentials.clone());
            let registry = Repository::new(self, &endpoint, "", domain, credentials, Action::Login);
            let call = Call::new(Method::GET, registry.root()?);
            match registry.ask(&call, "the registry", cancel).await {
                Ok(_) => {
                    attempts.done();
                    return Ok(registry.identity_token().await);
                }
                Err(error) => attempts.failed(error)?,
            }
        }
    }
}

/// The registry that an address means, as Docker's clients write it: `https://index.docker.io/v1/`.
pub fn domain_of(address: &str) -> &str {
    let bare = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))
        .unwrap_or(address);
    match bare.split('/').next().unwrap_or_default() {
        "" | "index.docker.io" | "registry-1.docker.io" => HUB,
        domain => domain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_address_is_a_registry() {
        for (address, domain) in [
            ("https://index.docker.io/v1/", "docker.io"),
            ("", "docker.io"),
            ("docker.io", "docker.io"),
            ("http://127.0.0.1:5000", "127.0.0.1:5000"),
            ("registry.example/path", "registry.example"),
        ] {
            assert_eq!(domain_of(address), domain, "{address}");
        }
    }
}
