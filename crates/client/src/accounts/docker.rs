//! Docker's own configuration: `config.json`, with the accounts in it and the programs that keep
//! others. What it says beside that stays as it is.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gantry_oci::registry_of;
use gantry_wire::AuthConfig;
use serde_json::{Map, Value};

use super::helper::Helper;
use super::{AccountError, Result};

/// The most bytes that are read of it.
const LIMIT: u64 = 4 << 20;
/// How Docker's clients write the address of Docker Hub.
const HUB: &str = "https://index.docker.io/v1/";

/// Where it is.
#[derive(Debug, Clone)]
pub(super) struct DockerConfig {
    path: PathBuf,
}

/// What it says.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    document: Map<String, Value>,
}

/// The key under which Docker's clients and helpers know a registry.
pub(super) fn key_of(registry: &str) -> &str {
    if registry == registry_of(HUB) {
        HUB
    } else {
        registry
    }
}

impl DockerConfig {
    /// `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`.
    pub fn of_user() -> Self {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let folder = match (set("DOCKER_CONFIG"), set("HOME")) {
            (Some(folder), _) => PathBuf::from(folder),
            (None, home) => PathBuf::from(home.unwrap_or_default()).join(".docker"),
        };
        Self {
            path: folder.join("config.json"),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads it; a missing one says nothing.
    pub fn read(&self) -> Result<Known> {
        let read = || {
            let found = fs::metadata(&self.path)?;
            if found.len() > LIMIT {
                return Err(io::Error::other(format!("it has more than {LIMIT} bytes")));
            }
            let bytes = fs::read(&self.path)?;
            if bytes.trim_ascii().is_empty() {
                return Ok(Map::new());
            }
            Ok(serde_json::from_slice(&bytes)?)
        };
        match read() {
            Ok(document) => Ok(Known { document }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Known::default()),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Writes an account into it.
    pub fn store(&self, registry: &str, auth: &AuthConfig) -> Result<()> {
        let pair = format!("{}:{}", auth.username, auth.password);
        let entry = AuthConfig {
            auth: STANDARD.encode(pair),
            identity_token: auth.identity_token.clone(),
            ..AuthConfig::default()
        };
        let entry = serde_json::to_value(entry).map_err(|error| self.failed(error.into()))?;
        self.change(|accounts| {
            accounts.retain(|key, _| registry_of(key) != registry);
            accounts.insert(key_of(registry).to_owned(), entry);
        })
    }

    /// Takes an account out of it.
    pub fn forget(&self, registry: &str) -> Result<()> {
        self.change(|accounts| accounts.retain(|key, _| registry_of(key) != registry))
    }

    fn change(&self, edit: impl FnOnce(&mut Map<String, Value>)) -> Result<()> {
        let mut document = self.read()?.document;
        let accounts = document.entry("auths").or_insert_with(|| Map::new().into());
        if !accounts.is_object() {
            *accounts = Map::new().into();
        }
        if let Some(accounts) = accounts.as_object_mut() {
            edit(accounts);
        }
        self.write(&document).map_err(|error| self.failed(error))
    }

    /// Replaces it at once, for its owner only, through links that people have there.
    fn write(&self, document: &Map<String, Value>) -> io::Result<()> {
        let target = self.path.canonicalize().unwrap_or(self.path.clone());
        let folder = target.parent().unwrap_or(Path::new("."));
        if !folder.exists() {
            use std::os::unix::fs::DirBuilderExt;
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)?;
        }
        // Its mode is 0600.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut file, document)?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(&target)?;
        Ok(())
    }

    fn failed(&self, error: io::Error) -> AccountError {
        AccountError::File {
            path: self.path.clone(),
            why: error.to_string(),
        }
    }
}

impl Known {
    /// The account at a registry that stands in it.
    pub fn find(&self, registry: &str) -> Option<AuthConfig> {
        let mut accounts = self.accounts();
        accounts.find(|(known, _)| known == registry).map(|it| it.1)
    }

    /// Every account that stands in it, by registry.
    pub fn accounts(&self) -> impl Iterator<Item = (String, AuthConfig)> {
        let accounts = self.document.get("auths").and_then(Value::as_object);
        accounts.into_iter().flatten().filter_map(|(key, value)| {
            let registry = registry_of(key).to_owned();
            Some((registry.clone(), account(registry, value)?))
        })
    }

    /// The program that keeps the account at a registry.
    pub fn helper(&self, registry: &str) -> Option<Helper> {
        let of_registry = self.own_helpers().find(|(known, _)| known == registry);
        of_registry.map(|it| it.1).or_else(|| self.common_helper())
    }

    /// Every program that keeps accounts, with the only registry that it is asked for.
    pub fn helpers(&self) -> impl Iterator<Item = (Helper, Option<String>)> {
        let own = self.own_helpers();
        let own = own.map(|(registry, helper)| (helper, Some(registry)));
        own.chain(self.common_helper().map(|helper| (helper, None)))
    }

    fn own_helpers(&self) -> impl Iterator<Item = (String, Helper)> {
        let helpers = self.document.get("credHelpers").and_then(Value::as_object);
        helpers.into_iter().flatten().filter_map(|(key, name)| {
            let helper = Helper::named(name.as_str().filter(|name| !name.is_empty())?);
            Some((registry_of(key).to_owned(), helper))
        })
    }

    fn common_helper(&self) -> Option<Helper> {
        let name = self.document.get("credsStore")?.as_str()?;
        (!name.is_empty()).then(|| Helper::named(name))
    }
}

/// One entry; none where a helper keeps what belongs there.
fn account(registry: String, value: &Value) -> Option<AuthConfig> {
    let mut auth: AuthConfig = serde_json::from_value(value.clone()).ok()?;
    let pair = STANDARD.decode(auth.auth.trim_end_matches('\0')).ok();
    let pair = pair.and_then(|bytes| String::from_utf8(bytes).ok());
    if let Some((username, password)) = pair.as_deref().and_then(|pair| pair.split_once(':')) {
        username.clone_into(&mut auth.username);
        password
            .trim_end_matches('\0')
            .clone_into(&mut auth.password);
    }
    auth.auth.clear();
    auth.server_address = registry;
    let proof = [&auth.password, &auth.identity_token, &auth.registry_token];
    proof.iter().any(|text| !text.is_empty()).then_some(auth)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn config(folder: &Path) -> DockerConfig {
        DockerConfig {
            path: folder.join("config.json"),
        }
    }

    fn auth(username: &str, password: &str) -> AuthConfig {
        AuthConfig {
            username: username.to_owned(),
            password: password.to_owned(),
            ..AuthConfig::default()
        }
    }

    #[test]
    fn what_docker_wrote_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        assert!(config.read().unwrap().find("docker.io").is_none());
        let text = r#"{
            "auths": {
                "https://index.docker.io/v1/": {"auth": "YW5uOmE6Yg=="},
                "helped.example": {},
                "http://old.example/v2/": {"username": "bob", "password": "x"},
                "token.example": {"auth": "YW5uOg==", "identitytoken": "t"}
            },
            "credHelpers": {"aws.example": "ecr-login"},
            "credsStore": "pass"
        }"#;
        fs::write(&config.path, text).unwrap();
        let known = config.read().unwrap();
        let hub = known.find("docker.io").unwrap();
        assert_eq!(
            (hub.username.as_str(), hub.password.as_str()),
            ("ann", "a:b")
        );
        assert_eq!(known.find("old.example").unwrap().username, "bob");
        let token = known.find("token.example").unwrap();
        assert_eq!(
            (token.username.as_str(), token.identity_token.as_str()),
            ("ann", "t")
        );
        assert_eq!(known.accounts().count(), 3);
        assert!(known.find("helped.example").is_none());
        assert_eq!(known.helper("aws.example").unwrap().name(), "ecr-login");
        assert_eq!(known.helper("docker.io").unwrap().name(), "pass");
        fs::write(&config.path, "{").unwrap();
        assert_eq!(config.read().unwrap_err().code(), "docker-config");
    }

    #[test]
    fn what_is_written_leaves_the_rest_alone() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real.json");
        let config = config(&folder.path().join("new"));
        config.store("docker.io", &auth("ann", "p")).unwrap();
        fs::rename(&config.path, &real).unwrap();
        std::os::unix::fs::symlink(&real, &config.path).unwrap();
        let mut document: Value = serde_json::from_slice(&fs::read(&real).unwrap()).unwrap();
        assert_eq!(document["auths"][HUB]["auth"], "YW5uOnA=");
        document["detachKeys"] = "ctrl-e".into();
        fs::write(&real, document.to_string()).unwrap();

        config.store("here:5000", &auth("bob", "q")).unwrap();
        config.forget("docker.io").unwrap();
        assert!(config.path.is_symlink(), "people keep it elsewhere");
        let document: Value = serde_json::from_slice(&fs::read(&real).unwrap()).unwrap();
        assert_eq!(document["detachKeys"], "ctrl-e");
        let known = config.read().unwrap();
        assert_eq!(known.find("here:5000").unwrap().username, "bob");
        assert!(known.find("docker.io").is_none());
        let mode = fs::metadata(&real).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
