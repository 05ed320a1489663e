//! The options of `docker run` that change what a container is given: mounts, devices, limits, names.

use gantry_tests::{Engine, as_root_and_as_user, http};

as_root_and_as_user!(
    a_tmpfs_takes_options,
    a_tmpfs_mount_takes_size_and_mode,
    devices_are_passed_in,
    limits_are_set,
    kernel_parameters_of_own_namespaces_are_set,
    kernel_parameters_of_the_host_are_refused,
    shared_memory_has_the_size_asked_for,
    the_oom_score_is_set,
    further_groups_names_and_resolvers,
    inspect_shows_what_was_asked_for,
);

fn a_tmpfs_takes_options(engine: &Engine) {
    let options = ["--tmpfs", "/t:size=64k,mode=1770,uid=5,exec"];
    let out = engine.shell(&options,
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
    assert!(
        engine
            .refuses(&["--tmpfs", "/t:nonsense"])
            .contains("nonsense")
    );
}

fn a_tmpfs_mount_takes_size_and_mode(engine: &Engine) {
    let mount = "type=tmpfs,target=/t,tmpfs-size=128k,tmpfs-mode=0750";
    let out = engine.shell(
        &["--mount", mount],
        "grep ' /t ' /proc/mounts; stat -c %a /t",
    );
    assert!(out.contains("size=128k") && out.ends_with("\n750"), "{out}");
}

fn devices_are_passed_in(engine: &Engine) {
    let device = ["--device", "/dev/null:/dev/void"];
    let script = "stat -c %t:%T /dev/void && echo x > /dev/void && echo written";
    assert_eq!(engine.shell(&device, script), "1:3\nwritten");
    if std::path::Path::new("/dev/net").is_dir() {
        let folder = ["--device", "/dev/net"];
        let out = engine.shell(&folder, "stat -c %t:%T /dev/net/tun");
        assert_eq!(out, "a:c8");
    }
    engine.refuses(&["--device", "/etc/passwd"]);
    let limited = ["--device", "/dev/null:/dev/void:r"];
    if engine.is_root() {
        let script = "cat /dev/void; echo x > /dev/void";
        let run = engine.run(&limited, &["sh", "-c", script]);
        // The default rules let everybody use /dev/null; a rule for it takes nothing away.
        assert_eq!(run.code, 0, "{run:?}");
    } else {
        assert!(engine.refuses(&limited).contains("device rules"));
    }
}

fn limits_are_set(engine: &Engine) {
    let limits = ["--ulimit", "nofile=100:200", "--ulimit", "core=0"];
    let out = engine.shell(&limits, "ulimit -n; ulimit -Hn; ulimit -c");
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
    assert_eq!(engine.shell(&set, script), "80\n4242");
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
    engine.refuses(&shared);
}

fn shared_memory_has_the_size_asked_for(engine: &Engine) {
    let script = "df -k /dev/shm | tail -1 | awk '{print $2}'";
    assert_eq!(engine.shell(&["--shm-size", "8m"], script), "8192");
    assert_eq!(engine.shell(&[], script), "65536");
    let none = engine.shell(
        &["--ipc", "none"],
        "grep -c ' /dev/shm ' /proc/mounts; true",
    );
    assert_eq!(none, "0");
}

fn the_oom_score_is_set(engine: &Engine) {
    let script = "cat /proc/self/oom_score_adj";
    let own = std::fs::read_to_string("/proc/self/oom_score_adj").unwrap();
    let own: i64 = own.trim().parse().unwrap();
    let wanted = (own + 1).min(1000).to_string();
    assert_eq!(engine.shell(&["--oom-score-adj", &wanted], script), wanted);
    if !engine.is_root() && own > -1000 {
        let lower = (own - 1).to_string();
        assert!(
            engine
                .refuses(&["--oom-score-adj", &lower])
                .contains("only root")
        );
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
    let out = engine.shell(&options, script);
    let wanted = "0 50 77\nhost\nexample.test\nnameserver 9.9.9.9\nsearch a.test\noptions ndots:3\n\
                  10.1.2.3\tdb\nfd00::1\tsix";
    assert_eq!(out, wanted);
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
