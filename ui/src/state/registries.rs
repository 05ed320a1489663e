//! The registries that are known here, and who we are to each.

use std::collections::BTreeSet;

use gantry_view::{AllowPlain, Failure, KnownRegistries, Registries, RegistryAccount, SignOut};
use leptos::{prelude::*, task::spawn_local};

use super::{Outcome, Store};
use crate::{backend, dialogs::registry_of};

/// As it stands in front of the names of its images, where they say it.
pub const HUB: &str = "docker.io";

/// Where the names of added registries are remembered.
const ADDED: &str = "registries";

/// A registry as people call it.
pub fn called(registry: &str) -> &str {
    if registry == HUB {
        "Docker Hub"
    } else {
        registry
    }
}

/// The registry of an image, Docker Hub included.
pub fn home_of(image: &str) -> &str {
    registry_of(image).unwrap_or(HUB)
}

/// Whether a registry refused because it does not know who asks, or pretends so.
pub fn asks_who(failure: &Failure) -> bool {
    matches!(
        failure.code.as_str(),
        "registry-denied" | "registry-unauthorized"
    )
}

/// Why a registry is talked to without encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plain {
    /// Somebody allowed it.
    Allowed,
    Configured,
}

impl Store {
    /// Reads the accounts anew. Only where they are shown: a locked keyring asks the person.
    pub fn read_registries(self) {
        spawn_local(async move {
            match backend::call(&KnownRegistries {}).await {
                Ok(known) => {
                    self.accounts.set(Some(known));
                    self.accounts_failure.set(None);
                }
                Err(failure) => self.accounts_failure.set(Some(failure)),
            }
        });
    }

    /// Who we are to a registry, as far as that was read.
    pub fn account(self, registry: &str) -> Option<RegistryAccount> {
        self.accounts.with(|known| {
            let accounts = known.as_ref().map(|known: &Registries| &known.accounts)?;
            let mut accounts = accounts.iter();
            accounts
                .find(|account| account.registry == registry)
                .cloned()
        })
    }

    /// Every registry but Docker Hub: those with an account, those of images that are here, and
    /// those that were added.
    pub fn registries(self) -> Vec<String> {
        let mut hosts: BTreeSet<String> = self.added_registries().into_iter().collect();
        self.accounts.with(|known| {
            let accounts = known.iter().flat_map(|known| &known.accounts);
            hosts.extend(accounts.map(|account| account.registry.clone()));
            if let Some(known) = known {
                hosts.extend(known.plain.iter().chain(&known.plain_configured).cloned());
            }
        });
        self.images.for_each(|image| {
            let found = image.tags.iter().filter_map(|tag| registry_of(tag));
            // Podman and others write this where there is no registry at all.
            let found = found.filter(|host| *host != "localhost");
            hosts.extend(found.map(str::to_owned));
        });
        hosts.remove(HUB);
        hosts.into_iter().collect()
    }

    pub fn added_registries(self) -> Vec<String> {
        self.settings.with(|settings| {
            let added = settings.views.get(ADDED);
            let words = added.map(String::as_str).unwrap_or_default();
            let hosts = words.split_whitespace().filter(|host| *host != HUB);
            hosts.map(str::to_owned).collect()
        })
    }

    /// Docker Hub is there anyway.
    pub fn add_registry(self, host: &str) {
        if host == HUB {
            return;
        }
        let mut added = untrack(|| self.added_registries());
        if !added.iter().any(|known| known == host) {
            added.push(host.to_owned());
            self.remember(ADDED, added.join(" "));
        }
    }

    /// Takes an added registry off the list.
    pub fn drop_registry(self, host: &str) {
        let mut added = untrack(|| self.added_registries());
        added.retain(|known| known != host);
        self.remember(ADDED, added.join(" "));
    }

    /// Whether a registry is talked to without encryption, and whether by the engine's settings.
    pub fn plain(self, registry: &str) -> Option<Plain> {
        self.accounts.with(|known| {
            let known = known.as_ref()?;
            let has = |list: &[String]| list.iter().any(|host| host == registry);
            if has(&known.plain_configured) {
                Some(Plain::Configured)
            } else {
                has(&known.plain).then_some(Plain::Allowed)
            }
        })
    }

    /// Asks for encryption again.
    pub fn end_plain(self, registry: String) {
        spawn_local(async move {
            let words = self.text().registries;
            let request = AllowPlain {
                registry: registry.clone(),
                plain: false,
            };
            match backend::call(&request).await {
                Ok(()) => {
                    self.report(Outcome::Done, words.now_secure(&registry), None);
                    self.read_registries();
                }
                Err(failure) => self.tell_failure(words.not_changed(&registry), Some(&failure)),
            }
        });
    }

    pub fn sign_out(self, registry: String) {
        spawn_local(async move {
            let words = self.text().registries;
            let name = called(&registry).to_owned();
            match backend::call(&SignOut { registry }).await {
                Ok(()) => {
                    self.report(Outcome::Done, words.signed_out(&name), None);
                    self.read_registries();
                }
                Err(failure) => self.tell_failure(words.not_signed_out(&name), Some(&failure)),
            }
        });
    }
}
