//! Where things lie below the data root.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use gantry_oci::{DiffId, Digest};

use crate::unpack::{DIFF, INDEX};
use crate::{Error, Result};

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// The paths of a data root that belong to the store.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The paths below `root`, whatever is there.
    pub fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// Creates what is missing.
    pub fn create(root: &Path) -> Result<Self> {
        std::fs::create_dir_all(root)
            .map_err(|source| Error::io("creating the image store", root, source))?;
        let root = root
            .canonicalize()
            .map_err(|source| Error::io("creating the image store", root, source))?;
        let layout = Self { root };
        for folder in [
            layout.blobs(),
            layout.layers(),
            layout.links(),
            layout.partials(),
            layout.trash(),
        ] {
            private(&folder)?;
        }
        Ok(layout)
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn blobs(&self) -> PathBuf {
        self.root.join("blobs/sha256")
    }

    pub fn blob(&self, digest: &Digest) -> PathBuf {
        self.blobs().join(digest.to_hex())
    }

    pub fn layers(&self) -> PathBuf {
        self.root.join("layers")
    }

    pub fn layer(&self, diff_id: &DiffId) -> PathBuf {
        self.layers().join(diff_id.to_hex())
    }

    pub fn layer_diff(&self, diff_id: &DiffId) -> PathBuf {
        self.layer(diff_id).join(DIFF)
    }

    pub fn layer_index(&self, diff_id: &DiffId) -> PathBuf {
        self.layer(diff_id).join(INDEX)
    }

    pub fn layer_facts(&self, diff_id: &DiffId) -> PathBuf {
        self.layer(diff_id).join("layer.json")
    }

    /// Symlinks with short names to the layers, because mount options end at 4096 bytes.
    pub fn links(&self) -> PathBuf {
        self.root.join("l")
    }

    pub fn catalogue(&self) -> PathBuf {
        self.root.join("images.json")
    }

    pub fn database(&self) -> PathBuf {
        self.root.join("gantry.db")
    }

    pub fn staging(&self) -> PathBuf {
        self.root.join("staging")
    }

    /// Where a blob is staged while it comes from a registry, so that an interrupted download goes on.
    pub fn partial(&self, digest: &Digest) -> PathBuf {
        self.partials().join(digest.to_hex())
    }

    pub fn partials(&self) -> PathBuf {
        self.root.join("partial")
    }

    pub fn trash(&self) -> PathBuf {
        self.root.join("trash")
    }

    /// A name that nothing in this process used before.
    pub fn unique(folder: &Path) -> PathBuf {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        folder.join(format!("{}-{number}", std::process::id()))
    }

    /// Moves something out of sight; it is deleted later. `None` when it was not there.
    pub fn throw_away(&self, path: &Path) -> Result<Option<PathBuf>> {
        let target = Self::unique(&self.trash());
        match std::fs::rename(path, &target) {
            Ok(()) => Ok(Some(target)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("removing", path, error)),
        }
    }
}

/// Makes a folder that other users cannot enter: layers hold setuid programs and devices.
fn private(folder: &Path) -> Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|source| Error::io("creating the image store", folder, source))
}

/// A folder for one operation; its content disappears with it.
#[derive(Debug)]
pub(crate) struct Staging {
    path: PathBuf,
    trash: PathBuf,
}

impl Staging {
    pub fn new(layout: &Layout) -> Result<Self> {
        let path = Layout::unique(&layout.staging());
        private(&path)?;
        Ok(Self {
            path,
            trash: layout.trash(),
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let target = Layout::unique(&self.trash);
        if std::fs::rename(&self.path, &target).is_ok() {
            crate::trash::remove_in_background(vec![target]);
        }
    }
}
