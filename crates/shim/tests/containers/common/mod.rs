//! Containers for the tests: a small root made from busybox, run through the real shim.
//!
//! The same tests run as root and, inside a user namespace, as an ordinary user: `rootless.rs`
//! starts this program again there with `GANTRY_TEST_ROOTLESS` set.

mod root;
mod supervised;

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use gantry_runtime::{
    BUNDLE_FILE, BUNDLE_VERSION, Bundle, CgroupPlan, LogPlan, RootFs, StartFailure, StdinPlan,
};
use gantry_shim::protocol::Request;
use gantry_shim::{EXIT_FILE, ExitRecord, sealed_binary, spawn};
use oci_spec::runtime::Spec;
use serde_json::{Value, json};
use tempfile::TempDir;

use root::make_root;
pub use root::spec;
pub use supervised::{Connection, Supervised, read_frames, read_until};

/// How long anything may take.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub fn rootless() -> bool {
    env::var_os("GANTRY_TEST_ROOTLESS").is_some()
}

/// Whether containers can be run at all; says why not.
pub fn can_run() -> bool {
    let root = rustix::process::geteuid().is_root();
    let busybox = Path::new("/bin/busybox").exists();
    if !root || !busybox {
        eprintln!("skipped: needs root (or its user namespace) and /bin/busybox");
    }
    root && busybox
}

/// The shim's program: next to the test's, or where the rootless run put it.
pub fn shim_program() -> PathBuf {
    env::var_os("GANTRY_TEST_SHIM").map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_gantry-shim")),
        PathBuf::from,
    )
}

/// `probe.c`, built once by this machine's C compiler; `None`, and why, where there is none.
pub fn probe() -> Option<PathBuf> {
    static PROBE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let build = || {
        // The rootless run is given what the other one built.
        if let Some(built) = env::var_os("GANTRY_TEST_PROBE") {
            return Some(PathBuf::from(built));
        }
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gantry-probe");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/containers/probe.c");
        // Beside and renamed: tests of other processes build the same.
        let beside = program.with_extension(std::process::id().to_string());
        let mut compiler = std::process::Command::new("cc");
        compiler
            .args(["-static", "-O1", "-o"])
            .arg(&beside)
            .arg(source);
        match compiler.status() {
            Ok(status) if status.success() => {
                fs::rename(beside, &program).unwrap();
                Some(program)
            }
            other => {
                eprintln!("skipped: no C compiler that links statically ({other:?})");
                None
            }
        }
    };
    PROBE.get_or_init(build).clone()
}

/// A container to be: everything has a default that `with` changes.
pub struct Builder {
    pub directory: TempDir,
    pub bundle: Bundle,
    spec: Value,
}

pub fn container(arguments: &[&str]) -> Builder {
    let directory = tempfile::Builder::new()
        .prefix("gantry-shim-")
        .tempdir()
        .unwrap();
    let path = directory.path().to_owned();
    for name in ["lower", "upper", "work"] {
        fs::create_dir(path.join(name)).unwrap();
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    make_root(&path.join("lower"));
    let bundle = Bundle {
        health: None,
        version: BUNDLE_VERSION,
        id: "0123456789abcdef".into(),
        spec: Spec::default(),
        rootfs: RootFs::Overlay {
            lower: vec![path.join("lower")],
            upper: path.join("upper"),
            work: path.join("work"),
            userxattr: rootless(),
        },
        user: String::new(),
        additional_groups: Vec::new(),
        cgroup: CgroupPlan::None,
        seccomp: None,
        stdin: StdinPlan::Closed,
        log: Some(LogPlan {
            directory: path.join("log"),
            max_size: None,
            max_files: None,
        }),
        stop_signal: 15,
        socket: path.join("s"),
        exit_record: path.join(EXIT_FILE),
        rootless: rootless(),
        directories: Vec::new(),
        init: false,
        device_sources: std::collections::BTreeMap::new(),
        joined: gantry_runtime::Joined::default(),
    };
    Builder {
        directory,
        bundle,
        spec: spec(arguments),
    }
}

/// Runs a shell script.
pub fn shell(script: &str) -> Builder {
    container(&["/bin/sh", "-c", script])
}

impl Builder {
    pub fn with(mut self, change: impl FnOnce(&mut Bundle)) -> Self {
        change(&mut self.bundle);
        self
    }

    /// Sets a value of the spec by JSON pointer; `-` appends.
    pub fn spec(mut self, pointer: &str, value: Value) -> Self {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match self.spec.pointer_mut(parent).unwrap() {
            Value::Array(array) if key == "-" => array.push(value),
            Value::Array(array) => array[key.parse::<usize>().unwrap()] = value,
            other => other[key] = value,
        }
        self
    }

    /// The spec as it stands.
    pub fn spec_json(&self) -> Value {
        self.spec.clone()
    }

    /// Takes an element out of an array of the spec.
    pub fn without(mut self, pointer: &str, index: usize) -> Self {
        let array = self.spec.pointer_mut(pointer).unwrap();
        array.as_array_mut().unwrap().remove(index);
        self
    }

    pub fn terminal(self) -> Self {
        self.spec("/process/terminal", json!(true))
    }

    /// Makes the shim wait for its start.
    pub fn create(mut self) -> Supervised {
        self.bundle.spec = serde_json::from_value(self.spec).unwrap();
        let path = self.directory.path();
        self.bundle.write(&path.join(BUNDLE_FILE)).unwrap();
        let binary = sealed_binary(&shim_program()).unwrap();
        let shim = spawn(&binary, path).unwrap();
        Supervised::new(self.directory, self.bundle, shim)
    }

    pub fn start(self) -> Supervised {
        let mut supervised = self.create();
        supervised.start().unwrap();
        supervised
    }

    /// Runs to the end: the record, and what was written to both streams.
    pub fn run(self) -> Outcome {
        let mut supervised = self.create();
        let started = supervised.request(Request::Start, &[]);
        let record = supervised.exited();
        let (stdout, stderr) = supervised.output();
        let failure = started.err().and_then(|refusal| refusal.failure);
        Outcome {
            record,
            stdout,
            stderr,
            failure,
            directory: supervised.directory.take().unwrap(),
        }
    }
}

/// A container that ran.
#[derive(Debug)]
pub struct Outcome {
    pub record: ExitRecord,
    pub stdout: String,
    pub stderr: String,
    pub failure: Option<StartFailure>,
    pub directory: TempDir,
}

pub fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "waited in vain for: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
