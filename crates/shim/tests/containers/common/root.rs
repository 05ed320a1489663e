//! What a container is made of: a small root of busybox, and Docker's defaults as a spec.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use serde_json::{Value, json};

pub fn make_root(root: &Path) {
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
