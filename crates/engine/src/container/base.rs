//! The layer below every image: the folders and files that mounts need to stand on.
//!
//! Docker puts them above the image, into a layer of each container. Below it they serve the same
//! end (an image that has its own keeps it) and one folder serves all containers; neither a diff
//! nor a commit ever shows them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

const FOLDERS: [&str; 6] = ["dev", "dev/pts", "dev/shm", "etc", "proc", "sys"];
const FILES: [&str; 4] = ["etc/hosts", "etc/hostname", "etc/resolv.conf", ".dockerenv"];

/// Where the layer is.
pub(crate) fn folder(root: &Path) -> PathBuf {
    root.join("base")
}

/// Makes what is missing of it.
pub(crate) fn make(root: &Path) -> Result<()> {
    let base = folder(root);
    fs::create_dir_all(&base).map_err(Error::io("make", &base))?;
    let open = |path: &Path, mode: u32| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
            .map_err(Error::io("set the mode of", path))
    };
    open(&base, 0o755)?;
    for name in FOLDERS {
        let path = base.join(name);
        fs::create_dir_all(&path).map_err(Error::io("make", &path))?;
        open(&path, 0o755)?;
    }
    for name in FILES {
        let path = base.join(name);
        fs::write(&path, "").map_err(Error::io("make", &path))?;
        open(&path, 0o644)?;
    }
    Ok(())
}
