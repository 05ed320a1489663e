//! Programs that keep passwords for Docker's clients: `docker-credential-…`. They are told what to do
//! on their command line and the rest on their standard input, and answer in JSON.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use gantry_oci::registry_of;
use gantry_wire::AuthConfig;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use super::docker::key_of;
use super::{AccountError, Result};

/// The most bytes that are read of an answer.
const LIMIT: u64 = 1 << 20;
/// How long one may take: it may have to ask the user.
const PATIENCE: Duration = Duration::from_mins(1);
/// In place of a name where the secret is a token.
const TOKEN: &str = "<token>";
/// What they say where there is nothing.
const NOTHING: &str = "credentials not found";

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Helper {
    name: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    #[serde(rename = "ServerURL", default)]
    server: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    secret: String,
}

impl Helper {
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The account at a registry.
    pub async fn get(&self, registry: &str) -> Result<Option<AuthConfig>> {
        let Some(answer) = self.run("get", key_of(registry).as_bytes()).await? else {
            return Ok(None);
        };
        let entry: Entry = self.parse(&answer)?;
        let mut auth = AuthConfig {
            server_address: registry.to_owned(),
            ..AuthConfig::default()
        };
        if entry.username == TOKEN {
            auth.identity_token = entry.secret;
        } else {
            (auth.username, auth.password) = (entry.username, entry.secret);
        }
        Ok(Some(auth))
    }

    /// Registries with the user's name at each.
    pub async fn list(&self) -> Result<Vec<(String, String)>> {
        let answer = self.run("list", b"").await?.unwrap_or_default();
        if answer.trim_ascii().is_empty() {
            return Ok(Vec::new());
        }
        let entries: BTreeMap<String, String> = self.parse(&answer)?;
        let entries = entries.into_iter().map(|(address, username)| {
            let username = if username == TOKEN {
                String::new()
            } else {
                username
            };
            (registry_of(&address).to_owned(), username)
        });
        Ok(entries.collect())
    }

    pub async fn store(&self, registry: &str, auth: &AuthConfig) -> Result<()> {
        let (username, secret) = if auth.identity_token.is_empty() {
            (&*auth.username, &auth.password)
        } else {
            (TOKEN, &auth.identity_token)
        };
        let entry = Entry {
            server: key_of(registry).to_owned(),
            username: username.to_owned(),
            secret: secret.clone(),
        };
        let entry = serde_json::to_vec(&entry).map_err(|error| self.failed(error))?;
        self.run("store", &entry).await?;
        Ok(())
    }

    pub async fn erase(&self, registry: &str) -> Result<()> {
        self.run("erase", key_of(registry).as_bytes()).await?;
        Ok(())
    }

    fn parse<T: serde::de::DeserializeOwned>(&self, answer: &[u8]) -> Result<T> {
        // The parser's own words might quote the secret.
        serde_json::from_slice(answer).map_err(|_| self.failed("its answer is not valid"))
    }

    /// Runs it; `None` where it knows nothing.
    async fn run(&self, verb: &str, input: &[u8]) -> Result<Option<Vec<u8>>> {
        // Only what lies among the programs: the name is a part of one, and no path.
        if self.name.contains('/') {
            return Err(self.failed("that is no name of a program"));
        }
        let ended = tokio::time::timeout(PATIENCE, self.talk(verb, input)).await;
        let (code, out, err) = ended
            .map_err(|_| self.failed(format!("no answer in {} s", PATIENCE.as_secs())))?
            .map_err(|error| self.failed(error))?;
        if out.len() as u64 >= LIMIT {
            return Err(self.failed(format!("its answer has more than {LIMIT} bytes")));
        }
        if code == Some(0) {
            return Ok(Some(out));
        }
        let said = [out, err].map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
        if said.iter().any(|text| text.contains(NOTHING)) {
            return Ok(None);
        }
        let words = said.into_iter().find(|text| !text.is_empty());
        Err(self.failed(words.unwrap_or_else(|| format!("it ended with {code:?}"))))
    }

    async fn talk(
        &self,
        verb: &str,
        input: &[u8],
    ) -> std::io::Result<(Option<i32>, Vec<u8>, Vec<u8>)> {
        let mut child = Command::new(format!("docker-credential-{}", self.name))
            .arg(verb)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let write = async {
            let Some(mut stdin) = stdin else { return };
            // One that answers without listening is as good.
            let _ = stdin.write_all(input).await;
        };
        let ((), out, err) = tokio::join!(write, read(stdout), read(stderr));
        let (out, err) = (out?, err?);
        Ok((child.wait().await?.code(), out, err))
    }

    fn failed(&self, why: impl ToString) -> AccountError {
        AccountError::Helper {
            helper: self.name.clone(),
            why: why.to_string(),
        }
    }
}

async fn read(pipe: Option<impl AsyncReadExt + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(LIMIT).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}
