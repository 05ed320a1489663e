//! A Debian package, made by Debian's own `dpkg-deb` from what `./dev build` left.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use anyhow::Result;

use crate::{
    files,
    workspace::{self, Profile},
};

/// From, to and mode; the first is relative to the binaries.
const BINARIES: [(&str, &str, u32); 4] = [
    ("gantry", "usr/bin/gantry", 0o755),
    ("gantry-desktop", "usr/bin/gantry-desktop", 0o755),
    ("gantry-shim", "usr/lib/gantry/gantry-shim", 0o755),
    (
        "gantry-welcome.tar",
        "usr/lib/gantry/gantry-welcome.tar",
        0o644,
    ),
];

/// From, to; relative to the checkout.
const FILES: [(&str, &str); 6] = [
    (
        "packaging/gantry.desktop",
        "usr/share/applications/app.gantry.Gantry.desktop",
    ),
    (
        "packaging/gantry.metainfo.xml",
        "usr/share/metainfo/app.gantry.Gantry.metainfo.xml",
    ),
    (
        "packaging/gantry.svg",
        "usr/share/icons/hicolor/scalable/apps/app.gantry.Gantry.svg",
    ),
    ("LICENSE", "usr/share/doc/gantry/copyright"),
    (
        "ui/vendor/xterm/LICENSE",
        "usr/share/doc/gantry/copyright.xterm",
    ),
    ("packaging/config.toml", "usr/share/doc/gantry/config.toml"),
];

/// A shell, and where it looks for completions.
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "usr/share/bash-completion/completions/gantry"),
    ("zsh", "usr/share/zsh/vendor-completions/_gantry"),
    ("fish", "usr/share/fish/vendor_completions.d/gantry.fish"),
];

pub fn build() -> Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    let staging = workspace::target().join("deb");
    let _ = fs::remove_dir_all(&staging);
    for (from, to, mode) in BINARIES {
        put(
            &workspace::binaries(Profile::Release).join(from),
            &staging.join(to),
            mode,
        )?;
    }
    for (from, to) in FILES {
        put(&workspace::root().join(from), &staging.join(to), 0o644)?;
    }
    written_by_itself(
        &workspace::binaries(Profile::Release).join("gantry"),
        &staging,
    )?;
    apparmor(&staging)?;
    let control = fs::read_to_string(workspace::root().join("packaging/control"))?;
    files::write(
        &staging.join("DEBIAN/control"),
        control.replace("VERSION", version).as_bytes(),
    )?;

    let package = workspace::target().join(format!("gantry_{version}_amd64.deb"));
    let mut dpkg = Command::new("dpkg-deb");
    dpkg.args(["--root-owner-group", "--build"])
        .arg(&staging)
        .arg(&package);
    workspace::run(&mut dpkg)
}

/// The profile, which the scripts of the package put where AppArmor looks, if it knows the rule.
fn apparmor(staging: &Path) -> Result<()> {
    let root = workspace::root().join("packaging");
    let profile = fs::read_to_string(root.join("apparmor"))?
        .replace("NAME", "usr.bin.gantry")
        .replace("PROGRAM", "/usr/bin/gantry");
    files::write(
        &staging.join("usr/share/gantry/apparmor/usr.bin.gantry"),
        profile.as_bytes(),
    )?;
    for script in ["postinst", "prerm"] {
        put(
            &root.join(script),
            &staging.join("DEBIAN").join(script),
            0o755,
        )?;
    }
    Ok(())
}

/// The manual pages and the completions, which the program knows best.
fn written_by_itself(gantry: &Path, staging: &Path) -> Result<()> {
    let pages = staging.join("usr/share/man/man1");
    workspace::run(Command::new(gantry).arg("manual").arg(pages))?;
    for (shell, to) in COMPLETIONS {
        let printed = Command::new(gantry).args(["completions", shell]).output()?;
        anyhow::ensure!(printed.status.success(), "no completions for {shell}");
        files::write(&staging.join(to), &printed.stdout)?;
    }
    Ok(())
}

fn put(from: &Path, to: &Path, mode: u32) -> Result<()> {
    files::copy(from, to)?;
    fs::set_permissions(to, fs::Permissions::from_mode(mode))?;
    Ok(())
}
