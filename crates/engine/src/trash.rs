//! What is removed leaves by a rename, at once, and is deleted behind it.

use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// Renames a folder into the trash under a name that is free.
pub(crate) fn move_to(trash: &Path, folder: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(trash).map_err(Error::io("make", trash))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let target = trash.join(format!("{name}-{:08x}", rand::random::<u32>()));
    std::fs::rename(folder, &target).map_err(Error::io("move away", folder))?;
    Ok(target)
}

/// Deletes folders from the trash; what stays is swept at the next start.
pub(crate) fn delete(folders: &[PathBuf]) {
    for folder in folders {
        if let Err(error) = gantry_store::remove_tree(folder) {
            tracing::warn!(folder = %folder.display(), %error, "a removed folder was not deleted");
        }
    }
}

/// The same on a thread of its own, after the caller was answered.
pub(crate) fn delete_behind(folders: Vec<PathBuf>) {
    tokio::task::spawn_blocking(move || delete(&folders));
}
