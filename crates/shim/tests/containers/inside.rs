//! What the container's first process finds inside.

use std::fs;

use crate::common::{Outcome, can_run, container, rootless, shell};
use gantry_runtime::{FailureKind, StdinPlan, Step};
use serde_json::json;

fn lines(outcome: &Outcome) -> Vec<&str> {
    assert_eq!(outcome.record.code, 0, "{outcome:?}");
    outcome.stdout.lines().collect()
}

#[test]
fn namespaces_are_its_own() {
    if !can_run() {
        return;
    }
    let outcome = shell("echo $$; hostname; ip -o addr show lo; ls /proc | grep -c '^[0-9]'").run();
    let lines = lines(&outcome);
    assert_eq!(lines[..2], ["1", "testhost"]);
    assert!(outcome.stdout.contains("127.0.0.1/8"), "{}", outcome.stdout);
    assert!(lines.last().unwrap().parse::<u32>().unwrap() <= 4);
}

#[test]
fn the_root_is_an_overlay_that_keeps_changes_in_the_upper_directory() {
    if !can_run() {
        return;
    }
    let outcome =
        shell("echo new > /etc/new; rm /etc/plain; ls -a /; readlink /proc/self/cwd").run();
    assert!(!outcome.stdout.contains("lower"), "{}", outcome.stdout);
    let upper = outcome.directory.path().join("upper/etc");
    assert_eq!(fs::read_to_string(upper.join("new")).unwrap(), "new\n");
    let whiteout = fs::symlink_metadata(upper.join("plain")).unwrap();
    assert!(std::os::unix::fs::FileTypeExt::is_char_device(
        &whiteout.file_type()
    ));
    assert!(outcome.directory.path().join("lower/etc/plain").exists());
    // Nothing of the host is mounted, and its paths are not told.
    let mounts = shell("cat /proc/self/mountinfo").run();
    assert!(!mounts.stdout.contains("/tmp/gantry"), "{}", mounts.stdout);
}

#[test]
fn a_root_may_be_read_only_and_volumes_are_mounted_over_it() {
    if !can_run() {
        return;
    }
    let volume = tempfile::tempdir().unwrap();
    fs::set_permissions(
        volume.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
    fs::write(volume.path().join("file"), "from the host\n").unwrap();
    let hosts = volume.path().join("hosts");
    fs::write(&hosts, "127.0.0.1 localhost\n").unwrap();
    let script = "cat /data/file /etc/hosts; echo x > /data/out && echo writable; \
                  echo x > /ro/out || echo refused; echo x > /etc/x || echo read-only; \
                  echo x > /tmp/x && echo tmp; ls -ld /made/by/us | head -c 10";
    let outcome = shell(script)
        .spec("/root/readonly", json!(true))
        .spec(
            "/mounts/-",
            json!({ "destination": "/data", "type": "bind",
            "source": volume.path(), "options": ["rbind", "rw"] }),
        )
        .spec(
            "/mounts/-",
            json!({ "destination": "/ro", "type": "bind",
            "source": volume.path(), "options": ["rbind", "ro"] }),
        )
        .spec(
            "/mounts/-",
            json!({ "destination": "/etc/hosts", "type": "bind",
            "source": hosts, "options": ["rbind", "ro", "rprivate"] }),
        )
        .spec(
            "/mounts/-",
            json!({ "destination": "/tmp", "type": "tmpfs",
            "source": "tmpfs", "options": ["nosuid", "size=1m", "mode=1777"] }),
        )
        .with(|bundle| bundle.directories.push("/made/by/us".into()))
        .run();
    let wanted =
        "from the host\n127.0.0.1 localhost\nwritable\nrefused\nread-only\ntmp\ndrwxr-xr-x";
    assert_eq!(outcome.stdout, wanted, "{outcome:?}");
    assert_eq!(
        fs::read_to_string(volume.path().join("out")).unwrap(),
        "x\n"
    );
}

#[test]
fn mount_points_behind_links_stay_inside() {
    if !can_run() {
        return;
    }
    let builder = shell("cat /run/secret/x; ls /out 2>/dev/null");
    let lower = builder.directory.path().join("lower");
    std::os::unix::fs::symlink("/../../../../run", lower.join("var/run")).unwrap();
    std::os::unix::fs::symlink("../../../../../../tmp/gantry-escape", lower.join("out")).unwrap();
    let volume = tempfile::tempdir().unwrap();
    fs::set_permissions(
        volume.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
    fs::write(volume.path().join("x"), "secret\n").unwrap();
    let bind = |destination: &str| {
        json!({ "destination": destination, "type": "bind", "source": volume.path(),
            "options": ["rbind", "ro"] })
    };
    let outcome = builder
        .spec("/mounts/-", bind("/var/run/secret"))
        .spec("/mounts/-", bind("/out"))
        .run();
    assert_eq!(outcome.stdout, "secret\nx\n", "{outcome:?}");
    assert!(!std::path::Path::new("/tmp/gantry-escape").exists());
}

#[test]
fn devices_are_there_and_work() {
    if !can_run() {
        return;
    }
    let script = "for d in null zero full random urandom tty; do \
                  test -c /dev/$d && stat -c '%t:%T %a' /dev/$d; done; \
                  echo x > /dev/null && head -c 2 /dev/zero | wc -c; \
                  for l in fd stdin ptmx; do readlink /dev/$l; done; test -d /dev/pts && test -d /dev/shm && echo ok";
    let outcome = shell(script).run();
    let lines = lines(&outcome);
    let wanted = [
        "1:3 666",
        "1:5 666",
        "1:7 666",
        "1:8 666",
        "1:9 666",
        "5:0 666",
        "2",
        "/proc/self/fd",
        "/proc/self/fd/0",
        "pts/ptmx",
        "ok",
    ];
    assert_eq!(lines, wanted);
}

#[test]
fn masked_and_read_only_paths_are_so() {
    if !can_run() {
        return;
    }
    let script = "wc -c < /proc/keys; ls -A /sys/firmware | wc -l; wc -c < /proc/timer_list; \
                  echo 1 > /proc/sys/kernel/panic || echo refused; \
                  echo x > /proc/sysrq-trigger || echo refused; touch /sys/x || echo refused";
    let outcome = shell(script).run();
    assert_eq!(
        outcome.stdout, "0\n0\n0\nrefused\nrefused\nrefused\n",
        "{outcome:?}"
    );
}

#[test]
fn users_are_found_in_the_root() {
    if !can_run() {
        return;
    }
    let id = |user: &str, groups: &[&str]| {
        let outcome = shell("echo $(id -u):$(id -g):$(id -G); echo $HOME")
            .with(|bundle| {
                bundle.user = user.into();
                bundle.additional_groups = groups.iter().map(|&group| group.into()).collect();
            })
            .run();
        outcome
            .failure
            .as_ref()
            .map_or(outcome.stdout, |failure| format!("{:?}", failure.kind))
    };
    assert_eq!(id("", &[]), "0:0:0\n/root\n");
    assert_eq!(id("user", &[]), "1000:1000:1000 29\n/home/user\n");
    assert_eq!(id("1000:29", &[]), "1000:29:29\n/home/user\n");
    assert_eq!(id("1234", &["audio"]), "1234:0:0 29\n/\n");
    assert_eq!(id("nobody", &[]), format!("{:?}", FailureKind::NoSuchUser));
    assert_eq!(
        id("user:nogroup", &[]),
        format!("{:?}", FailureKind::NoSuchGroup)
    );
    // A user may open its own streams again.
    let outcome = shell("echo again > /dev/stderr; echo out > /dev/stdout")
        .with(|bundle| bundle.user = "user".into())
        .run();
    assert_eq!(
        (outcome.stdout.as_str(), outcome.stderr.as_str()),
        ("out\n", "again\n")
    );
}

#[test]
fn an_unmapped_user_is_a_clear_failure() {
    if !can_run() || !rootless() {
        return;
    }
    let outcome = shell("id")
        .with(|bundle| bundle.user = "70000000".into())
        .run();
    let failure = outcome.failure.unwrap();
    assert_eq!((failure.step, failure.errno), (Step::User, 22), "{failure}");
    assert!(failure.to_string().contains("70000000"));
}

#[test]
fn the_working_directory_is_made_and_entered() {
    if !can_run() {
        return;
    }
    let outcome = shell("pwd; ls -ld /a/new/place")
        .spec("/process/cwd", json!("/a/new/place"))
        .run();
    assert!(
        outcome.stdout.starts_with("/a/new/place\ndrwxr-xr-x"),
        "{outcome:?}"
    );
    // A descriptor of the host cannot be the way out (CVE-2024-21626).
    for descriptor in 0..12 {
        let cwd = format!("/proc/self/fd/{descriptor}");
        let outcome = shell("pwd; ls").spec("/process/cwd", json!(cwd)).run();
        assert_eq!(
            outcome.failure.map(|failure| failure.step),
            Some(Step::WorkingDirectory)
        );
    }
}

#[test]
fn no_descriptor_of_the_shim_is_left() {
    if !can_run() {
        return;
    }
    let outcome = container(&["/bin/ls", "/proc/self/fd"]).run();
    // The three streams and the directory that is being listed.
    assert_eq!(outcome.stdout, "0\n1\n2\n3\n", "{outcome:?}");
}

#[test]
fn capabilities_limits_and_privileges_are_the_specs() {
    if !can_run() {
        return;
    }
    let status = "grep -E 'Cap|NoNewPrivs|Seccomp:' /proc/self/status; ulimit -n; ulimit -Hn";
    let outcome = shell(status).run();
    let hard = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum;
    let hard = hard.map_or(1_048_576, |hard| hard.min(1_048_576));
    let wanted = format!(
        "CapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425fb\n\
         CapBnd:\t00000000a80425fb\nCapAmb:\t0000000000000000\nNoNewPrivs:\t0\nSeccomp:\t0\n\
         1024\n{hard}\n"
    );
    // As root the hard limit may be raised, if the machine lets root do so.
    let raised = wanted.replace(&format!("\n{hard}\n"), "\n1048576\n");
    assert!(
        outcome.stdout == wanted || outcome.stdout == raised,
        "{}",
        outcome.stdout
    );
    // An ordinary user has none, but for ambient ones.
    let outcome = shell(status)
        .with(|bundle| bundle.user = "user".into())
        .spec("/process/noNewPrivileges", json!(true))
        .spec("/process/capabilities/ambient", json!(["CAP_NET_RAW"]))
        .spec("/process/capabilities/inheritable", json!(["CAP_NET_RAW"]))
        .run();
    assert!(
        outcome.stdout.starts_with(
            "CapInh:\t0000000000002000\nCapPrm:\t0000000000002000\nCapEff:\t0000000000002000\n\
         CapBnd:\t00000000a80425fb\nCapAmb:\t0000000000002000\nNoNewPrivs:\t1\n"
        ),
        "{}",
        outcome.stdout
    );
}

/// One `struct sock_filter`.
fn instruction(code: u16, jt: u8, jf: u8, k: u32) -> Vec<u8> {
    [&code.to_ne_bytes()[..], &[jt, jf], &k.to_ne_bytes()].concat()
}

/// A filter that fails mkdir with EROFS and allows everything else.
pub fn read_only_mkdir() -> Vec<u8> {
    [
        instruction(0x20, 0, 0, 0),
        instruction(0x15, 2, 0, libc::SYS_mkdir as u32),
        instruction(0x15, 1, 0, libc::SYS_mkdirat as u32),
        instruction(0x06, 0, 0, 0x7fff_0000),
        instruction(0x06, 0, 0, 0x0005_0000 | libc::EROFS as u32),
    ]
    .concat()
}

#[test]
fn a_seccomp_filter_is_loaded_as_it_is() {
    if !can_run() {
        return;
    }
    let filter = read_only_mkdir();
    for no_new_privileges in [false, true] {
        let builder = shell("mkdir /x; grep -E 'Seccomp:|NoNew' /proc/self/status");
        let path = builder.directory.path().join("filter");
        fs::write(&path, &filter).unwrap();
        let outcome = builder
            .with(|bundle| bundle.seccomp = Some(path))
            .spec("/process/noNewPrivileges", json!(no_new_privileges))
            .run();
        let wanted = format!(
            "NoNewPrivs:\t{}\nSeccomp:\t2\n",
            i32::from(no_new_privileges)
        );
        assert_eq!(outcome.stdout, wanted, "{outcome:?}");
        assert!(
            outcome.stderr.contains("Read-only file system"),
            "{}",
            outcome.stderr
        );
    }
    // A filter that is none is never left out.
    let builder = shell("true");
    let path = builder.directory.path().join("filter");
    fs::write(&path, "short").unwrap();
    let outcome = builder.with(|bundle| bundle.seccomp = Some(path)).run();
    assert_eq!(outcome.failure.unwrap().step, Step::Seccomp);
}

#[test]
fn sysctls_and_host_namespaces() {
    if !can_run() {
        return;
    }
    let outcome =
        shell("cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/msgmax")
            .spec(
                "/linux/sysctl",
                json!({
                    "net.ipv4.ip_unprivileged_port_start": "80", "kernel.msgmax": "4242",
                }),
            )
            .run();
    assert_eq!(outcome.stdout, "80\n4242\n", "{outcome:?}");
    let outcome = shell("true")
        .spec("/linux/sysctl", json!({ "kernel.panic": "1" }))
        .run();
    assert_eq!(outcome.failure.unwrap().step, Step::Sysctl);
    // The host's network: its interfaces, and a /sys that can be read.
    let host = fs::read_link("/proc/self/ns/net").unwrap();
    let outcome =
        shell("readlink /proc/self/ns/net; ls /sys/class/net; touch /sys/x || echo refused")
            .spec(
                "/linux/namespaces",
                json!([
                    { "type": "mount" }, { "type": "pid" }, { "type": "uts" }, { "type": "ipc" },
                    { "type": "cgroup" },
                ]),
            )
            .run();
    assert!(
        outcome.stdout.starts_with(host.to_str().unwrap()),
        "{outcome:?}"
    );
    assert!(
        outcome.stdout.contains("\nlo\n") && outcome.stdout.ends_with("refused\n"),
        "{outcome:?}"
    );
    // The host's processes.
    let outcome = shell("echo $$; readlink /proc/self/ns/pid")
        .spec(
            "/linux/namespaces",
            json!([{ "type": "mount" }, { "type": "uts" }]),
        )
        .run();
    let host = fs::read_link("/proc/self/ns/pid").unwrap();
    assert!(
        outcome.stdout.contains(host.to_str().unwrap()),
        "{outcome:?}"
    );
    assert_ne!(outcome.stdout.lines().next(), Some("1"));
}

#[test]
fn standard_input_is_null_unless_opened() {
    if !can_run() {
        return;
    }
    let outcome = shell("cat; echo end").run();
    assert_eq!(outcome.stdout, "end\n");
    let outcome = container(&["/bin/readlink", "/proc/self/fd/0"]).run();
    assert_eq!(outcome.stdout, "/dev/null\n");
    let outcome = container(&["/bin/readlink", "/proc/self/fd/0"])
        .with(|bundle| bundle.stdin = StdinPlan::Open)
        .run();
    assert!(outcome.stdout.starts_with("pipe:"));
}

#[test]
fn many_layers_fit() {
    if !can_run() {
        return;
    }
    let builder = shell("cat /layers | wc -l; cat /number");
    let mut layers = Vec::new();
    for number in 0..120 {
        let layer = builder
            .directory
            .path()
            .join(format!("layer-{}-{number}", "x".repeat(64)));
        fs::create_dir(&layer).unwrap();
        fs::write(layer.join("number"), number.to_string()).unwrap();
        fs::write(layer.join("layers"), "line\n".repeat(number)).unwrap();
        layers.insert(0, layer);
    }
    layers.push(builder.directory.path().join("lower"));
    let outcome = builder
        .with(|bundle| {
            if let gantry_runtime::RootFs::Overlay { lower, .. } = &mut bundle.rootfs {
                *lower = layers;
            }
        })
        .run();
    assert_eq!(outcome.stdout, "119\n119", "{outcome:?}");
}

#[test]
fn what_cannot_be_kept_is_refused() {
    if !can_run() {
        return;
    }
    let outcome = shell("true")
        .spec(
            "/mounts/-",
            json!({ "destination": "/x", "type": "bind", "source": "/tmp",
            "options": ["rbind", "idmap"] }),
        )
        .run();
    assert_eq!(outcome.failure.unwrap().kind, FailureKind::InvalidBundle);
    if !std::path::Path::new("/sys/module/apparmor").exists() {
        let outcome = shell("true")
            .spec("/process/apparmorProfile", json!("docker-default"))
            .run();
        assert_eq!(outcome.failure.unwrap().step, Step::SecurityModule);
    }
}

#[test]
fn the_hosts_device_nodes_keep_their_mode() {
    if !can_run() {
        return;
    }
    use std::os::unix::fs::PermissionsExt;
    let mode = || fs::metadata("/dev/null").unwrap().permissions().mode();
    let before = mode();
    // /proc/keys is masked by the host's /dev/null, the very inode.
    let outcome = shell("chmod 600 /proc/keys; echo x > /proc/keys && echo ok").run();
    assert_eq!(
        (outcome.stdout.as_str(), mode()),
        ("ok\n", before),
        "{outcome:?}"
    );
}
