//! Copies what the tests photographed to where the README shows it.

use std::fs;

use anyhow::{Context, Result};

use crate::{files, workspace};

pub fn publish() -> Result<()> {
    let from = workspace::target().join("screenshots");
    let to = workspace::root().join("docs/screenshots");
    let shots = fs::read_dir(&from).context("no screenshots yet: ./dev test makes them")?;
    for shot in shots {
        let shot = shot?;
        if shot
            .path()
            .extension()
            .is_some_and(|extension| extension == "png")
        {
            files::copy(&shot.path(), &to.join(shot.file_name()))?;
            println!("docs/screenshots/{}", shot.file_name().display());
        }
    }
    Ok(())
}
