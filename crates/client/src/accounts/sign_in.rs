//! Signing in: a registry is asked first, and what it believes is kept.

use gantry_wire::AuthConfig;

use super::{Accounts, Keeper};
use crate::{Client, Result};

impl Accounts {
    /// Asks a registry whether it believes an account, and keeps it, or what the registry gave in
    /// place of the password; returns what the engine says of it.
    pub async fn sign_in(
        &self,
        client: &Client,
        mut auth: AuthConfig,
        keeper: &Keeper,
    ) -> Result<String> {
        let answer = client.login(&auth).await?;
        if !answer.identity_token.is_empty() {
            auth.password.clear();
            auth.identity_token = answer.identity_token;
        }
        self.store(&auth, keeper).await?;
        Ok(answer.status)
    }
}
