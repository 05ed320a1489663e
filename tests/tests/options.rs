//! The options of `docker run` that change what a container may do and see.

use gantry_tests::{Engine, as_root_and_as_user, http};

as_root_and_as_user!(
    a_privileged_container_may_do_what_the_engine_may,
    capabilities_are_added_and_dropped,
    seccomp_can_be_switched_off_or_replaced,
    no_new_privileges_is_set,
    options_of_absent_security_modules_are_accepted,
    system_paths_can_be_unconfined,
    a_tmpfs_takes_options,
    a_tmpfs_mount_takes_size_and_mode,
    devices_are_passed_in,
    limits_are_set,
    kernel_parameters_of_own_namespaces_are_set,
    kernel_parameters_of_the_host_are_refused,
    shared_memory_has_the_size_asked_for,
    host_namespaces_are_the_hosts,
    namespaces_of_another_container_are_joined,
    a_private_ipc_namespace_is_not_shared,
    init_is_process_one_and_reaps,
    init_passes_signals_and_codes_on,
    init_leaves_the_terminal_to_the_command,
    the_oom_score_is_set,
    further_groups_names_and_resolvers,
    a_control_group_namespace_of_its_own,
    a_read_only_container_writes_nowhere_but_to_its_own_mounts,
    inspect_shows_what_was_asked_for,
);

/// Runs `sh -c SCRIPT` with options and returns what it printed.
#[track_caller]
fn shell(engine: &Engine, options: &[&str], script: &str) -> String {
    let end = ["busybox", "sh", "-c", script];
    engine
        .docker(&[&["run", "--rm", "--network", "none"], options, &end].concat())
        .ok()
}

/// Runs with options that must be refused, and returns why.
#[track_caller]
fn refused(engine: &Engine, options: &[&str]) -> String {
    engine
        .docker(&[&["create"], options, &["busybox", "true"]].concat())
        .fails_with(1)
}

fn status(field: &str) -> String {
    format!("grep {field}: /proc/self/status | tr -d '\\t ' | cut -d: -f2")
}

fn a_privileged_container_may_do_what_the_engine_may(engine: &Engine) {
    let script = format!(
        "{}; {}; mkdir /m && mount -t tmpfs none /m && echo mounted; \
         grep -c ' /proc/sys .*ro' /proc/self/mountinfo; \
         grep ' /sys sysfs\\| / /sys ' /proc/self/mountinfo | grep -c ' ro,'; \
         true",
        status("CapEff"),
        status("Seccomp")
    );
    let out = shell(engine, &["--privileged"], &script);
    let lines: Vec<_> = out.lines().collect();
    let plain = shell(engine, &[], &status("CapEff"));
    let number = |text: &str| u64::from_str_radix(text, 16).unwrap();
    assert!(
        number(lines[0]).count_ones() > number(&plain).count_ones() + 10,
        "{out}"
    );
    // Which of the last lines depends on the machine: nothing is masked or read-only by us.
    assert_eq!(lines[1..5], ["0", "mounted", "0", "0"], "{out}");
    // The devices of the host: at least one that a plain container does not have.
    let script = "find /dev -type c -o -type b | sort";
    let (all, few) = (
        shell(engine, &["--privileged"], script),
        shell(engine, &[], script),
    );
    assert!(all.lines().count() > few.lines().count(), "{all}");
}

fn capabilities_are_added_and_dropped(engine: &Engine) {
    let of = |options: &[&str]| shell(engine, options, &status("CapBnd"));
    assert_eq!(of(&["--cap-drop", "ALL"]), "0000000000000000");
    assert_eq!(
        of(&["--cap-drop", "ALL", "--cap-add", "CHOWN"]),
        "0000000000000001"
    );
    assert_eq!(of(&["--cap-drop", "CAP_CHOWN"]), "00000000a80425fa");
    assert_eq!(of(&["--cap-add", "net_admin"]), "00000000a80435fb");
    let all = of(&["--cap-add", "ALL", "--cap-drop", "CHOWN"]);
    let all = u64::from_str_radix(&all, 16).unwrap();
    assert!(all & 1 == 0 && all & (1 << 21) != 0);
    assert!(refused(engine, &["--cap-add", "NONSENSE"]).contains("NONSENSE"));
}

fn seccomp_can_be_switched_off_or_replaced(engine: &Engine) {
    assert_eq!(shell(engine, &[], &status("Seccomp")), "2");
    let off = ["--security-opt", "seccomp=unconfined"];
    assert_eq!(shell(engine, &off, &status("Seccomp")), "0");
    let profile = r#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
        {"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":30}]}"#;
    let file = engine.write("profile.json", profile);
    let option = format!("seccomp={}", file.display());
    let out = shell(engine, &["--security-opt", &option], "mkdir /x 2>&1; true");
    assert!(out.contains("Read-only file system"), "{out}");
    let broken = engine.write("broken.json", "{}");
    let option = format!("seccomp={}", broken.display());
    assert!(refused(engine, &["--security-opt", &option]).contains("seccomp profile"));
}

fn no_new_privileges_is_set(engine: &Engine) {
    let set = ["--security-opt", "no-new-privileges"];
    assert_eq!(shell(engine, &set, &status("NoNewPrivs")), "1");
    assert_eq!(shell(engine, &[], &status("NoNewPrivs")), "0");
    let unset = ["--security-opt", "no-new-privileges=false"];
    assert_eq!(shell(engine, &unset, &status("NoNewPrivs")), "0");
}

fn options_of_absent_security_modules_are_accepted(engine: &Engine) {
    for option in ["label=disable", "apparmor=unconfined"] {
        let run = engine.docker(&[
            "run",
            "--rm",
            "--network",
            "none",
            "--security-opt",
            option,
            "busybox",
            "true",
        ]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:?}");
    }
    if !std::path::Path::new("/sys/fs/selinux/enforce").exists() {
        let run = engine.docker(&["create", "--security-opt", "label=level:s0", "busybox"]);
        assert!(run.err.contains("SELinux"), "{run:?}");
        run.ok();
    }
    assert!(refused(engine, &["--security-opt", "nonsense=1"]).contains("nonsense"));
}

fn system_paths_can_be_unconfined(engine: &Engine) {
    let script = "grep -c ' /proc/' /proc/self/mountinfo";
    let plain: u32 = shell(engine, &[], script).parse().unwrap();
    assert!(plain > 5, "{plain}");
    let option = ["--security-opt", "systempaths=unconfined"];
    let run = [
        &["run", "--rm", "--network", "none"],
        &option[..],
        &["busybox", "sh", "-c", script],
    ];
    assert_eq!(engine.docker(&run.concat()).out, "0\n");
}

fn a_tmpfs_takes_options(engine: &Engine) {
    let options = ["--tmpfs", "/t:size=64k,mode=1770,uid=5,exec"];
    let out = shell(
        engine,
        &options,
        "grep ' /t ' /proc/mounts; stat -c '%a %u' /t; dd if=/dev/zero of=/t/x bs=1k count=100 2>/dev/null || echo full",
    );
    assert!(
        out.contains("size=64k") && out.ends_with("1770 5\nfull"),
        "{out}"
    );
    assert!(
        out.contains("nosuid,nodev") && !out.contains("noexec"),
        "{out}"
    );
    assert!(refused(engine, &["--tmpfs", "/t:nonsense"]).contains("nonsense"));
}

fn a_tmpfs_mount_takes_size_and_mode(engine: &Engine) {
    let mount = "type=tmpfs,target=/t,tmpfs-size=128k,tmpfs-mode=0750";
    let out = shell(
        engine,
        &["--mount", mount],
        "grep ' /t ' /proc/mounts; stat -c %a /t",
    );
    assert!(out.contains("size=128k") && out.ends_with("\n750"), "{out}");
}

fn devices_are_passed_in(engine: &Engine) {
    let device = ["--device", "/dev/null:/dev/void"];
    let script = "stat -c %t:%T /dev/void && echo x > /dev/void && echo written";
    assert_eq!(shell(engine, &device, script), "1:3\nwritten");
    if std::path::Path::new("/dev/net").is_dir() {
        let folder = ["--device", "/dev/net"];
        let out = shell(engine, &folder, "stat -c %t:%T /dev/net/tun");
        assert_eq!(out, "a:c8");
    }
    refused(engine, &["--device", "/etc/passwd"]);
    let limited = ["--device", "/dev/null:/dev/void:r"];
    if engine.is_root() {
        let script = "cat /dev/void; echo x > /dev/void";
        let run = [
            "run",
            "--rm",
            "--network",
            "none",
            "busybox",
            "sh",
            "-c",
            script,
        ];
        let run = engine.docker(&[&run[..4], &limited, &run[4..]].concat());
        // The default rules let everybody use /dev/null; a rule for it takes nothing away.
        assert_eq!(run.code, 0, "{run:?}");
    } else {
        assert!(refused(engine, &limited).contains("device rules"));
    }
}

fn limits_are_set(engine: &Engine) {
    let limits = ["--ulimit", "nofile=100:200", "--ulimit", "core=0"];
    let out = shell(engine, &limits, "ulimit -n; ulimit -Hn; ulimit -c");
    assert_eq!(out, "100\n200\n0");
    if !engine.is_root() {
        // More than an ordinary user's engine has is cut, and said.
        let run = engine.docker(&["create", "--ulimit", "nofile=1073741816", "busybox"]);
        assert!(run.err.contains("is cut to"), "{run:?}");
    }
}

fn kernel_parameters_of_own_namespaces_are_set(engine: &Engine) {
    let set = [
        "--sysctl",
        "net.ipv4.ip_unprivileged_port_start=80",
        "--sysctl",
        "kernel.msgmax=4242",
    ];
    let script = "cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/msgmax";
    assert_eq!(shell(engine, &set, script), "80\n4242");
}

fn kernel_parameters_of_the_host_are_refused(engine: &Engine) {
    let body = |name: &str| {
        format!(
            r#"{{"Image":"busybox","HostConfig":{{"NetworkMode":"none","Sysctls":{{"{name}":"1"}}}}}}"#
        )
    };
    for name in ["kernel.panic", "vm.swappiness", "net/../kernel/panic"] {
        let head = "POST /v1.47/containers/create HTTP/1.1\nContent-Type: application/json\nConnection: close";
        let answer = http::send(engine, head, body(name).as_bytes());
        assert!(
            (400..500).contains(&answer.status),
            "{name}: {}",
            answer.status
        );
    }
    let shared = ["--network", "host", "--sysctl", "net.ipv4.ip_forward=1"];
    refused(engine, &shared);
}

fn shared_memory_has_the_size_asked_for(engine: &Engine) {
    let script = "df -k /dev/shm | tail -1 | awk '{print $2}'";
    assert_eq!(shell(engine, &["--shm-size", "8m"], script), "8192");
    assert_eq!(shell(engine, &[], script), "65536");
    let none = shell(
        engine,
        &["--ipc", "none"],
        "grep -c ' /dev/shm ' /proc/mounts; true",
    );
    assert_eq!(none, "0");
}

fn host_namespaces_are_the_hosts(engine: &Engine) {
    let own = |name: &str| {
        let link = std::fs::read_link(format!("/proc/self/ns/{name}")).unwrap();
        link.to_string_lossy().into_owned()
    };
    for (option, name) in [("--pid", "pid"), ("--uts", "uts"), ("--ipc", "ipc")] {
        let script = format!("readlink /proc/self/ns/{name}");
        // Only uts and ipc of the engine itself could differ from the test's, and do not.
        assert_eq!(shell(engine, &[option, "host"], &script), own(name));
        assert_ne!(shell(engine, &[], &script), own(name));
    }
    assert_eq!(shell(engine, &["--userns", "host"], "echo ok"), "ok");
    let out = shell(
        engine,
        &["--pid", "host"],
        "echo x > /proc/sysrq-trigger; test -d /proc/1 && echo seen",
    );
    assert!(out.ends_with("seen"), "{out}");
}

fn namespaces_of_another_container_are_joined(engine: &Engine) {
    let donor = [
        "run",
        "-d",
        "--network",
        "none",
        "--name",
        "donor",
        "--ipc",
        "shareable",
        "busybox",
        "sh",
        "-c",
        "echo word > /dev/shm/file; exec sleep 600",
    ];
    let id = engine.docker(&donor).ok();
    gantry_tests::wait_for("the donor's file", || {
        let out = engine.docker(&[
            "run",
            "--rm",
            "--network",
            "none",
            "--ipc",
            "container:donor",
            "busybox",
            "cat",
            "/dev/shm/file",
        ]);
        (out.out == "word\n").then_some(())
    });
    let out = shell(
        engine,
        &["--pid", "container:donor"],
        "ps -o pid,args | grep -v grep | grep 'sleep 600'; readlink /proc/self/ns/pid; readlink /proc/1/ns/pid",
    );
    let lines: Vec<_> = out.lines().collect();
    assert!(lines[0].trim().starts_with("1 sleep 600"), "{out}");
    assert_eq!(lines[1], lines[2], "{out}");
    engine
        .docker(&[
            "create",
            "--name",
            "guest",
            "--pid",
            "container:donor",
            "busybox",
            "true",
        ])
        .ok();
    let mode = engine.inspect("guest", ".HostConfig.PidMode");
    assert_eq!(mode, format!("container:{id}"));
    engine.docker(&["rm", "-f", "donor"]).ok();
    // A container that is gone, or never was, cannot be joined.
    engine.docker(&["start", "guest"]).fails_with(1);
    refused(engine, &["--ipc", "container:nobody"]);
}

fn a_private_ipc_namespace_is_not_shared(engine: &Engine) {
    engine
        .docker(&[
            "run",
            "-d",
            "--network",
            "none",
            "--name",
            "donor",
            "busybox",
            "sleep",
            "600",
        ])
        .ok();
    let run = engine.docker(&[
        "run",
        "--rm",
        "--network",
        "none",
        "--ipc",
        "container:donor",
        "busybox",
        "true",
    ]);
    assert!(run.fails_with(125).contains("non-shareable"));
}

fn init_is_process_one_and_reaps(engine: &Engine) {
    let script = "cat /proc/1/comm; tr '\\0' '\\n' < /proc/1/cmdline | head -1; echo $PPID; \
                  (sh -c 'sleep 0.1 & exit' &) ; sleep 0.5; ps -o stat,args | grep -c '^Z'; \
                  readlink /proc/1/fd/0 || echo hidden";
    let out = shell(engine, &["--init"], script);
    assert_eq!(out, "docker-init\ndocker-init\n1\n0\nhidden", "{out}");
    // Without it the shell is process 1 itself.
    assert_eq!(shell(engine, &[], "echo $$"), "1");
}

fn init_passes_signals_and_codes_on(engine: &Engine) {
    assert_eq!(
        engine
            .docker(&[
                "run",
                "--rm",
                "--network",
                "none",
                "--init",
                "busybox",
                "sh",
                "-c",
                "exit 42"
            ])
            .code,
        42
    );
    let err = engine
        .docker(&[
            "run",
            "--rm",
            "--network",
            "none",
            "--init",
            "busybox",
            "no-such-program",
        ])
        .fails_with(127);
    assert!(err.contains("no-such-program"), "{err}");
    // As process 1 `sleep` would ignore SIGTERM; as a child it ends at once.
    engine
        .docker(&[
            "run",
            "-d",
            "--name",
            "box",
            "--network",
            "none",
            "--init",
            "busybox",
            "sleep",
            "600",
        ])
        .ok();
    engine.docker(&["stop", "--time", "60", "box"]).ok();
    assert_eq!(engine.inspect("box", ".State.ExitCode"), "143");
}

fn init_leaves_the_terminal_to_the_command(engine: &Engine) {
    let out = engine.docker(&[
        "run",
        "--rm",
        "-t",
        "--network",
        "none",
        "--init",
        "busybox",
        "sh",
        "-c",
        "tty; set -m; sleep 0 & wait; echo done",
    ]);
    assert_eq!(out.ok().replace('\r', ""), "/dev/pts/0\ndone");
}

fn the_oom_score_is_set(engine: &Engine) {
    let script = "cat /proc/self/oom_score_adj";
    let own = std::fs::read_to_string("/proc/self/oom_score_adj").unwrap();
    let own: i64 = own.trim().parse().unwrap();
    let wanted = (own + 1).min(1000).to_string();
    assert_eq!(shell(engine, &["--oom-score-adj", &wanted], script), wanted);
    if !engine.is_root() && own > -1000 {
        let lower = (own - 1).to_string();
        assert!(refused(engine, &["--oom-score-adj", &lower]).contains("only root"));
    }
}

fn further_groups_names_and_resolvers(engine: &Engine) {
    let options = [
        "--group-add",
        "staff",
        "--group-add",
        "77",
        "--hostname",
        "host",
        "--domainname",
        "example.test",
        "--dns",
        "9.9.9.9",
        "--dns-search",
        "a.test",
        "--dns-option",
        "ndots:3",
        "--add-host",
        "db:10.1.2.3",
        "--add-host",
        "six:fd00::1",
    ];
    let script = "id -G; hostname; cat /proc/sys/kernel/domainname; cat /etc/resolv.conf; grep -E 'db|six' /etc/hosts";
    let out = shell(engine, &options, script);
    let wanted = "0 50 77\nhost\nexample.test\nnameserver 9.9.9.9\nsearch a.test\noptions ndots:3\n\
                  10.1.2.3\tdb\nfd00::1\tsix";
    assert_eq!(out, wanted);
}

fn a_control_group_namespace_of_its_own(engine: &Engine) {
    let script = "readlink /proc/self/ns/cgroup; cut -d: -f3 /proc/self/cgroup | sort -u";
    let own = shell(engine, &["--cgroupns", "private"], script);
    let lines: Vec<_> = own.lines().collect();
    let host = std::fs::read_link("/proc/self/ns/cgroup").unwrap();
    assert_ne!(lines[0], host.to_string_lossy());
    let host_mode = shell(engine, &["--cgroupns", "host"], script);
    assert_eq!(host_mode.lines().next().unwrap(), host.to_string_lossy());
}

fn a_read_only_container_writes_nowhere_but_to_its_own_mounts(engine: &Engine) {
    let script = "for f in /x /etc/hosts /etc/resolv.conf /etc/hostname /sys/x; do \
                  (echo > $f) 2>/dev/null && echo $f; done; \
                  touch /dev/shm/x /tmp/x && echo writable";
    let out = shell(engine, &["--read-only", "--tmpfs", "/tmp"], script);
    assert_eq!(out, "writable");
}

fn inspect_shows_what_was_asked_for(engine: &Engine) {
    engine
        .docker(&[
            "create",
            "--name",
            "box",
            "--privileged",
            "--init",
            "--cap-drop",
            "KILL",
            "--stop-timeout",
            "7",
            "--oom-score-adj",
            "1000",
            "--shm-size",
            "1m",
            "--sysctl",
            "kernel.msgmax=9",
            "--device",
            "/dev/null:/dev/void:rw",
            "busybox",
            "true",
        ])
        .ok();
    for (field, wanted) in [
        ("Privileged", "true"),
        ("Init", "true"),
        ("CapDrop", "[CAP_KILL]"),
        ("OomScoreAdj", "1000"),
        ("ShmSize", "1048576"),
        ("Sysctls", "map[kernel.msgmax:9]"),
        ("Devices", "[{/dev/null /dev/void rw}]"),
        ("SecurityOpt", "[label=disable]"),
        ("MaskedPaths", "[]"),
        ("IpcMode", "private"),
    ] {
        let field = format!(".HostConfig.{field}");
        assert_eq!(engine.inspect("box", &field), wanted, "{field}");
    }
    assert_eq!(engine.inspect("box", ".Config.StopTimeout"), "7");
    engine
        .docker(&["create", "--name", "plain", "busybox"])
        .ok();
    let masked = engine.inspect("plain", ".HostConfig.MaskedPaths");
    assert!(masked.contains("/proc/kcore"), "{masked}");
    let mode = engine.inspect("plain", ".HostConfig.CgroupnsMode");
    assert!(["private", "host"].contains(&mode.as_str()), "{mode}");
}
