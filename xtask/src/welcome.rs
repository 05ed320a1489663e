//! The built-in image `gantry/welcome:latest`, as one file beside the binaries.
//!
//! Three layers, so that the layer view has something to show: base files, the program, the page.

use std::{fs, io::BufWriter};

use anyhow::{Context, Result};
use gantry_pack::{Archive, Image, Tree};
use serde_json::json;

use crate::workspace::{self, Profile};

const TARGET: &str = "x86_64-unknown-linux-musl";
const FILE: &str = "gantry-welcome.tar";

/// The program is always the optimised one; the profile says beside which binaries the image goes.
pub fn build(profile: Profile) -> Result<()> {
    let mut cargo = workspace::cargo(&["build", "--quiet", "--package", "gantry-welcome"]);
    workspace::run(cargo.args(["--release", "--target", TARGET]))?;

    let folder = workspace::binaries(profile);
    fs::create_dir_all(&folder)?;
    // Renamed into place: an engine may be reading the old one.
    let (staged, path) = (folder.join(format!(".{FILE}")), folder.join(FILE));
    Archive::Docker.write(&[image()?], BufWriter::new(fs::File::create(&staged)?))?;
    fs::rename(staged, path)?;
    Ok(())
}

fn image() -> Result<Image> {
    let program = workspace::target()
        .join(TARGET)
        .join("release/gantry-welcome");
    let program = fs::read(&program).with_context(|| program.display().to_string())?;

    let base = Tree::new()
        .dirs(&["dev", "etc", "proc", "srv", "sys"])
        .dir("tmp", 0o1777)
        .file("etc/passwd", 0o644, b"root:x:0:0:root:/:/welcome\n")
        .file("etc/group", 0o644, b"root:x:0:\n")
        .file(
            "etc/os-release",
            0o644,
            b"ID=gantry-welcome\nPRETTY_NAME=\"Gantry welcome\"\n",
        );
    let mut page = Tree::new().dir("srv", 0o755);
    for name in ["index.html", "style.css", "mark.svg", "mark-dark.svg"] {
        let path = workspace::root().join("crates/welcome/page").join(name);
        page = page.file(&format!("srv/{name}"), 0o644, &fs::read(path)?);
    }

    let config = json!({
        "Cmd": ["/welcome"],
        "Env": ["PATH=/", "PORT=8080", "HEARTBEAT=10"],
        "ExposedPorts": { "8080/tcp": {} },
        "Labels": { "org.opencontainers.image.title": "Gantry welcome" },
        "StopSignal": "SIGTERM",
        "WorkingDir": "/",
    });
    Ok(Image::new("gantry/welcome:latest")
        .config(config)
        .layer("COPY base/ /", base)?
        .layer(
            "COPY gantry-welcome /welcome",
            Tree::new().file("welcome", 0o755, &program),
        )?
        .layer("COPY page/ /srv/", page)?
        .step("ENV PORT=8080 HEARTBEAT=10")
        .step("EXPOSE 8080/tcp")
        .step("STOPSIGNAL SIGTERM")
        .step("CMD [\"/welcome\"]"))
}
