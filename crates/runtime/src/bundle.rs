//! What the engine tells a shim about its container.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use oci_spec::runtime::Spec;
use serde::{Deserialize, Serialize};

use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::identity::ProcessIdentity;

/// The version of [`Bundle`] that this code writes.
pub const BUNDLE_VERSION: u32 = 1;

/// The bundle's name in the container's directory.
pub const BUNDLE_FILE: &str = "bundle.json";

/// One container, ready to be started. Written as `bundle.json` into the container's directory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    /// [`BUNDLE_VERSION`] of the engine that wrote it.
    pub version: u32,
    /// The container's full id.
    pub id: String,
    /// The OCI runtime spec. `root.path`, `process.user` (except `umask`), hooks and
    /// `linux.seccomp` are not read: the fields below say it instead. `process.terminal` is.
    /// A namespace that is not listed is shared with the shim; one with a path is joined.
    pub spec: Spec,
    /// Where the root filesystem comes from.
    pub rootfs: RootFs,
    /// As Docker's `--user`: a name or an id, `user:group`, or empty for root. Looked up inside
    /// the root.
    #[serde(default)]
    pub user: String,
    /// Further groups (`--group-add`), names or ids, looked up inside the root.
    #[serde(default)]
    pub additional_groups: Vec<String>,
    /// Where the container's control groups are.
    #[serde(default)]
    pub cgroup: CgroupPlan,
    /// A file with the compiled seccomp filter: an array of `struct sock_filter` in native byte
    /// order. Without it no filter is loaded.
    #[serde(default)]
    pub seccomp: Option<PathBuf>,
    /// What the container's standard input is.
    #[serde(default)]
    pub stdin: StdinPlan,
    /// Where output is logged; `None` logs nothing (Docker's log driver `none`).
    #[serde(default)]
    pub log: Option<LogPlan>,
    /// The signal of a graceful stop, by number (15 is SIGTERM).
    pub stop_signal: i32,
    /// Where the shim listens, so that a restarted engine finds it. At most 107 bytes.
    pub socket: PathBuf,
    /// Where the exit record is written.
    pub exit_record: PathBuf,
    /// The container lives in a user namespace: overlay marks are `user.*`, device nodes are
    /// bind-mounted and not made.
    #[serde(default)]
    pub rootless: bool,
    /// Directories made inside the root if missing, owned by root, before the process starts:
    /// the working directory always is one of them.
    #[serde(default)]
    pub directories: Vec<PathBuf>,
    /// Nodes of the host that the container has under another path: by that path.
    #[serde(default)]
    pub device_sources: BTreeMap<PathBuf, PathBuf>,
    /// The command is the child of a small first process that passes signals on and reaps what is
    /// left to it (Docker's `--init`).
    #[serde(default)]
    pub init: bool,
    /// First processes of the containers whose namespaces the spec names by path.
    #[serde(default)]
    pub joined: Joined,
    /// How the shim finds out whether the container is well.
    #[serde(default)]
    pub health: Option<HealthPlan>,
}

/// A health check: a command that is run again and again in the container. Nothing is left to
/// defaults here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthPlan {
    /// The command and its arguments.
    pub test: Vec<String>,
    /// Between the end of one and the next, in milliseconds.
    pub interval_ms: u64,
    pub timeout_ms: u64,
    /// How long failures do not count after the start, unless one has succeeded.
    pub start_period_ms: u64,
    /// Between two in that time.
    pub start_interval_ms: u64,
    /// So many failures in a row make the container unhealthy.
    pub retries: u32,
}

/// Containers whose namespaces are shared. The spec's paths name them by pid, which alone may be
/// another process's by now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    #[serde(default)]
    pub pid: Option<ProcessIdentity>,
    /// Its /dev/shm is shared as well.
    #[serde(default)]
    pub ipc: Option<ProcessIdentity>,
    #[serde(default)]
    pub network: Option<ProcessIdentity>,
}

impl Bundle {
    /// Reads a bundle and checks its version.
    pub fn read(path: &Path) -> Result<Self, StartFailure> {
        let bytes = fs::read(path).during(Step::Bundle, || path.display().to_string())?;
        let invalid = |detail| StartFailure::new(FailureKind::InvalidBundle, Step::Bundle, detail);
        let bundle: Self =
            serde_json::from_slice(&bytes).map_err(|error| invalid(error.to_string()))?;
        if bundle.version > BUNDLE_VERSION {
            return Err(invalid(format!("version {} is not known", bundle.version)));
        }
        Ok(bundle)
    }

    /// What a further process of this container has in common with its first one, without what only
    /// that one goes through.
    #[must_use]
    pub fn for_further_process(mut self, first: ProcessIdentity) -> Self {
        self.rootfs = RootFs::Running { process: first };
        self.spec.set_mounts(None);
        self.init = false;
        self.log = None;
        self.directories.clear();
        self.device_sources.clear();
        self.health = None;
        self
    }

    /// Writes the bundle to a file.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        fs::write(path, serde_json::to_vec(self)?)
    }
}

/// Where a container's root filesystem comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum RootFs {
    /// A kernel overlay, mounted inside the container's own mount namespace.
    Overlay {
        /// Layer directories, the topmost first; at least one.
        lower: Vec<PathBuf>,
        upper: PathBuf,
        /// Empty, on the same filesystem as `upper`.
        work: PathBuf,
        /// Marks are kept in `user.overlay.*` (needed in a user namespace).
        userxattr: bool,
    },
    /// A directory that is the root already.
    Directory { path: PathBuf },
    /// That of a running container, by its first process. All namespaces of that process are
    /// joined, whatever the spec lists, and the control groups are there and stay.
    Running { process: ProcessIdentity },
}

/// Which control groups the container gets. All paths are absolute and in the shim's view; the
/// last component is the container's own: made by the shim (parents as well), removed at exit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum CgroupPlan {
    /// No control group can be written: any limit is a failure and pause goes by signals.
    #[default]
    None,
    /// One directory of a cgroup2 mount, pure or delegated. Its parent must have enabled the
    /// controllers that the spec's resources need.
    V2 { path: PathBuf },
    /// Directories of v1 controllers by name (`memory`, `cpu`, `cpuset`, `pids`, `freezer`, …);
    /// controllers that share one mount repeat its path. Each costs time at every start: name
    /// only those that are needed.
    V1 {
        controllers: BTreeMap<String, PathBuf>,
        /// A directory of the cgroup2 mount beside them (hybrid), used to freeze and to kill.
        #[serde(default)]
        unified: Option<PathBuf>,
    },
}

/// What a container's standard input is (Docker's `OpenStdin` and `StdinOnce`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StdinPlan {
    /// `/dev/null`; with a terminal, what clients type is dropped.
    #[default]
    Closed,
    /// Open until the first client that attached its input ends it.
    Once,
    /// Open for as long as the container lives.
    Open,
}

/// Where output is logged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPlan {
    /// The log's directory, made if missing.
    pub directory: PathBuf,
    /// Bytes after which a new file begins.
    #[serde(default)]
    pub max_size: Option<u64>,
    /// How many files are kept.
    #[serde(default)]
    pub max_files: Option<u32>,
}

/// A terminal's size in character cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalSize {
    pub rows: u16,
    pub columns: u16,
}
