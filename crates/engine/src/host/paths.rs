//! Where things lie: the data root, the runtime folder below a hash of it, the default socket.

use std::env;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::EnterError;

/// The folders of one engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Images, containers and volumes.
    pub root: PathBuf,
    /// Sockets and other things that do not survive a reboot; names below it are short.
    pub runtime: PathBuf,
    /// The socket that serves the API.
    pub socket: PathBuf,
    /// The settings file, which need not exist.
    pub config: PathBuf,
}

impl Paths {
    /// Settles all folders and makes those that are missing.
    pub(super) fn settle(options: &super::Options) -> Result<Self, EnterError> {
        let root = match &options.root {
            Some(root) => absolute(root)?,
            None => default_root()?,
        };
        private_folder(&root)?;
        // The hash must not depend on how the root was spelt.
        let root = root
            .canonicalize()
            .map_err(EnterError::io("resolve", &root))?;
        let base = runtime_base(true)?;
        let runtime = base.join(root_hash(&root));
        private_folder(&runtime)?;
        let socket = match &options.socket {
            Some(socket) => absolute(socket)?,
            None => runtime.join("engine.sock"),
        };
        let config = match &options.config {
            Some(config) => absolute(config)?,
            None => default_config()?,
        };
        Ok(Self {
            root,
            runtime,
            socket,
            config,
        })
    }

    /// The folder of all containers.
    pub fn containers(&self) -> PathBuf {
        self.root.join("containers")
    }

    /// The folder of all networks.
    pub fn networks(&self) -> PathBuf {
        self.root.join("networks")
    }

    /// The folder of the network keeper.
    pub fn keeper(&self) -> PathBuf {
        self.networks().join("keeper")
    }

    /// The folder of removed things that wait for their deletion.
    pub fn trash(&self) -> PathBuf {
        self.root.join("trash")
    }

    /// The folder of compiled seccomp filters.
    pub fn seccomp(&self) -> PathBuf {
        self.root.join("seccomp")
    }
}

/// The data root when nobody names another.
pub fn default_root() -> Result<PathBuf, EnterError> {
    if is_root() {
        return Ok(PathBuf::from("/var/lib/gantry"));
    }
    if let Some(data) = absolute_env("XDG_DATA_HOME") {
        return Ok(data.join("gantry"));
    }
    Ok(home()?.join(".local/share/gantry"))
}

/// The socket of the engine that serves the given root, without making any folder.
pub fn default_socket(root: &Path) -> Result<PathBuf, EnterError> {
    let root = absolute(root)?;
    let root = root.canonicalize().unwrap_or(root);
    Ok(runtime_base(false)?
        .join(root_hash(&root))
        .join("engine.sock"))
}

fn default_config() -> Result<PathBuf, EnterError> {
    if is_root() {
        return Ok(PathBuf::from("/etc/gantry/config.toml"));
    }
    let base = match absolute_env("XDG_CONFIG_HOME") {
        Some(config) => config,
        None => home()?.join(".config"),
    };
    Ok(base.join("gantry/config.toml"))
}

/// `$XDG_RUNTIME_DIR/gantry`; for root `/run/gantry`; else a folder of our own under /tmp.
fn runtime_base(make: bool) -> Result<PathBuf, EnterError> {
    let candidate = if is_root() {
        Some(PathBuf::from("/run"))
    } else {
        // After `su` the variable may still name the folder of another user.
        absolute_env("XDG_RUNTIME_DIR").filter(|path| {
            path.metadata()
                .is_ok_and(|found| found.is_dir() && found.uid() == uid())
        })
    };
    if let Some(candidate) = candidate {
        let base = candidate.join("gantry");
        if !make || private_folder(&base).is_ok() {
            return Ok(base);
        }
    }
    let base = PathBuf::from(format!("/tmp/gantry-{}", uid()));
    if make {
        private_folder(&base)?;
        check_owned(&base)?;
    }
    Ok(base)
}

/// Makes a folder with mode 0700; one that is there stays as it is.
fn private_folder(path: &Path) -> Result<(), EnterError> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(EnterError::io("make", path))
}

/// Anybody may make folders in /tmp: take only one that is ours and closed to others.
fn check_owned(path: &Path) -> Result<(), EnterError> {
    let found = path
        .symlink_metadata()
        .map_err(EnterError::io("look at", path))?;
    let why = if !found.is_dir() {
        "it is not a folder".to_owned()
    } else if found.uid() != uid() {
        format!("it belongs to user {}", found.uid())
    } else if found.permissions().mode() & 0o077 != 0 {
        format!(
            "its mode is {:o}, not 700",
            found.permissions().mode() & 0o777
        )
    } else {
        return Ok(());
    };
    Err(EnterError::UnsafeFolder {
        path: path.to_owned(),
        why,
    })
}

/// Twelve hexadecimal digits that stand for a data root: short, because a socket path holds 108
/// bytes.
fn root_hash(root: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    let mut hash = hex::encode(Sha256::digest(root.as_os_str().as_bytes()));
    hash.truncate(12);
    hash
}

fn absolute(path: &Path) -> Result<PathBuf, EnterError> {
    std::path::absolute(path).map_err(EnterError::io("resolve", path))
}

fn absolute_env(name: &str) -> Option<PathBuf> {
    // The XDG specification: relative values are to be ignored.
    env::var_os(name)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
}

fn home() -> Result<PathBuf, EnterError> {
    absolute_env("HOME").ok_or(EnterError::NoHome)
}

fn uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_short_and_differs_by_root() {
        let first = root_hash(Path::new("/var/lib/gantry"));
        assert_eq!(first.len(), 12);
        assert_ne!(first, root_hash(Path::new("/var/lib/gantry2")));
    }

    #[test]
    fn a_folder_open_to_others_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("open");
        std::fs::create_dir(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(
            check_owned(&path),
            Err(EnterError::UnsafeFolder { .. })
        ));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        assert!(check_owned(&path).is_ok());
    }
}
