//! Who we are to registries: kept with the client and sent with the call that needs it.
//!
//! Found in this order: what this process was told, the keyring, a credential helper that Docker's
//! configuration names, and that file itself. What is new goes to the keyring. Where none runs it
//! stays in this process (a window) or is refused (a command, whose next run would know nothing);
//! it goes to the file only if somebody says so.

mod docker;
mod error;
mod helper;
mod keyring;
mod sign_in;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gantry_oci::{Reference, registry_of};
use gantry_wire::AuthConfig;

use docker::DockerConfig;
pub use error::AccountError;
use helper::Helper;

type Result<T, E = AccountError> = std::result::Result<T, E>;

/// What is known of registries. Clones are the same.
#[derive(Debug, Clone)]
pub struct Accounts {
    docker: DockerConfig,
    /// By registry, where they may stay in this process.
    memory: Option<Arc<Mutex<BTreeMap<String, AuthConfig>>>>,
}

/// An account at a registry, without what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// As it stands in front of images: `docker.io`, `registry.example:5000`.
    pub registry: String,
    /// Empty where only a token is known.
    pub username: String,
    pub keeper: Keeper,
}

/// Where a password is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeper {
    /// The Secret Service of the user's session.
    Keyring,
    /// This process, until it ends.
    Session,
    /// A program that Docker's configuration names: `pass` for `docker-credential-pass`.
    Helper(String),
    /// Docker's configuration, readable for whoever may read the file.
    File,
}

impl fmt::Display for Keeper {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring => out.write_str("keyring"),
            Self::Session => out.write_str("session"),
            Self::Helper(name) => out.write_str(name),
            Self::File => out.write_str("file"),
        }
    }
}

impl Accounts {
    /// For a program that lives as long as a session: what no keyring takes is forgotten with it.
    pub fn of_session() -> Self {
        Self {
            memory: Some(Arc::default()),
            ..Self::lasting()
        }
    }

    /// For a command.
    pub fn lasting() -> Self {
        Self {
            docker: DockerConfig::of_user(),
            memory: None,
        }
    }

    /// Docker's configuration file.
    pub fn file(&self) -> &std::path::Path {
        self.docker.path()
    }

    /// Where a new account would be kept now.
    pub async fn keeper(&self, registry: &str) -> Result<Keeper> {
        let Err(why) = keyring::reach().await else {
            return Ok(Keeper::Keyring);
        };
        if let Some(helper) = self.docker.read()?.helper(registry_of(registry)) {
            return Ok(Keeper::Helper(helper.name().to_owned()));
        }
        if self.memory.is_some() {
            return Ok(Keeper::Session);
        }
        Err(AccountError::NoKeyring { why })
    }

    /// What to send to a registry, if anything. What cannot be asked is an error only when nothing
    /// else knows.
    pub async fn find(&self, registry: &str) -> Result<Option<AuthConfig>> {
        let registry = registry_of(registry);
        let kept = self.memory().and_then(|kept| kept.get(registry).cloned());
        if kept.is_some() {
            return Ok(kept);
        }
        let mut failed = None;
        match keyring::find(registry).await {
            Ok(None) => {}
            Ok(found) => return Ok(found),
            Err(error) => failed = Some(error),
        }
        let docker = match self.docker.read() {
            Ok(docker) => docker,
            Err(error) => return Err(failed.unwrap_or(error)),
        };
        if let Some(helper) = docker.helper(registry) {
            match helper.get(registry).await {
                Ok(None) => {}
                Ok(found) => return Ok(found),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        match (docker.find(registry), failed) {
            (None, Some(error)) => Err(error),
            (found, _) => Ok(found),
        }
    }

    /// The same for the registry of an image; nothing for what is no image's name.
    pub async fn find_for(&self, image: &str) -> Result<Option<AuthConfig>> {
        match image.parse::<Reference>() {
            Ok(reference) => self.find(reference.domain()).await,
            Err(_) => Ok(None),
        }
    }

    /// Every account that is known, by registry: of each the one that [`Accounts::find`] gives.
    pub async fn list(&self) -> Result<Vec<Account>> {
        let mut known = BTreeMap::new();
        let mut add = |registry: String, username: String, keeper: Keeper| {
            known.entry(registry.clone()).or_insert(Account {
                registry,
                username,
                keeper,
            });
        };
        if let Some(kept) = self.memory() {
            for (registry, auth) in kept.iter() {
                add(registry.clone(), auth.username.clone(), Keeper::Session);
            }
        }
        for (registry, username) in keyring::list().await? {
            add(registry, username, Keeper::Keyring);
        }
        let docker = self.docker.read()?;
        for (helper, only) in docker.helpers() {
            // One that fails says so where it is needed; the others are known all the same.
            let listed = helper.list().await.unwrap_or_else(|error| {
                tracing::warn!(%error, "listing accounts");
                Vec::new()
            });
            for (registry, username) in listed {
                if only.as_ref().is_none_or(|only| *only == registry) {
                    add(registry, username, Keeper::Helper(helper.name().to_owned()));
                }
            }
        }
        for (registry, auth) in docker.accounts() {
            add(registry, auth.username, Keeper::File);
        }
        Ok(known.into_values().collect())
    }

    /// Keeps an account; whatever else was known of the registry is forgotten. `auth` names the
    /// registry, and has a password or what the registry gave in its place.
    pub async fn store(&self, auth: &AuthConfig, keeper: &Keeper) -> Result<()> {
        let registry = registry_of(&auth.server_address).to_owned();
        match keeper {
            Keeper::Keyring => keyring::store(&registry, auth).await?,
            Keeper::Session => {
                if let Some(mut kept) = self.memory() {
                    kept.insert(registry.clone(), auth.clone());
                }
            }
            Keeper::Helper(name) => Helper::named(name).store(&registry, auth).await?,
            Keeper::File => self.docker.store(&registry, auth)?,
        }
        self.forget_but(&registry, Some(keeper)).await?;
        Ok(())
    }

    /// Forgets an account wherever it is kept; false where none is.
    pub async fn forget(&self, registry: &str) -> Result<bool> {
        self.forget_but(registry_of(registry), None).await
    }

    async fn forget_but(&self, registry: &str, but: Option<&Keeper>) -> Result<bool> {
        let mut known = false;
        if but != Some(&Keeper::Session)
            && let Some(mut kept) = self.memory()
        {
            known |= kept.remove(registry).is_some();
        }
        if but != Some(&Keeper::Keyring) {
            known |= keyring::forget(registry).await?;
        }
        let docker = self.docker.read()?;
        if let Some(helper) = docker.helper(registry)
            && but != Some(&Keeper::Helper(helper.name().to_owned()))
            && helper.get(registry).await?.is_some()
        {
            helper.erase(registry).await?;
            known = true;
        }
        if but != Some(&Keeper::File) && docker.find(registry).is_some() {
            self.docker.forget(registry)?;
            known = true;
        }
        Ok(known)
    }

    fn memory(&self) -> Option<MutexGuard<'_, BTreeMap<String, AuthConfig>>> {
        // Insertions and removals only, so a panic elsewhere does not spoil the map.
        let kept = self.memory.as_ref()?;
        Some(kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
