//! Logging in: a question whose answer is not needed.

use gantry_store::CancelFlag;
use reqwest::Method;

use crate::endpoint::Purpose;
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
        self.ask_each(domain, Purpose::Write, |endpoint| {
            let credentials = Some(credentials.clone());
            let registry = Repository::new(self, &endpoint, "", domain, credentials, Action::Login);
            async move {
                let call = Call::new(Method::GET, registry.root()?);
                registry.ask(&call, "the registry", cancel).await?;
                Ok(registry.identity_token().await)
            }
        })
        .await
    }
}
