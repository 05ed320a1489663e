//! What is asked of registries and has nothing to do with the images that are here.

use gantry_registry::{Credentials, domain_of};
use gantry_store::CancelFlag;
use gantry_wire as wire;

use super::Engine;
use crate::Result;

impl Engine {
    /// Asks a registry whether it believes a client.
    pub async fn login(&self, address: &str, credentials: Credentials) -> Result<wire::AuthAnswer> {
        // Who asks drops the question.
        let never = CancelFlag::new();
        let token = self
            .core
            .registries
            .login(domain_of(address), credentials, &never)
            .await?;
        Ok(wire::AuthAnswer {
            status: "Login Succeeded".to_owned(),
            identity_token: token.unwrap_or_default(),
        })
    }
}
