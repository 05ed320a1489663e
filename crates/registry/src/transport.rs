//! The clients that speak HTTP: one per host, with the certificates and limits that hold there.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Identity, Url};

use crate::guard::{self, Outside};
use crate::{Error, HostSettings, Result, Settings};

/// All registries, as one engine talks to them. Clones are the same.
#[derive(Debug, Clone)]
pub struct Registries(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Settings,
    clients: Mutex<HashMap<Key, Client>>,
    /// Where registries of this computer were found, with encryption or without.
    found: Mutex<HashMap<String, Url>>,
    /// Registries that are talked to without encryption besides those of the settings.
    plain: Mutex<BTreeSet<String>>,
}

/// What clients differ in.
type Key = (String, Ground, bool);

/// Where a request may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Ground {
    Anywhere,
    /// Not at this computer.
    Outside,
}

impl Registries {
    /// Registries with these settings.
    pub fn new(settings: Settings) -> Self {
        // Another part of the program may have chosen one: any will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self(Arc::new(Inner {
            settings,
            clients: Mutex::default(),
            found: Mutex::default(),
            plain: Mutex::default(),
        }))
    }

    /// Talks to these without encryption from now on, besides those of the settings.
    pub fn allow_plain(&self, registries: BTreeSet<String>) {
        *self.plain() = registries;
    }

    /// Those that the settings let be talked to without encryption.
    pub fn configured_plain(&self) -> Vec<String> {
        let hosts = self.settings().hosts.iter();
        let plain = hosts.filter(|(_, host)| host.plain_http);
        plain.map(|(name, _)| name.clone()).collect()
    }

    pub(crate) fn is_allowed_plain(&self, domain: &str) -> bool {
        self.plain().contains(domain)
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The client for a host. A large request may take any time before there is an answer, and is
    /// watched by whoever sends it.
    pub(crate) fn client(&self, url: &Url, ground: Ground, large: bool) -> Result<Client> {
        let authority = authority(url);
        if ground == Ground::Outside && guard::leads_inside(url) {
            return Err(Error::Redirect {
                host: authority.clone(),
                to: authority,
                why: guard::WHY,
            });
        }
        let key = (authority, ground, large);
        if let Some(client) = self.clients().get(&key) {
            return Ok(client.clone());
        }
        let client = self.build(&key, url)?;
        self.clients().insert(key, client.clone());
        Ok(client)
    }

    fn build(&self, (authority, ground, large): &Key, url: &Url) -> Result<Client> {
        let settings = self.settings();
        let host = settings.host(authority);
        let mut builder = Client::builder()
            .user_agent(concat!("gantry/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(settings.connect_timeout());
        if !large {
            builder = builder.read_timeout(settings.idle_timeout());
        }
        if guard::leads_inside(url) {
            // A proxy would look for it on another computer.
            builder = builder.no_proxy();
        }
        if *ground == Ground::Outside {
            builder = builder.dns_resolver(Arc::new(Outside));
        }
        // As with Docker nobody asks who one is on this computer, unless somebody is named.
        if host.skip_verify || (guard::is_this_computer(url) && host.ca.is_none()) {
            builder = builder.tls_danger_accept_invalid_certs(true);
        }
        let failed = |why: String| Error::Settings {
            host: authority.clone(),
            why,
        };
        if let Some(path) = &host.ca {
            let certificates = Certificate::from_pem_bundle(&read(path).map_err(failed)?)
                .map_err(|error| failed(format!("{}: {error}", path.display())))?;
            builder = builder.tls_certs_merge(certificates);
        }
        if let Some(identity) = identity(&host).map_err(failed)? {
            builder = builder.identity(identity);
        }
        builder
            .build()
            .map_err(|error| Error::http(authority, error))
    }

    /// Where a registry of this computer answered before.
    pub(crate) fn remembered(&self, domain: &str) -> Option<Url> {
        self.found().get(domain).cloned()
    }

    pub(crate) fn remember(&self, domain: &str, url: &Url) {
        self.found().insert(domain.to_owned(), url.clone());
    }

    pub(crate) fn forget(&self, domain: &str) {
        self.found().remove(domain);
    }

    // Insertions and removals only, so a panic elsewhere does not spoil the maps.
    fn clients(&self) -> MutexGuard<'_, HashMap<Key, Client>> {
        self.0
            .clients
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn plain(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.plain.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn found(&self) -> MutexGuard<'_, HashMap<String, Url>> {
        self.0.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `host` or `host:port`, as registries are named.
pub(crate) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Our own certificate with its key.
fn identity(host: &HostSettings) -> Result<Option<Identity>, String> {
    let (Some(certificate), Some(key)) = (&host.client_certificate, &host.client_key) else {
        return Ok(None);
    };
    let mut pem = read(certificate)?;
    pem.push(b'\n');
    pem.extend(read(key)?);
    Identity::from_pem(&pem)
        .map(Some)
        .map_err(|error| format!("{}: {error}", certificate.display()))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}
