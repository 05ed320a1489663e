//! Why the engine could not begin.

use std::io;
use std::path::PathBuf;

/// A reason for which no engine can run, with the way out.
#[derive(Debug, thiserror::Error)]
pub enum EnterError {
    /// Another engine serves this data root.
    #[error("another engine (process {pid}) serves {}", root.display())]
    AlreadyRunning {
        /// The data root.
        root: PathBuf,
        /// The process that holds the lock; 0 when it did not say.
        pid: u32,
    },
    /// Neither `$HOME` nor `$XDG_DATA_HOME` says where data goes.
    #[error("no folder for data: neither HOME nor XDG_DATA_HOME is set")]
    NoHome,
    /// A folder for sockets belongs to somebody else or lets others in.
    #[error("{} is not safe to use: {why}", path.display())]
    UnsafeFolder {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The settings file does not parse.
    #[error("{}: {source}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What the parser says.
        source: Box<toml::de::Error>,
    },
    /// The kernel does not let this user make a user namespace.
    #[error("no user namespace: {0}")]
    NoUserNamespace(io::Error),
    /// The namespace was made, but without its capabilities (AppArmor on Ubuntu 24.04 and later).
    #[error("the user namespace has no capabilities: {0}")]
    CapabilitiesDenied(io::Error),
    /// Root is not allowed to make a mount namespace (an engine inside a locked-down container).
    #[error("no mount namespace: {0}")]
    NoMountNamespace(io::Error),
    /// The namespaces of the running containers could not be joined.
    #[error("cannot join the namespaces of the running containers: {0}")]
    Join(io::Error),
    /// The sockets handed over by the service manager are not usable.
    #[error("socket activation: {0}")]
    Activation(String),
    /// A socket path is longer than the kernel takes.
    #[error("{} is too long for a socket path", .0.display())]
    SocketPathTooLong(PathBuf),
    /// Reading or writing a file failed.
    #[error("{doing} {}: {source}", path.display())]
    Io {
        /// What was attempted.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl EnterError {
    /// The stable code of this cause.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AlreadyRunning { .. } => "engine-already-running",
            Self::NoHome => "no-home",
            Self::UnsafeFolder { .. } => "unsafe-folder",
            Self::Config { .. } => "config-invalid",
            Self::NoUserNamespace(_) => "no-user-namespace",
            Self::CapabilitiesDenied(_) => "user-namespace-restricted",
            Self::NoMountNamespace(_) => "no-mount-namespace",
            Self::Join(_) => "namespaces-lost",
            Self::Activation(_) => "socket-activation",
            Self::SocketPathTooLong(_) => "socket-path-too-long",
            Self::Io { .. } => "io",
        }
    }

    /// What to do next, in a sentence; empty where nothing sensible can be said.
    pub fn next(&self) -> &'static str {
        match self {
            Self::AlreadyRunning { .. } => "Use that engine, or give another folder with --root.",
            Self::NoHome => "Set HOME, or give a folder with --root.",
            Self::UnsafeFolder { .. } => "Remove the folder, or set XDG_RUNTIME_DIR.",
            Self::Config { .. } => "Correct the line, or remove the file to use the defaults.",
            Self::NoUserNamespace(_) | Self::CapabilitiesDenied(_) => {
                "`gantry doctor` says what keeps them out, and `gantry doctor --script | sudo sh` mends it."
            }
            Self::NoMountNamespace(_) => {
                "Run the engine with CAP_SYS_ADMIN, or as an ordinary user."
            }
            Self::Join(_) => {
                "Stop the running containers' supervisors, then start the engine again."
            }
            Self::SocketPathTooLong(_) => "Give a shorter path with --socket.",
            Self::Activation(_) | Self::Io { .. } => "",
        }
    }

    pub(super) fn io(
        doing: &'static str,
        path: &std::path::Path,
    ) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }
}
