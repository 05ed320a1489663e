//! Registries: what they have, images from them and to them, and who we are to each.
//!
//! The engine talks to registries; the accounts are known here only, and go along with each call.

mod account;
mod search;
mod transfer;

use gantry_wire::AuthConfig;

pub(crate) use account::{allow_plain, known, sign_in, sign_out};
pub(crate) use search::{image, search, tags};
pub(crate) use transfer::{pull, push};

use crate::Desk;

/// Who we are to the registry of an image.
async fn auth_of_image(desk: &Desk, image: &str) -> Option<AuthConfig> {
    or_nobody(desk.accounts().find_for(image).await)
}

/// Who we are to a registry; Docker Hub where none is named.
async fn auth_of_registry(desk: &Desk, registry: &str) -> Option<AuthConfig> {
    let registry = if registry.is_empty() { HUB } else { registry };
    or_nobody(desk.accounts().find(registry).await)
}

const HUB: &str = "docker.io";

/// A keyring that cannot be asked does not keep anybody from what is for everybody.
fn or_nobody<E: std::fmt::Display>(found: Result<Option<AuthConfig>, E>) -> Option<AuthConfig> {
    found.unwrap_or_else(|error| {
        tracing::warn!(%error, "no account is sent");
        None
    })
}
