//! What a shim leaves on disk: who it is, and how its container ended.

use std::io;
use std::path::{Path, PathBuf};

use gantry_file::{Durability, read_json, replace_json};
use gantry_runtime::{ProcessIdentity, StartFailure};
use serde::{Deserialize, Serialize};

/// The name of [`ShimRecord`] in the container's directory.
pub const SHIM_FILE: &str = "shim.json";

/// The usual name of [`ExitRecord`] in the container's directory; the bundle says which.
pub const EXIT_FILE: &str = "exit.json";

/// Bytes that a record of a container that ran never needs.
const ROOM: usize = 2048;

/// Which process supervises a container, and which one is the container's first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShimRecord {
    /// The protocol's version.
    pub version: u32,
    pub shim: ProcessIdentity,
    /// Where it listens.
    pub socket: PathBuf,
    /// The container's first process, once it was started.
    #[serde(default)]
    pub container: Option<ProcessIdentity>,
}

impl ShimRecord {
    /// Reads `shim.json` of a container's directory; `None` if there is none.
    pub fn read(directory: &Path) -> io::Result<Option<Self>> {
        read_json(&directory.join(SHIM_FILE))
    }

    /// Whether the shim lives.
    pub fn is_alive(&self) -> bool {
        self.shim.is_alive()
    }

    /// Writes `shim.json`.
    pub fn write(&self, directory: &Path) -> io::Result<()> {
        write(&directory.join(SHIM_FILE), self)
    }
}

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitRecord {
    /// The exit code as Docker tells it: the process's own, 128 + signal, or 125 to 127 if it did
    /// not start.
    pub code: i32,
    /// The signal that ended the first process.
    pub signal: Option<i32>,
    /// Whether the kernel killed a process of it for want of memory.
    pub oom: bool,
    /// Nanoseconds since 1970; `None` if it did not start.
    pub started_at: Option<u64>,
    /// Nanoseconds since 1970.
    pub finished_at: u64,
    /// Why it did not start.
    pub error: Option<StartFailure>,
    /// The first process, which tells this run from others.
    #[serde(default)]
    pub process: Option<ProcessIdentity>,
}

impl ExitRecord {
    /// Of a container that did not start, at this time in nanoseconds since 1970.
    pub fn of_failure(failure: &StartFailure, finished_at: u64) -> Self {
        Self {
            code: failure.exit_code().into(),
            signal: None,
            oom: false,
            started_at: None,
            finished_at,
            error: Some(failure.clone()),
            process: None,
        }
    }

    /// Reads an exit record; `None` if there is none.
    pub fn read(path: &Path) -> io::Result<Option<Self>> {
        read_json(path)
    }

    /// Takes the room for a record on disk, so that [`write`](Self::write) needs no more of it.
    pub fn make_room(path: &Path) -> io::Result<()> {
        gantry_file::make_room(path, ROOM)
    }

    /// Writes the record.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        write(path, self)
    }
}

/// Not synced: nothing syncs on the way of a run, and after a power failure no container runs anyway.
pub(crate) fn write<T: Serialize>(path: &Path, value: &T) -> io::Result<()> {
    replace_json(path, value, Durability::Quick)
}
