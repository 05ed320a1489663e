//! Where an engine of this user lives: the same rules as the engine's own.

use std::env;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use sha2::{Digest, Sha256};
use tokio::process::Command;

use super::{StartError, own};
use crate::Client;

/// An engine's data, socket and settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Handed to an engine that is started; `None` lets it use its default.
    pub root: Option<PathBuf>,
    pub socket: PathBuf,
    pub config: Option<PathBuf>,
    /// Whether the socket was named, and not derived from the root.
    explicit_socket: bool,
}

impl Place {
    /// Settles the place: arguments win over `GANTRY_ROOT`, `GANTRY_SOCKET` and `GANTRY_CONFIG`,
    /// which win over the defaults.
    pub fn settle(
        root: Option<PathBuf>,
        socket: Option<PathBuf>,
        config: Option<PathBuf>,
    ) -> Result<Self, StartError> {
        let root = root.or_else(|| variable("GANTRY_ROOT"));
        let socket = socket.or_else(|| variable("GANTRY_SOCKET"));
        let config = config.or_else(|| variable("GANTRY_CONFIG"));
        let root = root.map(absolute).transpose()?;
        let explicit_socket = socket.is_some();
        let socket = match socket {
            Some(socket) => absolute(socket)?,
            None => default_socket(root.clone().map_or_else(default_root, Ok)?),
        };
        Ok(Self {
            root,
            socket,
            config: config.map(absolute).transpose()?,
            explicit_socket,
        })
    }

    /// A client of the engine of this place, which need not run. It talks to nobody but root and
    /// this user, and goes through folders in /tmp only if they are this user's alone.
    pub fn client(&self) -> Result<Client, StartError> {
        own::check_folders(&self.socket)?;
        Ok(Client::of_this_user(self.socket.clone()))
    }

    /// Names this place to the `gantry` program, as far as it is not the default.
    pub(super) fn name_to(&self, command: &mut Command) {
        for (option, path) in self.arguments() {
            command.arg(option).arg(path);
        }
    }

    /// The options that name it, with their values.
    pub(super) fn arguments(&self) -> Vec<(&'static str, PathBuf)> {
        let socket = self.explicit_socket.then_some(&self.socket);
        let named = [
            ("--root", self.root.as_ref()),
            ("--socket", socket),
            ("--config", self.config.as_ref()),
        ];
        let named = named.into_iter();
        named
            .filter_map(|(option, path)| Some((option, path?.clone())))
            .collect()
    }
}

fn default_root() -> Result<PathBuf, StartError> {
    if rustix::process::geteuid().is_root() {
        return Ok(PathBuf::from("/var/lib/gantry"));
    }
    if let Some(data) = absolute_variable("XDG_DATA_HOME") {
        return Ok(data.join("gantry"));
    }
    let home = absolute_variable("HOME").ok_or(StartError::NoHome)?;
    Ok(home.join(".local/share/gantry"))
}

/// Below the runtime folder, twelve digits of the root's hash: a socket path holds 108 bytes.
fn default_socket(root: PathBuf) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    let root = root.canonicalize().unwrap_or(root);
    let mut hash = hex::encode(Sha256::digest(root.as_os_str().as_bytes()));
    hash.truncate(12);
    runtime_base().join(hash).join("engine.sock")
}

fn runtime_base() -> PathBuf {
    let user = rustix::process::geteuid();
    if user.is_root() {
        return PathBuf::from("/run/gantry");
    }
    absolute_variable("XDG_RUNTIME_DIR")
        // After `su` the variable may still name the folder of another user.
        .filter(|path| {
            path.metadata()
                .is_ok_and(|found| found.is_dir() && found.uid() == user.as_raw())
        })
        .map_or_else(own::folder_in_tmp, |path| path.join("gantry"))
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

fn absolute_variable(name: &str) -> Option<PathBuf> {
    variable(name).filter(|path| path.is_absolute())
}

fn absolute(path: PathBuf) -> Result<PathBuf, StartError> {
    std::path::absolute(&path).map_err(|source| StartError::Place {
        doing: "resolve",
        path,
        source,
    })
}
