//! What the run dialog asks for.

use serde::{Deserialize, Serialize};

use crate::{Like, MountKind, RestartPolicy, call::call};

/// A container to make, and to start unless told otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunContainer {
    pub image: String,
    /// Empty lets the engine choose one.
    pub name: String,
    /// Empty keeps the image's own.
    pub command: Vec<String>,
    /// `None` keeps the image's own.
    pub entrypoint: Option<Vec<String>>,
    pub env: Vec<(String, String)>,
    pub labels: Vec<(String, String)>,
    pub mounts: Vec<RunMount>,
    /// Empty is the default network.
    pub network: String,
    /// Other names for it in a network of one's own.
    pub aliases: Vec<String>,
    /// Published ports.
    pub ports: Vec<RunPort>,
    pub user: String,
    pub working_dir: String,
    /// Bytes; 0 is no limit.
    pub memory_bytes: u64,
    /// Thousandths of a core; 0 is no limit.
    pub cpu_millis: u64,
    pub restart: RestartPolicy,
    pub tty: bool,
    pub open_stdin: bool,
    pub auto_remove: bool,
    /// `false` only creates it.
    pub start: bool,
    /// Gives it everything else that this container has.
    pub like: Option<Like>,
}

impl Default for RunContainer {
    fn default() -> Self {
        Self {
            image: String::new(),
            name: String::new(),
            command: Vec::new(),
            entrypoint: None,
            env: Vec::new(),
            labels: Vec::new(),
            mounts: Vec::new(),
            network: String::new(),
            aliases: Vec::new(),
            ports: Vec::new(),
            user: String::new(),
            working_dir: String::new(),
            memory_bytes: 0,
            cpu_millis: 0,
            restart: RestartPolicy::No,
            tty: false,
            open_stdin: false,
            auto_remove: false,
            start: true,
            like: None,
        }
    }
}
call!(RunContainer, "run_container", Ran);

/// A folder of this computer, a volume or memory inside the container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunMount {
    pub kind: MountKind,
    /// The folder's path or the volume's name; empty for memory.
    pub source: String,
    /// The place in the container.
    pub target: String,
    pub read_only: bool,
}

/// A port of this computer that leads into the container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunPort {
    pub host: u16,
    pub container: u16,
    /// `tcp` or `udp`.
    pub protocol: String,
    /// The address of this computer; empty is every one.
    pub address: String,
}

/// The reply to [`RunContainer`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    pub id: String,
    pub name: String,
    /// In plain words, e.g. that the network is not there yet.
    pub warnings: Vec<String>,
}

/// Says whether a name can be given to a new container, before the press.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CheckName {
    pub name: String,
}
call!(CheckName, "check_name", NameCheck);

/// The reply to [`CheckName`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameCheck {
    Free,
    /// Another container has it; `suggestion` is free.
    Taken {
        container: String,
        suggestion: String,
    },
    /// Not allowed; only `[a-zA-Z0-9][a-zA-Z0-9_.-]+` is.
    Invalid {
        suggestion: String,
    },
}

/// Reads a file of environment variables, as `docker run --env-file` does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadEnvFile {
    pub file: EnvFile,
}
call!(ReadEnvFile, "read_env_file", Vec<(String, String)>);

/// Where such a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvFile {
    /// On this computer.
    Path(String),
    /// In a browser, which knows no path.
    Content(Vec<u8>),
}
