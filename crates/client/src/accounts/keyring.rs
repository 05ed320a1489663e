//! The keyring of the user's session: whoever speaks the Secret Service protocol on the session bus.

use std::collections::HashMap;
use std::time::Duration;

use gantry_wire::AuthConfig;
use secret_service::{EncryptionType, Error, Item, SecretService};

use super::{AccountError, Result};

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it may take where the user is asked to unlock it.
const UNLOCKED: Duration = Duration::from_mins(2);

/// What our entries are known by, as the application's name is on the bus.
const SCHEMA: (&str, &str) = ("xdg:schema", "app.gantry.Registry");
const REGISTRY: &str = "registry";
const USERNAME: &str = "username";
/// Whether the secret is a password or a token.
const KIND: &str = "kind";
const TOKEN: &str = "token";
const PASSWORD: &str = "password";

/// Connects to it; the error says why there is none.
pub(super) async fn reach() -> Result<SecretService<'static>, String> {
    let connect = async {
        match SecretService::connect(EncryptionType::Dh).await {
            // Some know no encryption on the bus, which only its owner reads.
            Err(Error::Zbus(_) | Error::Crypto(_)) => {
                SecretService::connect(EncryptionType::Plain).await
            }
            reached => reached,
        }
    };
    match tokio::time::timeout(PATIENCE, connect).await {
        Ok(Ok(service)) => Ok(service),
        Ok(Err(error)) => Err(absence(&error)),
        Err(_) => Err("it does not answer".to_owned()),
    }
}

/// Why there is none, in words.
fn absence(error: &Error) -> String {
    let zbus = match error {
        Error::Unavailable => return "this session has no bus".to_owned(),
        Error::Zbus(error) => error,
        other => return other.to_string(),
    };
    match zbus {
        zbus::Error::MethodError(name, ..) if name.as_str().ends_with(".ServiceUnknown") => {
            "nobody offers one on the bus of this session".to_owned()
        }
        zbus::Error::InputOutput(_) | zbus::Error::Connection(..) => {
            "this session has no bus".to_owned()
        }
        other => other.to_string(),
    }
}

/// The account at a registry; nothing where no keyring runs.
pub(super) async fn find(registry: &str) -> Result<Option<AuthConfig>> {
    let Ok(service) = reach().await else {
        return Ok(None);
    };
    within(UNLOCKED, async {
        for item in items(&service, Some(registry)).await? {
            unlock(&item).await?;
            let attributes = item.get_attributes().await?;
            let secret = String::from_utf8(item.get_secret().await?);
            let Ok(secret) = secret else { continue };
            let username = attributes.get(USERNAME).cloned().unwrap_or_default();
            let mut auth = AuthConfig {
                username,
                server_address: registry.to_owned(),
                ..AuthConfig::default()
            };
            if attributes.get(KIND).is_some_and(|kind| kind == TOKEN) {
                auth.identity_token = secret;
            } else {
                auth.password = secret;
            }
            return Ok(Some(auth));
        }
        Ok(None)
    })
    .await
}

/// Registries with the user's name at each; nothing where no keyring runs.
pub(super) async fn list() -> Result<Vec<(String, String)>> {
    let Ok(service) = reach().await else {
        return Ok(Vec::new());
    };
    within(PATIENCE, async {
        let mut known = Vec::new();
        for item in items(&service, None).await? {
            let mut attributes = item.get_attributes().await?;
            if let Some(registry) = attributes.remove(REGISTRY) {
                known.push((registry, attributes.remove(USERNAME).unwrap_or_default()));
            }
        }
        Ok(known)
    })
    .await
}

/// Keeps an account in place of what was known of the registry.
pub(super) async fn store(registry: &str, auth: &AuthConfig) -> Result<()> {
    let service = reach().await;
    let service = service.map_err(|why| AccountError::NoKeyring { why })?;
    let (kind, secret) = if auth.identity_token.is_empty() {
        (PASSWORD, &auth.password)
    } else {
        (TOKEN, &auth.identity_token)
    };
    let attributes = HashMap::from([
        SCHEMA,
        (REGISTRY, registry),
        (USERNAME, auth.username.as_str()),
        (KIND, kind),
    ]);
    within(UNLOCKED, async {
        let collection = service.get_any_collection().await?;
        if collection.is_locked().await? {
            collection.unlock().await?;
        }
        let before = items(&service, Some(registry)).await?;
        let label = format!("{} ({registry})", auth.username);
        let secret = secret.as_bytes();
        let made = collection
            .create_item(&label, attributes, secret, true, "text/plain")
            .await?;
        for item in before {
            if item.item_path != made.item_path {
                unlock(&item).await?;
                item.delete().await?;
            }
        }
        Ok(())
    })
    .await
}

/// Forgets what is known of a registry; false where nothing is.
pub(super) async fn forget(registry: &str) -> Result<bool> {
    let Ok(service) = reach().await else {
        return Ok(false);
    };
    within(UNLOCKED, async {
        let found = items(&service, Some(registry)).await?;
        for item in &found {
            unlock(item).await?;
            item.delete().await?;
        }
        Ok(!found.is_empty())
    })
    .await
}

/// Our entries, of one registry or of all.
async fn items<'a>(
    service: &'a SecretService<'_>,
    registry: Option<&str>,
) -> Result<Vec<Item<'a>>, Error> {
    let registry = registry.map(|registry| (REGISTRY, registry));
    let attributes = std::iter::once(SCHEMA).chain(registry).collect();
    let found = service.search_items(attributes).await?;
    Ok(found.unlocked.into_iter().chain(found.locked).collect())
}

/// Asks the user where it is locked.
async fn unlock(item: &Item<'_>) -> Result<(), Error> {
    if item.is_locked().await? {
        item.unlock().await?;
    }
    Ok(())
}

async fn within<T>(patience: Duration, work: impl Future<Output = Result<T, Error>>) -> Result<T> {
    let failed = |why: String| AccountError::Keyring { why };
    match tokio::time::timeout(patience, work).await {
        Ok(done) => done.map_err(|error| failed(error.to_string())),
        Err(_) => Err(failed("it does not answer".to_owned())),
    }
}
