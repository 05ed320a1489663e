//! The window's files: `ui/` compiled to WebAssembly, with everything beside it, in `ui/dist`.
//!
//! wasm-bindgen runs as a library of the version that Cargo.lock names, so there is no tool to
//! install and none that could be of another version.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    files,
    workspace::{self, Profile},
};

/// What in `ui/` is not a file of the bundle.
const SOURCES: [&str; 4] = ["Cargo.toml", "dist", "src", "tests"];

pub fn build(profile: Profile) -> Result<()> {
    let cargo_profile = match profile {
        Profile::Debug => "dev",
        Profile::Release => "wasm-release",
    };
    // A target directory of its own: the native build does not wait for its lock.
    let target = workspace::target().join("ui");
    let mut cargo = workspace::cargo(&["build", "--quiet", "--package", "gantry-ui"]);
    cargo.args([
        "--target",
        "wasm32-unknown-unknown",
        "--profile",
        cargo_profile,
    ]);
    workspace::run(cargo.arg("--target-dir").arg(&target))?;

    let folder = if profile == Profile::Debug {
        "debug"
    } else {
        cargo_profile
    };
    let wasm = target
        .join("wasm32-unknown-unknown")
        .join(folder)
        .join("gantry_ui.wasm");
    let dist = workspace::root().join("ui/dist");
    bind(&wasm, &target.join("bindgen"), &dist)?;
    check_vendored()?;
    copy_beside(&dist)
}

/// What others wrote is as they published it.
fn check_vendored() -> Result<()> {
    let folder = workspace::root().join("ui/vendor/xterm");
    let sums = folder.join("SHA256SUMS");
    let listed = fs::read_to_string(&sums).with_context(|| sums.display().to_string())?;
    for (sum, name) in listed.lines().filter_map(|line| line.split_once("  ")) {
        let path = folder.join(name);
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        let found = gantry_pack::sha256(&bytes);
        ensure!(
            found == sum,
            "{} is not what SHA256SUMS says: it has {found}",
            path.display()
        );
    }
    Ok(())
}

/// Runs wasm-bindgen when the compiled file is another one than the last time.
fn bind(wasm: &Path, scratch: &Path, dist: &Path) -> Result<()> {
    let stamp = dist.join(".wasm");
    let bytes = fs::read(wasm).with_context(|| wasm.display().to_string())?;
    let digest = gantry_pack::sha256(&bytes);
    if fs::read_to_string(&stamp).is_ok_and(|last| last == digest) {
        return Ok(());
    }
    let _ = fs::remove_dir_all(scratch);
    Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(false)
        .keep_debug(false)
        // The names are two thirds of a debug build; a panic still tells its file and line.
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(scratch)?;
    files::copy(scratch, dist)?;
    files::write(&stamp, digest.as_bytes())
}

fn copy_beside(dist: &Path) -> Result<()> {
    for entry in fs::read_dir(workspace::root().join("ui"))? {
        let entry = entry?;
        if !SOURCES.iter().any(|source| entry.file_name() == *source) {
            files::copy(&entry.path(), &dist.join(entry.file_name()))?;
        }
    }
    Ok(())
}
