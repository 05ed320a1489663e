//! What people may set about registries: the table `registries` of `config.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

/// Where Docker's users keep certificates, a folder per registry.
const CERTIFICATES: &str = "/etc/docker/certs.d";

/// How registries are talked to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Layers of one image that are fetched at the same time.
    pub downloads: usize,
    /// Layers of one image that are sent at the same time.
    pub uploads: usize,
    /// Seconds until a registry must accept a connection.
    pub connect_timeout: u64,
    /// Seconds in which something must come, and more than a trickle.
    pub idle_timeout: u64,
    /// How often what failed for a passing reason is tried again.
    pub retries: u32,
    /// The address of Docker Hub's own API, which is searched and tells of tags.
    pub hub: String,
    /// What differs for single registries, by name as it stands in front of an image: `docker.io`,
    /// `registry.example:5000`.
    pub hosts: BTreeMap<String, HostSettings>,
}

/// What differs for one registry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HostSettings {
    /// Addresses that are asked first when images are pulled: `https://mirror.example`.
    pub mirrors: Vec<String>,
    /// Talk to it without encryption. On this computer that is tried anyway.
    pub plain_http: bool,
    /// Believe any certificate.
    pub skip_verify: bool,
    /// A file with certificates (PEM) to believe besides the system's.
    pub ca: Option<PathBuf>,
    /// Our own certificate, where it asks for one (PEM)…
    pub client_certificate: Option<PathBuf>,
    /// …and its key.
    pub client_key: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            downloads: 4,
            uploads: 4,
            connect_timeout: 20,
            idle_timeout: 60,
            retries: 4,
            hub: "https://hub.docker.com".to_owned(),
            hosts: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// What is set for a registry or another host; `authority` is `host` or `host:port`.
    pub(crate) fn host(&self, authority: &str) -> HostSettings {
        self.hosts
            .get(authority)
            .cloned()
            .unwrap_or_default()
            .with_files_of(&Path::new(CERTIFICATES).join(authority))
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        Duration::from_secs(self.connect_timeout)
    }

    pub(crate) fn idle_timeout(&self) -> Duration {
        Duration::from_secs(self.idle_timeout)
    }
}

impl HostSettings {
    /// Adds what lies in a folder as Docker's users lay it out.
    fn with_files_of(mut self, folder: &Path) -> Self {
        for (file, place) in [
            ("ca.crt", &mut self.ca),
            ("client.cert", &mut self.client_certificate),
            ("client.key", &mut self.client_key),
        ] {
            let path = folder.join(file);
            if place.is_none() && path.is_file() {
                *place = Some(path);
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dockers_folder_fills_what_is_not_set() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["ca.crt", "client.cert"] {
            std::fs::write(folder.path().join(file), "x").unwrap();
        }
        let own = HostSettings {
            ca: Some("/own.pem".into()),
            ..HostSettings::default()
        };
        let found = own.with_files_of(folder.path());
        assert_eq!(found.ca, Some("/own.pem".into()));
        assert_eq!(
            found.client_certificate,
            Some(folder.path().join("client.cert"))
        );
        assert_eq!(found.client_key, None);
    }
}
