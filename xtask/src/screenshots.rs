//! Copies what the tests photographed to where the README shows it.

use anyhow::{Context, Result};

use crate::{files, workspace};

const SHOTS: [&str; 4] = ["first-run.png", "containers.png", "layers.png", "logs.png"];

pub fn publish() -> Result<()> {
    for shot in SHOTS {
        let from = workspace::target().join("screenshots").join(shot);
        let to = workspace::root().join("docs/screenshots").join(shot);
        files::copy(&from, &to).context("./dev test makes the pictures")?;
        println!("docs/screenshots/{shot}");
    }
    Ok(())
}
