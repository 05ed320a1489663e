//! Other engines of this computer that speak Docker's API: Docker's own, and Podman.
//!
//! A [`Client`] of such a socket lists its images and gives them out as an archive, which is what
//! this engine loads. Nothing is asked of an engine but what it is.

use std::collections::HashSet;
use std::env;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use gantry_wire::{ImageSummary, Version};

use crate::{Client, Error, Result};

/// How long an engine may take to say what it is: one that its socket starts needs a moment.
const PATIENCE: Duration = Duration::from_secs(5);

/// What answers at a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineKind {
    Docker,
    Podman,
    /// Another engine of ours, with another root.
    Gantry,
}

impl EngineKind {
    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Docker => "Docker",
            Self::Podman => "Podman",
            Self::Gantry => "Gantry",
        }
    }

    fn of(version: &Version) -> Self {
        let is_podman = |name: &str| name.contains("Podman");
        if version.platform.name.starts_with("Gantry") {
            Self::Gantry
        } else if version.components.iter().any(|part| is_podman(&part.name)) {
            Self::Podman
        } else {
            Self::Docker
        }
    }

    /// Of a socket that cannot be asked.
    fn by_path(socket: &Path) -> Self {
        if socket.to_string_lossy().contains("podman") {
            Self::Podman
        } else {
            Self::Docker
        }
    }
}

/// An engine beside ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherEngine {
    pub kind: EngineKind,
    pub socket: PathBuf,
    /// What it calls its version; `None` where this user may not open the socket.
    pub version: Option<String>,
}

impl OtherEngine {
    /// A client of it.
    pub fn client(&self) -> Client {
        Client::new(&*self.socket)
    }
}

/// The engines that listen at the usual places of this computer, and the one that `DOCKER_HOST`
/// names; never the one at `own`.
pub async fn other_engines(own: &Path) -> Vec<OtherEngine> {
    let mut seen: HashSet<_> = identity(own).into_iter().collect();
    let mut found = Vec::new();
    for socket in usual_sockets() {
        let Some(identity) = identity(&socket) else {
            continue;
        };
        // `/run/docker.sock` and `/var/run/docker.sock` are one.
        if seen.insert(identity) {
            found.extend(look(socket).await);
        }
    }
    found
}

/// The engine at one socket, or why it cannot be used.
pub async fn other_engine(socket: PathBuf) -> Result<OtherEngine> {
    let client = Client::new(&*socket);
    let version = tokio::time::timeout(PATIENCE, client.version())
        .await
        .map_err(|_| Error::Interrupted("no answer within five seconds".into()))??;
    Ok(OtherEngine {
        kind: EngineKind::of(&version),
        socket,
        version: Some(version.version),
    })
}

/// What is there, if something is that may be opened or could be by others.
async fn look(socket: PathBuf) -> Option<OtherEngine> {
    match other_engine(socket.clone()).await {
        Ok(engine) => Some(engine),
        Err(Error::NotRunning { source, .. })
            if source.kind() == io::ErrorKind::PermissionDenied =>
        {
            Some(OtherEngine {
                kind: EngineKind::by_path(&socket),
                socket,
                version: None,
            })
        }
        Err(error) => {
            tracing::debug!(socket = %socket.display(), %error, "no engine");
            None
        }
    }
}

/// The names of an image that are names: Docker writes `<none>:<none>` where there is none.
pub fn names_of(image: &ImageSummary) -> Vec<String> {
    let names = image.repo_tags.iter();
    names
        .filter(|name| !name.contains("<none>"))
        .map(|name| familiar(name).to_owned())
        .collect()
}

/// Podman writes out what Docker leaves away.
fn familiar(name: &str) -> &str {
    let short = name.strip_prefix("docker.io/").unwrap_or(name);
    short.strip_prefix("library/").unwrap_or(short)
}

/// Where Docker and Podman listen, as root and as this user.
fn usual_sockets() -> Vec<PathBuf> {
    let named = env::var("DOCKER_HOST").ok();
    let named = named
        .as_deref()
        .and_then(|host| host.strip_prefix("unix://"));
    let run = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let home = env::var_os("HOME").map(PathBuf::from);
    sockets(named, run.as_deref(), home.as_deref())
}

fn sockets(named: Option<&str>, run: Option<&Path>, home: Option<&Path>) -> Vec<PathBuf> {
    let in_run = |name| run.map(|run| run.join(name));
    [
        named.map(PathBuf::from),
        Some("/var/run/docker.sock".into()),
        in_run("docker.sock"),
        in_run("podman/podman.sock"),
        home.map(|home| home.join(".docker/desktop/docker.sock")),
        Some("/run/podman/podman.sock".into()),
    ]
    .into_iter()
    .flatten()
    .filter(|path| path.is_absolute())
    .collect()
}

/// Which socket a path leads to; `None` where it leads to none that can be seen.
fn identity(path: &Path) -> Option<(u64, u64)> {
    let found = path.metadata().ok()?;
    found
        .file_type()
        .is_socket()
        .then(|| (found.dev(), found.ino()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use gantry_wire::{ComponentVersion, PlatformName};

    use super::*;

    #[test]
    fn sockets_are_looked_for_where_docker_and_podman_put_them() {
        let found = sockets(
            Some("/tmp/named.sock"),
            Some(Path::new("/run/user/1000")),
            Some(Path::new("/home/me")),
        );
        let found: Vec<_> = found.iter().filter_map(|path| path.to_str()).collect();
        assert_eq!(
            found,
            [
                "/tmp/named.sock",
                "/var/run/docker.sock",
                "/run/user/1000/docker.sock",
                "/run/user/1000/podman/podman.sock",
                "/home/me/.docker/desktop/docker.sock",
                "/run/podman/podman.sock",
            ]
        );
        let without = sockets(Some("relative"), None, None);
        assert_eq!(without.len(), 2, "{without:?}");
    }

    #[test]
    fn a_socket_is_the_same_by_whatever_path_and_nothing_else_is_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("engine.sock");
        let _listener = UnixListener::bind(&socket).expect("bound");
        let link = folder.path().join("docker.sock");
        std::os::unix::fs::symlink(&socket, &link).expect("linked");
        assert!(identity(&socket).is_some());
        assert_eq!(identity(&link), identity(&socket));
        assert_eq!(identity(folder.path()), None);
        assert_eq!(identity(Path::new("/no/such.sock")), None);
    }

    #[test]
    fn engines_are_known_by_what_they_say() {
        let says = |platform: &str, component: &str| {
            EngineKind::of(&Version {
                platform: PlatformName {
                    name: platform.to_owned(),
                },
                components: vec![ComponentVersion {
                    name: component.to_owned(),
                    ..ComponentVersion::default()
                }],
                ..Version::default()
            })
        };
        assert_eq!(
            says("Docker Engine - Community", "Engine"),
            EngineKind::Docker
        );
        assert_eq!(
            says("linux/amd64/debian", "Podman Engine"),
            EngineKind::Podman
        );
        assert_eq!(says("Gantry", "Engine"), EngineKind::Gantry);
    }

    #[test]
    fn names_are_short_and_none_is_no_name() {
        let image = ImageSummary {
            repo_tags: [
                "<none>:<none>",
                "docker.io/library/nginx:1",
                "localhost/a:1",
                "docker.io/me/b:2",
            ]
            .map(str::to_owned)
            .to_vec(),
            ..ImageSummary::default()
        };
        assert_eq!(names_of(&image), ["nginx:1", "localhost/a:1", "me/b:2"]);
    }
}
