//! Who we are to the registry that a command is about.

use gantry_client::Accounts;
use gantry_wire::AuthConfig;

/// What is sent with an image's name. Where nobody can be asked that is said, and nothing is sent.
pub(super) async fn of_image(image: &str) -> Option<AuthConfig> {
    told(Accounts::lasting().find_for(image).await)
}

/// What is sent to a registry.
pub(super) async fn of_registry(registry: &str) -> Option<AuthConfig> {
    told(Accounts::lasting().find(registry).await)
}

fn told<E: std::fmt::Display>(found: Result<Option<AuthConfig>, E>) -> Option<AuthConfig> {
    found.unwrap_or_else(|error| {
        eprintln!("WARNING: {error}");
        None
    })
}
