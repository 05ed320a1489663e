//! All the other tests again, as an ordinary user, in a user namespace made with newuidmap.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{probe, rootless, shim_program};

const USER: &str = "gantry-test";

#[test]
fn everything_works_for_an_ordinary_user() {
    if rootless() {
        return;
    }
    if let Err(why) = possible() {
        eprintln!("skipped: {why}");
        return;
    }
    // Copies that the user can reach and execute.
    let place = tempfile::Builder::new()
        .prefix("gantry-rootless-")
        .tempdir()
        .unwrap();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let shim = copy(&shim_program(), place.path());
    let scratch = place.path().join("tmp");
    fs::create_dir(&scratch).unwrap();
    fs::set_permissions(&scratch, fs::Permissions::from_mode(0o1777)).unwrap();
    let probe = probe().map(|probe| copy(&probe, place.path()));
    let program = copy(&std::env::current_exe().unwrap(), place.path());
    let output = in_a_namespace(&program)
        .args(["--test-threads", "4"])
        .env("GANTRY_TEST_ROOTLESS", "1")
        .env("GANTRY_TEST_SHIM", &shim)
        .envs(probe.map(|probe| ("GANTRY_TEST_PROBE", probe)))
        .env("TMPDIR", &scratch)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&text)
    );
}

/// Whether this machine lets root become an ordinary user who can map ids.
fn possible() -> Result<(), String> {
    if !rustix::process::geteuid().is_root() {
        return Err("only root can become an ordinary user".into());
    }
    if !Path::new("/usr/bin/newuidmap").exists() {
        return Err("newuidmap (package uidmap) is not installed".into());
    }
    let exists = Command::new("id")
        .arg(USER)
        .output()
        .is_ok_and(|output| output.status.success());
    if !exists {
        let added = Command::new("useradd")
            .args(["--create-home", USER])
            .output();
        if !added.is_ok_and(|output| output.status.success()) {
            return Err(format!("user {USER} could not be added"));
        }
    }
    let entered = in_a_namespace(Path::new("true")).output();
    match entered {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// A program as the user, inside a user namespace of theirs.
fn in_a_namespace(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", USER, "--regid", USER, "--init-groups", "--"])
        .args([
            "unshare",
            "--user",
            "--mount",
            "--map-root-user",
            "--map-auto",
            "--",
        ])
        .arg(program)
        .current_dir("/");
    command
}

fn copy(program: &Path, place: &Path) -> PathBuf {
    let copy = place.join(program.file_name().unwrap());
    fs::copy(program, &copy).unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    copy
}
