//! The same bundle through crun: what a process finds inside must be the same, or the difference
//! is listed here with its reason.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use gantry_runtime::RootFs;
use serde_json::{Value, json};

use crate::common::{Builder, can_run, shell};

/// Prints what there is to compare, in sections.
const REPORT: &str = r#"
section() { echo "== $1"; }
section status; grep -E '^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp|Seccomp_filters|SigBlk|SigIgn):' /proc/self/status
section limits; cat /proc/self/limits
section environment; env | sort
section directory; pwd; umask
section descriptors; ls /proc/self/fd
section score; cat /proc/self/oom_score_adj
section names; hostname; cat /proc/sys/kernel/domainname
section devices; stat -c '%n %A %t:%T %u:%g' /dev/* /dev/pts/ptmx; readlink /dev/fd /dev/stdin /dev/stdout /dev/stderr /dev/ptmx
section masked; for f in acpi asound kcore keys timer_list scsi; do [ -e /proc/$f ] && stat -L -c '%n %F %t:%T' /proc/$f; done; ls -A /sys/firmware | wc -l
section written; for f in /proc/sysrq-trigger /proc/sys/kernel/panic /sys/kernel/x /x /dev/x /dev/shm/x /proc/self/comm; do (echo 1 > $f) 2>/dev/null && echo $f; done
section loopback; ip addr show lo | grep -o 'inet6\? [^ ]*'
section session; cut -d' ' -f1,5,6 /proc/1/stat; cat /proc/1/coredump_filter
section mounts; cat /proc/self/mountinfo
"#;

/// Differences that are meant: section, how the lines begin, and why.
const MEANT: &[(&str, &[&str], &str)] = &[
    (
        "status",
        &["Groups:"],
        "the primary group is among the supplementary ones, so that leaving it opens nothing",
    ),
    (
        "devices",
        &["/dev/null "],
        "the node that is everybody's is not given to the container's user",
    ),
    (
        "devices",
        &["/dev/core "],
        "crun links it to /proc/kcore whether or not this kernel has that",
    ),
    (
        "mounts",
        &[
            "/dev/null ",
            "/dev/zero ",
            "/dev/full ",
            "/dev/tty ",
            "/dev/random ",
            "/dev/urandom ",
        ],
        "a node of the host is mounted read-only, so that its mode and owner stay as they are",
    ),
    (
        "mounts",
        &["/proc/bus ", "/proc/fs ", "/proc/irq ", "/proc/sys "],
        "a read-only path keeps nosuid, noexec and nodev of the mount it is part of",
    ),
    (
        "mounts",
        &[
            "/proc/acpi ",
            "/proc/scsi ",
            "/sys/firmware ",
            "/sys/devices/virtual/powercap ",
        ],
        "what covers a folder is limited to one page and one inode",
    ),
];

fn crun_can_run() -> bool {
    let there = Command::new("crun").arg("--version").output();
    let there = there.is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("skipped: crun is not installed");
    }
    there && can_run()
}

/// Runs the bundle with crun and returns what it printed.
fn with_crun(directory: &Path, spec: &Value) -> String {
    fs::write(directory.join("config.json"), spec.to_string()).unwrap();
    // crun refuses machines where both versions of control groups are mounted.
    let script = "mount -t tmpfs none /sys/fs/cgroup/unified 2>/dev/null; exec \"$@\" < /dev/null";
    let output = Command::new("unshare")
        .args([
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            script,
            "sh",
        ])
        .args(["crun", "--cgroup-manager=disabled", "--root"])
        .arg(directory.join("crun"))
        .args(["run", "--bundle"])
        .arg(directory)
        .arg(format!("gantry-{}", std::process::id()))
        .output()
        .unwrap();
    assert!(output.status.success(), "crun: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The sections of a report, each line brought into a form that does not depend on the run.
fn sections(report: &str) -> BTreeMap<String, Vec<String>> {
    let mut sections: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut name = String::new();
    for line in report.lines() {
        if let Some(next) = line.strip_prefix("== ") {
            next.clone_into(&mut name);
            continue;
        }
        let line = if name == "mounts" {
            mount(line)
        } else {
            line.to_owned()
        };
        sections.entry(name.clone()).or_default().push(line);
    }
    if let Some(mounts) = sections.get_mut("mounts") {
        mounts.sort();
    }
    sections
}

/// A line of mountinfo without ids and device numbers (proc_pid_mountinfo(5)).
fn mount(line: &str) -> String {
    let (own, filesystem) = line.split_once(" - ").unwrap();
    let own: Vec<_> = own.split(' ').collect();
    let optional: Vec<_> = own[6..]
        .iter()
        .map(|field| field.split(':').next().unwrap())
        .collect();
    let inodes = |option: &&str| !option.starts_with("inode");
    let filesystem: Vec<_> = filesystem.split(',').filter(inodes).collect();
    let mut options: Vec<_> = own[5].split(',').collect();
    options.sort_unstable();
    format!(
        "{} {} {} {optional:?} {}",
        own[4],
        own[3],
        options.join(","),
        filesystem.join(",")
    )
}

/// Runs the same bundle with both and compares.
fn compare(what: &str, change: impl Fn(Builder) -> Builder, crun: &[(&str, Value)]) {
    // crun raises no limit that it may not raise, and does not start.
    let limits = json!([{ "type": "RLIMIT_NOFILE", "soft": 1024, "hard": 2048 }]);
    let builder = change(shell(REPORT).spec("/process/rlimits", limits));
    let directory = builder.directory.path().to_owned();
    let root = directory.join("lower");
    // Groups are compared nowhere here: there are none.
    let builder = builder.without("/mounts", 4).with(|bundle| {
        bundle.rootfs = RootFs::Directory { path: root.clone() };
    });
    fs::set_permissions(&root, fs::Permissions::from_mode(0o755)).unwrap();
    let mut spec = builder.spec_json();
    spec["root"]["path"] = json!("lower");
    // What older releases of crun know.
    spec["ociVersion"] = json!("1.0.2");
    for (pointer, value) in crun {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        spec.pointer_mut(parent).unwrap()[key] = value.clone();
    }
    let theirs = sections(&with_crun(&directory, &spec));
    let outcome = builder.run();
    assert_eq!(outcome.failure, None);
    let ours = sections(&outcome.stdout);
    let mut differences = Vec::new();
    for (name, theirs) in &theirs {
        let ours = ours.get(name).cloned().unwrap_or_default();
        let only = |some: &[String], others: &[String], whose: &str| {
            let lines = some.iter().filter(|line| !others.contains(line));
            let lines = lines.filter(|line| {
                let begins = |texts: &[&str]| texts.iter().any(|text| line.starts_with(text));
                let meant =
                    |(section, texts, _): &(&str, &[&str], &str)| section == name && begins(texts);
                !MEANT.iter().any(meant)
            });
            lines
                .map(|line| format!("{name}: only {whose}: {line}"))
                .collect::<Vec<_>>()
        };
        differences.extend(only(&ours, theirs, "ours"));
        differences.extend(only(theirs, &ours, "crun"));
    }
    assert!(
        differences.is_empty(),
        "{what}:\n{}",
        differences.join("\n")
    );
}

#[test]
fn a_plain_container_is_the_same() {
    if !crun_can_run() {
        return;
    }
    compare("plain", |builder| builder, &[]);
}

#[test]
fn an_ordinary_user_with_limits_is_the_same() {
    if !crun_can_run() {
        return;
    }
    let change = |builder: Builder| {
        builder
            .with(|bundle| {
                bundle.user = "1000:1000".into();
                bundle.additional_groups = vec!["29".into(), "77".into()];
            })
            .spec("/process/noNewPrivileges", json!(true))
            .spec("/process/cwd", json!("/tmp"))
            .spec("/process/oomScoreAdj", json!(1000))
            .spec(
                "/process/user",
                json!({ "uid": 1000, "gid": 1000, "umask": 0o27 }),
            )
            .spec(
                "/process/rlimits",
                json!([
                    { "type": "RLIMIT_NOFILE", "soft": 100, "hard": 200 },
                    { "type": "RLIMIT_CORE", "soft": 0, "hard": 0 },
                    { "type": "RLIMIT_FSIZE", "soft": 1_000_000, "hard": 2_000_000 },
                ]),
            )
            .spec(
                "/process/env",
                json!(["PATH=/bin", "A=1", "HOME=/tmp", "B=x y"]),
            )
    };
    let user = json!({ "uid": 1000, "gid": 1000, "umask": 0o27, "additionalGids": [29, 77] });
    compare("user", change, &[("/process/user", user)]);
}

#[test]
fn a_read_only_root_with_volumes_is_the_same() {
    if !crun_can_run() {
        return;
    }
    let volume = tempfile::tempdir().unwrap();
    fs::set_permissions(volume.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let change = |builder: Builder| {
        let bind = |to: &str, options: &[&str]| json!({ "destination": to, "type": "bind", "source": volume.path(), "options": options });
        builder
            .spec("/root/readonly", json!(true))
            .spec("/mounts/-", bind("/var/rw", &["rbind", "rprivate"]))
            .spec(
                "/mounts/-",
                bind("/var/ro", &["rbind", "ro", "rslave", "noexec"]),
            )
            .spec(
                "/mounts/-",
                json!({ "destination": "/tmp", "type": "tmpfs", "source": "tmpfs",
                    "options": ["nosuid", "nodev", "noexec", "size=64k", "mode=1770", "uid=5"] }),
            )
    };
    compare("read-only", change, &[]);
}

#[test]
fn all_capabilities_and_nothing_masked_is_the_same() {
    if !crun_can_run() {
        return;
    }
    let change = |builder: Builder| {
        let mut builder = builder
            .spec("/linux/maskedPaths", json!([]))
            .spec("/linux/readonlyPaths", json!([]));
        for set in ["bounding", "effective", "permitted"] {
            let all = json!([
                "CAP_SYS_ADMIN",
                "CAP_NET_ADMIN",
                "CAP_SYS_PTRACE",
                "CAP_MKNOD"
            ]);
            builder = builder.spec(&format!("/process/capabilities/{set}"), all);
        }
        builder
    };
    compare("powerful", change, &[]);
}

#[test]
fn a_filter_is_loaded_the_same() {
    if !crun_can_run() {
        return;
    }
    // mkdir fails with EROFS; everything else is allowed.
    let change = |builder: Builder| {
        let path = builder.directory.path().join("filter");
        fs::write(&path, super::inside::read_only_mkdir()).unwrap();
        builder.with(|bundle| bundle.seccomp = Some(path))
    };
    let policy = json!({ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        { "names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 30 }] });
    compare("filter", change, &[("/linux/seccomp", policy)]);
}
