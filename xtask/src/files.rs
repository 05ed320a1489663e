//! Copying that leaves alone what is already right, so that nothing is rebuilt in vain.

use std::{fs, path::Path};

use anyhow::{Context, Result};

/// Writes `content` unless the file holds it already.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content).with_context(|| path.display().to_string())
}

/// Copies a file or a folder with all it holds.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        let content = fs::read(from).with_context(|| from.display().to_string())?;
        return write(to, &content);
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
