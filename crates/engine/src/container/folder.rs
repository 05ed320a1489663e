//! A container's folder and what is in it.

use std::path::{Path, PathBuf};

use gantry_runtime::BUNDLE_FILE;
use gantry_shim::EXIT_FILE;

use super::id::ContainerId;

/// The folder of one container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(containers: &Path, id: &ContainerId) -> Self {
        Self(containers.join(id.as_str()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The record of the container, as it is on the disk.
    pub(crate) fn config(&self) -> PathBuf {
        self.0.join("config.json")
    }

    /// The record as it became since, which a power cut may take.
    pub(crate) fn recent(&self) -> PathBuf {
        self.0.join("recent.json")
    }

    /// What the container wrote.
    pub(crate) fn upper(&self) -> PathBuf {
        self.0.join("upper")
    }

    /// Overlay's own.
    pub(crate) fn work(&self) -> PathBuf {
        self.0.join("work")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("log")
    }

    /// Further processes that run in it, each in a folder of its own.
    pub(crate) fn execs(&self) -> PathBuf {
        self.0.join("exec")
    }

    pub(crate) fn bundle(&self) -> PathBuf {
        self.0.join(BUNDLE_FILE)
    }

    pub(crate) fn exit_record(&self) -> PathBuf {
        self.0.join(EXIT_FILE)
    }

    pub(crate) fn hosts(&self) -> PathBuf {
        self.0.join("hosts")
    }

    pub(crate) fn hostname(&self) -> PathBuf {
        self.0.join("hostname")
    }

    pub(crate) fn resolv_conf(&self) -> PathBuf {
        self.0.join("resolv.conf")
    }
}
