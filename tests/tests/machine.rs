//! A machine like a user's: systemd, cgroup v2, an ordinary user with delegated controllers.
//!
//! It is built once (`tests/vm/make`, below `target/vm`), emulated (`tests/vm/run`) and does what
//! `tests/vm/job` says with the finished binaries. Each line `ok: …` or `FAILED: …` on its console is
//! a finding.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use gantry_pack::{Archive, fixtures};
use gantry_tests::{built, skip};

const NEEDED: [&str; 5] = [
    "qemu-system-x86_64",
    "mmdebstrap",
    "mke2fs",
    "cpio",
    "strip",
];

#[test]
fn limits_and_survival_on_a_machine_of_systemds() {
    let machine = match machine() {
        Ok(machine) => machine,
        Err(why) => return skip(&why),
    };
    let job = tempfile::tempdir().unwrap();
    prepare(job.path());
    let mut run = Command::new(scripts().join("run"));
    let console = output(run.arg(&machine).arg(job.path()).arg("1500"));
    let lines = |start: &str| {
        let lines = console.lines().map(str::trim);
        let found: Vec<_> = lines.filter(|line| line.starts_with(start)).collect();
        found.len()
    };
    println!("{console}");
    assert!(
        console.contains("VM-JOB-EXIT="),
        "the machine did not finish"
    );
    assert_eq!(lines("FAILED: "), 0);
    // Were the checks to stop early, nothing would fail.
    assert!(lines("ok: ") >= 77, "only {} findings", lines("ok: "));
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vm")
}

/// The machine's folder; made where it is missing, or why it cannot be.
fn machine() -> Result<PathBuf, String> {
    if !cfg!(target_arch = "x86_64") {
        return Err("the emulated machine is an x86-64 one".to_owned());
    }
    for program in NEEDED {
        let found = env::split_paths(&env::var_os("PATH").unwrap_or_default())
            .any(|folder| folder.join(program).exists());
        if !found {
            return Err(format!(
                "no {program} here to emulate a machine with systemd"
            ));
        }
    }
    let script = scripts().join("make");
    let mut hasher = DefaultHasher::new();
    fs::read(&script).unwrap().hash(&mut hasher);
    let target = env::current_exe().unwrap();
    let target = target.ancestors().nth(3).unwrap();
    let machine = target.join(format!("vm-{:016x}", hasher.finish()));
    if machine.join("root.img").exists() {
        return Ok(machine);
    }
    if !rustix::process::geteuid().is_root() {
        return Err("building the emulated machine needs root".to_owned());
    }
    let outcome = Command::new(script)
        .arg(&machine)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    if outcome.status.success() {
        return Ok(machine);
    }
    let text = String::from_utf8_lossy(&outcome.stderr).into_owned();
    let last = text.lines().last().unwrap_or_default();
    Err(format!("the emulated machine could not be built: {last}"))
}

/// The job's folder: scripts, programs without debug information, an image.
fn prepare(job: &Path) {
    for name in fs::read_dir(scripts()).unwrap() {
        let path = name.unwrap().path();
        fs::copy(&path, job.join(path.file_name().unwrap())).unwrap();
    }
    for name in ["gantry", "gantry-shim"] {
        let mut strip = Command::new("strip");
        strip.arg("-o").arg(job.join(name)).arg(built(name));
        assert!(strip.status().unwrap().success());
    }
    let image = fixtures::busybox("busybox:latest").unwrap();
    let archive = Archive::Docker.to_vec(&[image]).unwrap();
    fs::write(job.join("busybox.tar"), archive).unwrap();
}

fn output(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    format!("{}{error}", String::from_utf8_lossy(&output.stdout))
}
