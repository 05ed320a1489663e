//! Images and specs that mean harm: each test fails without the defence that it is about.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use gantry_runtime::{FailureKind, Step};
use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
use serde_json::json;

use crate::common::{Builder, can_run, container, probe, rootless, shell};

/// Tells the ids without asking any file for names.
const IDS: &str = "while read key first rest; do case $key in Uid:) user=$first;; \
                   Groups:) groups=\"$first $rest\";; esac; done < /proc/self/status; \
                   echo $user:$groups; echo $HOME";

/// What comes of a start as `user` where the image's /etc/passwd was made by `make`.
fn with_passwd(user: &str, make: impl Fn(&Path)) -> String {
    let builder = shell(IDS).with(|bundle| bundle.user = user.into());
    let passwd = builder.directory.path().join("lower/etc/passwd");
    fs::remove_file(&passwd).unwrap();
    make(&passwd);
    let started = Instant::now();
    let outcome = builder.run();
    assert!(started.elapsed() < Duration::from_secs(10), "{outcome:?}");
    outcome
        .failure
        .map_or(outcome.stdout, |failure| format!("{:?}", failure.kind))
}

#[test]
fn a_hostile_passwd_file_names_nobody() {
    if !can_run() {
        return;
    }
    let nobody = format!("{:?}", FailureKind::NoSuchUser);
    let secret = tempfile::NamedTempFile::new().unwrap();
    fs::write(secret.path(), "user:x:7:7::/:/bin/sh\n").unwrap();
    let secret = secret.path().to_owned();
    type Make<'a> = &'a dyn Fn(&Path);
    let cases: [(&str, Make<'_>); 7] = [
        ("missing", &|_| ()),
        ("a terabyte of nothing", &|path| {
            File::create(path).unwrap().set_len(1 << 40).unwrap();
        }),
        ("a FIFO", &|path| {
            mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o644), 0).unwrap();
        }),
        ("a folder", &|path| fs::create_dir(path).unwrap()),
        ("a link to the host", &|path| {
            let out = Path::new("../../../../../../../..").join(secret.strip_prefix("/").unwrap());
            symlink(out, path).unwrap();
        }),
        ("a link to itself", &|path| symlink("passwd", path).unwrap()),
        ("a link into /proc", &|path| {
            symlink("/proc/self/environ", path).unwrap();
        }),
    ];
    for (what, make) in cases {
        assert_eq!(with_passwd("user", make), nobody, "{what}");
        assert_eq!(with_passwd("12", make), "12:0\n/\n", "{what}");
    }
}

#[test]
fn a_device_instead_of_a_passwd_file_is_not_opened() {
    if !can_run() || rootless() {
        return;
    }
    // /dev/kmsg cannot be opened without being noticed; /dev/zero would be read for ever.
    for (major, minor) in [(1, 5), (1, 11)] {
        let make = |path: &Path| {
            let mode = Mode::from_raw_mode(0o666);
            let device = makedev(major, minor);
            mknodat(CWD, path, FileType::CharacterDevice, mode, device).unwrap();
        };
        assert_eq!(
            with_passwd("user", make),
            format!("{:?}", FailureKind::NoSuchUser)
        );
    }
}

#[test]
fn malformed_lines_give_no_ids() {
    if !can_run() {
        return;
    }
    let text: &[u8] = b"\xff\xfe\0:x:0:0::/:\nuser:x:-1:0::/:\nuser:x:4294967296:0::/:\n\
        user:x::0::/:\nuser\nuser:\nuser:x:\n:::::::\nuser:x:0x0:0::/:\nuser:x:+0:0::/:\n\
        user:x:1e3:0::/:\nuser:x:12:13:a:b:c:d:e:f:g\n";
    let make = |path: &Path| fs::write(path, text).unwrap();
    assert_eq!(with_passwd("user", make), "12:13 29\nb\n");
    // A name that is a number is not somebody else's id.
    let make = |path: &Path| fs::write(path, "1000:x:0:0::/root:/bin/sh\n").unwrap();
    assert_eq!(with_passwd("1000", make), "0:0\n/root\n");
    // One line as long as a file may be.
    let make = |path: &Path| fs::write(path, "x".repeat(20 << 20)).unwrap();
    assert_eq!(with_passwd("3", make), "3:0\n/\n");
}

/// A container whose /dev is the image's and not a filesystem of its own.
fn with_the_images_dev(mut builder: Builder) -> Builder {
    for number in (1..=6).rev() {
        // /dev, /dev/pts, /dev/mqueue, /dev/shm: 1, 2, 5, 6.
        if [1, 2, 5, 6].contains(&number) {
            builder = builder.without("/mounts", number);
        }
    }
    builder
}

#[test]
fn masks_are_the_hosts_null_whatever_the_image_has() {
    if !can_run() {
        return;
    }
    let script = "stat -c %t:%T /proc/keys /proc/timer_list; wc -c < /proc/keys; \
                  echo x > /proc/sys/kernel/core_pattern || echo refused";
    let builder = with_the_images_dev(shell(script));
    let null = builder.directory.path().join("lower/dev/null");
    symlink("/proc/sys/kernel/core_pattern", null).unwrap();
    let outcome = builder.run();
    assert_eq!(outcome.stdout, "1:3\n1:3\n0\nrefused\n", "{outcome:?}");
}

#[test]
fn a_console_behind_a_link_uncovers_nothing() {
    if !can_run() {
        return;
    }
    for target in [
        "/proc/sysrq-trigger",
        "/proc/sys/kernel/core_pattern",
        "/proc/keys",
    ] {
        if !Path::new(target).exists() {
            continue;
        }
        let before = fs::read("/proc/sys/kernel/core_pattern").unwrap();
        let script = format!("echo x > {target}; cat /proc/keys | wc -c; tty");
        let builder = shell(&script);
        let builder = builder.without("/mounts", 1).terminal();
        let dev = builder.directory.path().join("lower/dev");
        fs::create_dir(dev.join("pts")).unwrap();
        symlink(target, dev.join("console")).unwrap();
        let outcome = builder.run();
        assert!(outcome.stdout.contains("/dev/pts/0"), "{outcome:?}");
        assert_eq!(fs::read("/proc/sys/kernel/core_pattern").unwrap(), before);
    }
}

#[test]
fn a_false_multiplexer_is_not_opened() {
    if !can_run() || rootless() {
        return;
    }
    // 5:2 it is, but of no terminal filesystem of the container's.
    let builder = with_the_images_dev(shell("true")).terminal();
    let pts = builder.directory.path().join("lower/dev/pts");
    fs::create_dir(&pts).unwrap();
    let node = pts.join("ptmx");
    let mode = Mode::from_raw_mode(0o666);
    mknodat(CWD, &node, FileType::CharacterDevice, mode, makedev(5, 2)).unwrap();
    let outcome = builder.run();
    assert_eq!(
        outcome.failure.map(|failure| failure.step),
        Some(Step::Terminal)
    );
}

#[test]
fn proc_and_sys_behind_links_are_protected_all_the_same() {
    if !can_run() {
        return;
    }
    let script = "wc -c < /proc/keys; echo 1 > /proc/sys/kernel/panic || echo refused; \
                  echo x > /proc/sysrq-trigger || echo refused; \
                  mkdir /sys/x || echo refused; ls -A /sys/firmware | wc -l";
    let builder = shell(script);
    let lower = builder.directory.path().join("lower");
    for name in ["proc", "sys"] {
        fs::remove_dir(lower.join(name)).unwrap();
        symlink(format!("../../../../elsewhere/{name}"), lower.join(name)).unwrap();
    }
    let outcome = builder.run();
    assert_eq!(
        outcome.stdout, "0\nrefused\nrefused\nrefused\n0\n",
        "{outcome:?}"
    );
}

#[test]
fn kernel_parameters_are_written_to_the_kernels_proc_which_nothing_covers() {
    if !can_run() {
        return;
    }
    // A volume over /proc/sys that leads the value elsewhere (CVE-2025-52881).
    let volume = tempfile::tempdir().unwrap();
    fs::set_permissions(volume.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(volume.path().join("kernel")).unwrap();
    let decoy = volume.path().join("kernel/msgmax");
    fs::write(&decoy, "decoy").unwrap();
    let over = |destination: &str| {
        shell("cat /proc/sys/kernel/msgmax")
            .spec("/linux/sysctl", json!({ "kernel.msgmax": "4242" }))
            .spec(
                "/mounts/-",
                json!({ "destination": destination, "type": "bind", "source": volume.path(),
                    "options": ["rbind", "rw"] }),
            )
            .run()
    };
    assert_eq!(over("/elsewhere").stdout, "4242\n");
    for destination in ["/proc/sys", "/proc/sys/kernel", "/proc"] {
        let outcome = over(destination);
        let failure = outcome.failure.expect("a refusal");
        assert!(failure.detail.contains("inside /proc"), "{failure:?}");
    }
    assert_eq!(fs::read_to_string(decoy).unwrap(), "decoy");
}

#[test]
fn mounts_devices_and_folders_behind_links_stay_inside() {
    if !can_run() {
        return;
    }
    let outside = tempfile::tempdir().unwrap();
    fs::set_permissions(outside.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let up = "../../../../../../../../../..";
    let target = format!("{up}{}", outside.path().display());
    let builder = shell("cat /file; stat -c %t:%T /link/null; pwd");
    let directory = builder.directory.path().to_owned();
    let lower = directory.join("lower");
    symlink(format!("{target}/file"), lower.join("file")).unwrap();
    symlink(&target, lower.join("link")).unwrap();
    fs::write(directory.join("content"), "bound\n").unwrap();
    let outcome = builder
        .spec(
            "/mounts/-",
            json!({ "destination": "/file", "type": "bind", "source": directory.join("content"),
                "options": ["bind", "ro"] }),
        )
        .spec(
            "/mounts/-",
            json!({ "destination": "/link/tmp", "type": "tmpfs", "source": "tmpfs", "options": [] }),
        )
        .spec(
            "/linux/devices",
            json!([{ "path": "/link/null", "type": "c", "major": 1, "minor": 3 }]),
        )
        .spec("/process/cwd", json!("/link/work"))
        .with(|bundle| bundle.directories.push("/link/made".into()))
        .run();
    let inside = format!("bound\n1:3\n{}/work\n", outside.path().display());
    // A device is only made or bound where the host has it under the same name.
    if outcome.failure.is_none() {
        assert_eq!(outcome.stdout, inside, "{outcome:?}");
    }
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn keys_of_the_host_stay_outside() {
    if !can_run() {
        return;
    }
    let Some(program) = probe() else { return };
    // This test again, in a session that holds a key, which the shim inherits as the engine's.
    if std::env::var_os("GANTRY_TEST_KEY").is_none() {
        let name = "hostile::keys_of_the_host_stay_outside";
        let again = Command::new(&program)
            .arg("withkey")
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", name])
            .env("GANTRY_TEST_KEY", "1")
            .output()
            .unwrap();
        match again.status.code() {
            Some(77) => eprintln!("skipped: no session keyring can be made here"),
            code => assert_eq!(code, Some(0), "{again:?}"),
        }
        return;
    }
    let seen_here = Command::new(&program).arg("findkey").output().unwrap();
    assert_eq!(seen_here.stdout, b"found\n");
    let builder = container(&["/bin/probe", "findkey"]);
    let inside = builder.directory.path().join("lower/bin/probe");
    fs::copy(&program, &inside).unwrap();
    let outcome = builder.run();
    assert_eq!(outcome.stdout, "none\n", "{outcome:?}");
}

#[test]
fn no_signal_or_trace_from_inside_reaches_the_shim() {
    if !can_run() {
        return;
    }
    let outcome = shell("kill -9 -1; kill -9 0; kill -9 1; echo $PPID still here; exit 3").run();
    // Process 1 of a namespace does not hear its own SIGKILL.
    assert_eq!(outcome.stdout, "0 still here\n", "{outcome:?}");
    assert_eq!(outcome.record.code, 3);
    // With the host's processes in sight the shim is there, but cannot be looked into.
    let Some(program) = probe() else { return };
    let builder = shell("/bin/probe trace $PPID; /bin/probe open /proc/$PPID/mem /proc/$PPID/exe /proc/$PPID/environ")
        .spec("/linux/namespaces", json!([{ "type": "mount" }, { "type": "ipc" }]));
    fs::copy(&program, builder.directory.path().join("lower/bin/probe")).unwrap();
    let outcome = builder.run();
    assert_eq!(
        outcome.stdout, "trace refused\nmem refused\nexe refused\nenviron refused\n",
        "{outcome:?}"
    );
}

#[test]
fn the_shims_program_cannot_be_written_from_inside() {
    if !can_run() {
        return;
    }
    // An interpreter that is the runtime itself (CVE-2019-5736).
    let builder = container(&["/bin/entry"]);
    let entry = builder.directory.path().join("lower/bin/entry");
    fs::write(&entry, "#!/proc/self/exe\n").unwrap();
    fs::set_permissions(&entry, fs::Permissions::from_mode(0o755)).unwrap();
    let outcome = builder.run();
    assert_ne!(outcome.record.code, 0, "{outcome:?}");
    // While the container starts its /proc/self/exe is the shim's program: sealed for ever.
    let binary = gantry_shim::sealed_binary(&crate::common::shim_program()).unwrap();
    let seals = rustix::fs::fcntl_get_seals(&binary).unwrap();
    use rustix::fs::SealFlags;
    assert!(
        seals.contains(SealFlags::WRITE | SealFlags::SEAL | SealFlags::GROW | SealFlags::SHRINK)
    );
    let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&binary));
    assert!(fs::write(path, "x").is_err());
}

#[test]
fn a_first_process_of_ours_hides_what_it_knows() {
    if !can_run() {
        return;
    }
    let Some(program) = probe() else { return };
    let script = "tr '\\0' ' ' < /proc/1/cmdline; echo; \
                  /bin/probe open /proc/1/mem /proc/1/environ /proc/1/exe; readlink /proc/1/fd/0 || echo hidden; \
                  /bin/probe trace 1";
    let builder = shell(script).with(|bundle| bundle.init = true);
    fs::copy(&program, builder.directory.path().join("lower/bin/probe")).unwrap();
    let outcome = builder.run();
    assert!(
        outcome.stdout.starts_with("docker-init "),
        "{}",
        outcome.stdout
    );
    assert!(
        outcome
            .stdout
            .ends_with("\nmem refused\nenviron refused\nexe refused\nhidden\ntrace refused\n"),
        "{outcome:?}"
    );
}
