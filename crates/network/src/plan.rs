//! What an engine tells its keeper before it is started, and what the keeper leaves on disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use gantry_file::{Durability, read_json, replace_json};
use gantry_runtime::ProcessIdentity;
use serde::{Deserialize, Serialize};

/// The name of [`Plan`] in the keeper's directory.
const PLAN_FILE: &str = "plan.json";
/// The name of [`KeeperRecord`] in the keeper's directory.
const RECORD_FILE: &str = "keeper.json";
/// What the keeper writes to its standard error.
pub const KEEPER_LOG: &str = "keeper.log";
/// Held by the keeper for as long as it lives: one at a time.
pub const LOCK_FILE: &str = "lock";

/// How an engine's networks are kept. Written as `plan.json` into the keeper's directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// [`crate::protocol::VERSION`] of the engine that wrote it.
    pub version: u32,
    /// In a user namespace the networks have a network namespace of their own, which is pinned
    /// here. As root they are the host's.
    pub pin: Option<PathBuf>,
    /// Where the keeper listens, at most 107 bytes.
    pub socket: PathBuf,
    /// Seven characters of the engine's own, for the names of its interfaces.
    pub tag: String,
    /// Where programs are looked for.
    pub path: String,
}

impl Plan {
    pub fn read(directory: &Path) -> io::Result<Self> {
        let found = read_json(&directory.join(PLAN_FILE))?;
        found.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub fn write(&self, directory: &Path) -> io::Result<()> {
        write(&directory.join(PLAN_FILE), self)
    }

    /// What the names of this engine's bridges begin with.
    pub fn bridge_prefix(&self) -> String {
        format!("gb{}", self.tag)
    }

    /// What the names of the host's ends of its containers' interfaces begin with.
    pub fn pair_prefix(&self) -> String {
        format!("gv{}", self.tag)
    }

    /// Its table of the packet filter.
    pub fn table(&self) -> String {
        format!("gantry-{}", self.tag)
    }
}

/// Which process keeps the networks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeeperRecord {
    /// The protocol's version.
    pub version: u32,
    pub keeper: ProcessIdentity,
    /// Where it listens.
    pub socket: PathBuf,
    /// The program that carries what goes out.
    #[serde(default)]
    pub helper: Option<ProcessIdentity>,
}

impl KeeperRecord {
    /// Reads `keeper.json` of a keeper's directory; `None` if there is none.
    pub fn read(directory: &Path) -> io::Result<Option<Self>> {
        read_json(&directory.join(RECORD_FILE))
    }

    pub fn write(&self, directory: &Path) -> io::Result<()> {
        write(&directory.join(RECORD_FILE), self)
    }

    pub fn remove(directory: &Path) {
        // One that stays names a process that is gone.
        let _ = fs::remove_file(directory.join(RECORD_FILE));
    }

    /// Whether the keeper lives.
    pub fn is_alive(&self) -> bool {
        self.keeper.is_alive()
    }
}

/// Not synced: after a power cut no keeper lives.
fn write<T: Serialize>(path: &Path, value: &T) -> io::Result<()> {
    replace_json(path, value, Durability::Quick)
}
