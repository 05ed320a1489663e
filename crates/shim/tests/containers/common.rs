//! Containers for the tests: a small root made from busybox, run through the real shim.
//!
//! The same tests run as root and, inside a user namespace, as an ordinary user: `rootless.rs`
//! starts this program again there with `GANTRY_TEST_ROOTLESS` set.

use std::env;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use gantry_log::{Reader, Stream};
use gantry_runtime::{
    BUNDLE_FILE, BUNDLE_VERSION, Bundle, CgroupPlan, LogPlan, RootFs, StartFailure, StdinPlan,
};
use gantry_shim::protocol::{
    self, Attach, Event, FromShim, Hello, PacketError, Refusal, Reply, Request, ToShim, VERSION,
};
use gantry_shim::{EXIT_FILE, ExitRecord, Shim, sealed_binary, spawn};
use oci_spec::runtime::Spec;
use rustix::event::{PollFd, PollFlags, poll};
use serde_json::{Value, json};
use tempfile::TempDir;

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

/// A shim and this side's connection to it.
pub struct Supervised {
    pub directory: Option<TempDir>,
    pub bundle: Bundle,
    pub shim: Shim,
    pub connection: Connection,
}

/// One connection to a shim.
pub struct Connection {
    socket: OwnedFd,
    events: Vec<Event>,
    next: u64,
    pub status: protocol::Status,
}

impl Connection {
    pub fn new(socket: OwnedFd) -> Self {
        let hello = ToShim::Hello(Hello { version: VERSION });
        protocol::send(&socket, &hello, &[]).unwrap();
        match receive(&socket) {
            FromShim::Hello { hello, status } => {
                assert_eq!(hello.version, VERSION);
                Self {
                    socket,
                    events: Vec::new(),
                    next: 0,
                    status,
                }
            }
            other => panic!("expected a hello, not {other:?}"),
        }
    }

    pub fn request(
        &mut self,
        request: Request,
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<Reply, Refusal> {
        self.next += 1;
        let message = ToShim::Request {
            number: self.next,
            request,
        };
        protocol::send(&self.socket, &message, descriptors).unwrap();
        loop {
            match receive(&self.socket) {
                FromShim::Reply { number, reply } if number == self.next => return reply,
                FromShim::Event(event) => self.events.push(event),
                other => panic!("unexpected {other:?}"),
            }
        }
    }

    /// Waits for an event and forgets those before it.
    pub fn event<T>(&mut self, wanted: impl Fn(&Event) -> Option<T>) -> T {
        loop {
            while !self.events.is_empty() {
                if let Some(found) = wanted(&self.events.remove(0)) {
                    return found;
                }
            }
            match receive(&self.socket) {
                FromShim::Event(event) => self.events.push(event),
                other => panic!("unexpected {other:?}"),
            }
        }
    }

    pub fn exited(&mut self) -> ExitRecord {
        self.event(|event| match event {
            Event::Exited { record } => Some(record.clone()),
            _ => None,
        })
    }
}

fn receive(socket: &OwnedFd) -> FromShim {
    loop {
        match protocol::recv(socket) {
            Ok((message, _)) => return message,
            Err(PacketError::WouldBlock) => wait_readable(socket.as_fd()),
            Err(error) => panic!("the shim: {error}"),
        }
    }
}

fn wait_readable(descriptor: BorrowedFd<'_>) {
    let timeout = rustix::event::Timespec {
        tv_sec: PATIENCE.as_secs() as i64,
        tv_nsec: 0,
    };
    let mut descriptors = [PollFd::new(&descriptor, PollFlags::IN)];
    assert_ne!(
        poll(&mut descriptors, Some(&timeout)).unwrap(),
        0,
        "nothing came"
    );
}

impl Supervised {
    fn new(directory: TempDir, bundle: Bundle, shim: Shim) -> Self {
        let socket = shim.connection.as_fd().try_clone_to_owned().unwrap();
        let connection = Connection::new(socket);
        Self {
            directory: Some(directory),
            bundle,
            shim,
            connection,
        }
    }

    pub fn path(&self) -> &Path {
        self.directory.as_ref().unwrap().path()
    }

    pub fn request(&mut self, request: Request, fds: &[BorrowedFd<'_>]) -> Result<Reply, Refusal> {
        self.connection.request(request, fds)
    }

    pub fn start(&mut self) -> Result<Reply, Refusal> {
        self.request(Request::Start, &[])
    }

    pub fn exited(&mut self) -> ExitRecord {
        self.connection.exited()
    }

    /// Attaches a client and returns its own end.
    pub fn attach(&mut self, change: impl FnOnce(&mut Attach)) -> UnixStream {
        self.attach_after(b"", change)
    }

    pub fn attach_after(
        &mut self,
        leftover: &[u8],
        change: impl FnOnce(&mut Attach),
    ) -> UnixStream {
        let (ours, theirs) = UnixStream::pair().unwrap();
        ours.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut attach = Attach {
            client: 1,
            stdin: true,
            stdout: true,
            stderr: true,
            framed: true,
            detach_keys: protocol::DEFAULT_DETACH_KEYS.to_vec(),
            leftover: !leftover.is_empty(),
            held: false,
        };
        change(&mut attach);
        let stash = protocol::stash(leftover).unwrap();
        let mut descriptors = vec![theirs.as_fd()];
        if attach.leftover {
            descriptors.push(stash.as_fd());
        }
        self.request(Request::Attach(attach), &descriptors).unwrap();
        ours
    }

    /// The log so far, as text of both streams.
    pub fn output(&self) -> (String, String) {
        let mut texts = [String::new(), String::new()];
        let mut reader = Reader::open(&self.path().join("log")).unwrap();
        while let Some(entry) = reader.next_entry().unwrap() {
            let text = &mut texts[usize::from(entry.stream == Stream::Stderr)];
            text.push_str(&String::from_utf8_lossy(&entry.bytes));
            if !entry.partial {
                text.push('\n');
            }
        }
        let [stdout, stderr] = texts;
        (stdout, stderr)
    }

    /// Waits until the container has written something.
    pub fn wait_for_output(&self, wanted: &str) {
        wait_until(wanted, || self.output().0.contains(wanted));
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        // The container dies with its shim.
        let _ = self.shim.child.kill();
        let _ = self.shim.child.wait();
    }
}

pub fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "waited in vain for: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Reads frames until the shim closes: stdout and stderr.
pub fn read_frames(mut client: &UnixStream) -> (Vec<u8>, Vec<u8>) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut header = [0; 8];
    while client.read_exact(&mut header).is_ok() {
        let length = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
        let mut body = vec![0; length as usize];
        client.read_exact(&mut body).unwrap();
        match header[0] {
            1 => stdout.extend(body),
            2 => stderr.extend(body),
            other => panic!("stream {other}"),
        }
    }
    (stdout, stderr)
}

/// Reads a raw stream until it has `wanted` in it.
pub fn read_until(mut client: &UnixStream, wanted: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 1024];
    while !text.contains(wanted) {
        let count = client.read(&mut buffer).unwrap();
        assert_ne!(count, 0, "ended after {text:?}");
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    text
}

fn make_root(root: &Path) {
    for directory in ["bin", "etc", "tmp", "proc", "sys", "dev", "root", "var"] {
        fs::create_dir(root.join(directory)).unwrap();
    }
    fs::set_permissions(root.join("tmp"), fs::Permissions::from_mode(0o1777)).unwrap();
    let busybox = root.join("bin/busybox");
    fs::copy("/bin/busybox", &busybox).unwrap();
    fs::set_permissions(&busybox, fs::Permissions::from_mode(0o755)).unwrap();
    for name in [
        "sh", "cat", "echo", "sleep", "id", "ls", "mount", "hostname", "true", "false", "kill",
        "tty", "stty", "env", "pwd", "ulimit", "head", "tail", "dd", "grep", "yes", "wc", "mkdir",
        "touch", "chmod", "ps", "ip", "tr", "seq", "readlink", "stat", "sync", "rm", "printf",
        "test", "nproc", "cut", "sort",
    ] {
        symlink("busybox", root.join("bin").join(name)).unwrap();
    }
    let passwd = "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n";
    fs::write(root.join("etc/passwd"), passwd).unwrap();
    fs::write(
        root.join("etc/group"),
        "root:x:0:\nuser:x:1000:\naudio:x:29:user\n",
    )
    .unwrap();
    fs::write(root.join("etc/script"), "#!/bin/missing\n").unwrap();
    fs::set_permissions(root.join("etc/script"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(root.join("etc/plain"), "not a program\n").unwrap();
    let mut foreign = fs::read("/bin/busybox").unwrap();
    foreign[18] = 183;
    File::create(root.join("bin/foreign"))
        .unwrap()
        .write_all(&foreign[..4096])
        .unwrap();
    fs::set_permissions(root.join("bin/foreign"), fs::Permissions::from_mode(0o755)).unwrap();
}

/// Docker's defaults, as the engine writes them.
pub fn spec(arguments: &[&str]) -> Value {
    let capabilities = [
        "CHOWN",
        "DAC_OVERRIDE",
        "FSETID",
        "FOWNER",
        "MKNOD",
        "NET_RAW",
        "SETGID",
        "SETUID",
        "SETFCAP",
        "SETPCAP",
        "NET_BIND_SERVICE",
        "SYS_CHROOT",
        "KILL",
        "AUDIT_WRITE",
    ]
    .map(|name| format!("CAP_{name}"));
    json!({
        "ociVersion": "1.2.0",
        "process": {
            "args": arguments,
            "env": ["PATH=/usr/local/bin:/bin", "TERM=xterm"],
            "cwd": "/",
            "user": { "uid": 0, "gid": 0 },
            "capabilities": {
                "bounding": capabilities, "effective": capabilities, "permitted": capabilities,
            },
            "rlimits": [{ "type": "RLIMIT_NOFILE", "soft": 1024, "hard": 1_048_576 }],
        },
        "root": { "path": "rootfs", "readonly": false },
        "hostname": "testhost",
        "mounts": [
            { "destination": "/proc", "type": "proc", "source": "proc",
              "options": ["nosuid", "noexec", "nodev"] },
            { "destination": "/dev", "type": "tmpfs", "source": "tmpfs",
              "options": ["nosuid", "strictatime", "mode=755", "size=65536k"] },
            { "destination": "/dev/pts", "type": "devpts", "source": "devpts",
              "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] },
            { "destination": "/sys", "type": "sysfs", "source": "sysfs",
              "options": ["nosuid", "noexec", "nodev", "ro"] },
            { "destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
              "options": ["ro", "nosuid", "noexec", "nodev"] },
            { "destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue",
              "options": ["nosuid", "noexec", "nodev"] },
            { "destination": "/dev/shm", "type": "tmpfs", "source": "shm",
              "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=67108864"] },
        ],
        "linux": {
            "namespaces": [
                { "type": "mount" }, { "type": "pid" }, { "type": "uts" }, { "type": "ipc" },
                { "type": "network" }, { "type": "cgroup" },
            ],
            "maskedPaths": [
                "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/timer_list",
                "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap", "/proc/nothing",
            ],
            "readonlyPaths": [
                "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
            ],
        },
    })
}
