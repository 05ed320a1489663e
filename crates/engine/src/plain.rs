//! Registries that somebody lets be talked to without encryption, as `registries.json`: the same
//! as `plain_http` in `config.toml`, without a new start.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use gantry_file::{Durability, replace_json};
use gantry_oci::Reference;
use gantry_registry::Registries;
use gantry_wire::gantry::PlainRegistries;
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The list, and who follows it.
#[derive(Debug)]
pub(crate) struct Plain {
    path: PathBuf,
    registries: Registries,
    allowed: Mutex<BTreeSet<String>>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    plain_http: BTreeSet<String>,
}

impl Plain {
    /// Reads what was allowed before. A file that does not parse allows nothing.
    pub(crate) fn read(root: &Path, registries: Registries) -> Self {
        let path = root.join("registries.json");
        let kept: Kept = match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).unwrap_or_else(|error| {
                tracing::error!(path = %path.display(), %error, "no registry is talked to plainly");
                Kept::default()
            }),
            Err(_) => Kept::default(),
        };
        registries.allow_plain(kept.plain_http.clone());
        Self {
            path,
            registries,
            allowed: Mutex::new(kept.plain_http),
        }
    }

    /// Those that are allowed here, and those of the settings.
    pub(crate) fn list(&self) -> PlainRegistries {
        let allowed = self.allowed.lock().unwrap_or_else(PoisonError::into_inner);
        PlainRegistries {
            allowed: allowed.iter().cloned().collect(),
            configured: self.registries.configured_plain(),
        }
    }

    /// Allows it for a registry, or no longer; it stands on the disk when this returns.
    pub(crate) fn set(&self, registry: &str, plain: bool) -> Result<()> {
        if !is_registry(registry) {
            let why = format!("{registry:?} is not the address of a registry");
            return Err(Error::Invalid(why));
        }
        let mut allowed = self.allowed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut new = allowed.clone();
        let changed = if plain {
            new.insert(registry.to_owned())
        } else {
            new.remove(registry)
        };
        if changed {
            let kept = Kept {
                plain_http: new.clone(),
            };
            replace_json(&self.path, &kept, Durability::Durable)
                .map_err(Error::io("write", &self.path))?;
            self.registries.allow_plain(new.clone());
            *allowed = new;
        }
        Ok(())
    }
}

/// As it stands in front of images; Docker Hub is never talked to plainly.
fn is_registry(name: &str) -> bool {
    let image: Option<Reference> = format!("{name}/x").parse().ok();
    image.is_some_and(|image| image.domain() == name && name != "docker.io")
}

#[cfg(test)]
mod tests {
    use gantry_registry::Settings;

    use super::*;

    #[test]
    fn what_is_allowed_is_found_again() {
        let root = tempfile::tempdir().unwrap();
        let open = || Plain::read(root.path(), Registries::new(Settings::default()));
        let plain = open();
        plain.set("10.0.0.1:5000", true).unwrap();
        plain.set("registry.example", true).unwrap();
        plain.set("registry.example", false).unwrap();
        assert_eq!(open().list().allowed, ["10.0.0.1:5000"]);
        for name in ["", "docker.io", "word", "a.b/c", "http://a.b", "a.b:x"] {
            assert!(plain.set(name, true).is_err(), "{name}");
        }
        std::fs::write(root.path().join("registries.json"), "{").unwrap();
        assert!(open().list().allowed.is_empty());
    }
}
