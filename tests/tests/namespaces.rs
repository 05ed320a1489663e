//! The options of `docker run` that change whom a container sees: namespaces of others, a first process of its own.

use gantry_tests::{Engine, as_root_and_as_user};

as_root_and_as_user!(
    host_namespaces_are_the_hosts,
    namespaces_of_another_container_are_joined,
    a_private_ipc_namespace_is_not_shared,
    a_control_group_namespace_of_its_own,
    init_is_process_one_and_reaps,
    init_passes_signals_and_codes_on,
    init_leaves_the_terminal_to_the_command,
);

fn host_namespaces_are_the_hosts(engine: &Engine) {
    let own = |name: &str| {
        let link = std::fs::read_link(format!("/proc/self/ns/{name}")).unwrap();
        link.to_string_lossy().into_owned()
    };
    for (option, name) in [("--pid", "pid"), ("--uts", "uts"), ("--ipc", "ipc")] {
        let script = format!("readlink /proc/self/ns/{name}");
        // Only uts and ipc of the engine itself could differ from the test's, and do not.
        assert_eq!(engine.shell(&[option, "host"], &script), own(name));
        assert_ne!(engine.shell(&[], &script), own(name));
    }
    assert_eq!(engine.shell(&["--userns", "host"], "echo ok"), "ok");
    let out = engine.shell(
        &["--pid", "host"],
        "echo x > /proc/sysrq-trigger; test -d /proc/1 && echo seen",
    );
    assert!(out.ends_with("seen"), "{out}");
}

fn namespaces_of_another_container_are_joined(engine: &Engine) {
    let script = "echo word > /dev/shm/file; exec sleep 600";
    let id = engine.run_detached("donor", &["--ipc", "shareable"], &["sh", "-c", script]);
    gantry_tests::wait_for("the donor's file", || {
        let out = engine.run(&["--ipc", "container:donor"], &["cat", "/dev/shm/file"]);
        (out.out == "word\n").then_some(())
    });
    let out = engine.shell(&["--pid", "container:donor"],
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
    engine.refuses(&["--ipc", "container:nobody"]);
}

fn a_private_ipc_namespace_is_not_shared(engine: &Engine) {
    engine.run_detached("donor", &[], &["sleep", "600"]);
    let run = engine.run(&["--ipc", "container:donor"], &["true"]);
    assert!(run.fails_with(125).contains("non-shareable"));
}

fn a_control_group_namespace_of_its_own(engine: &Engine) {
    let script = "readlink /proc/self/ns/cgroup; cut -d: -f3 /proc/self/cgroup | sort -u";
    let own = engine.shell(&["--cgroupns", "private"], script);
    let lines: Vec<_> = own.lines().collect();
    let host = std::fs::read_link("/proc/self/ns/cgroup").unwrap();
    assert_ne!(lines[0], host.to_string_lossy());
    let host_mode = engine.shell(&["--cgroupns", "host"], script);
    assert_eq!(host_mode.lines().next().unwrap(), host.to_string_lossy());
}

fn init_is_process_one_and_reaps(engine: &Engine) {
    let script = "cat /proc/1/comm; tr '\\0' '\\n' < /proc/1/cmdline | head -1; echo $PPID; \
                  (sh -c 'sleep 0.1 & exit' &) ; sleep 0.5; ps -o stat,args | grep -c '^Z'; \
                  readlink /proc/1/fd/0 || echo hidden";
    let out = engine.shell(&["--init"], script);
    assert_eq!(out, "docker-init\ndocker-init\n1\n0\nhidden", "{out}");
    // Without it the shell is process 1 itself.
    assert_eq!(engine.shell(&[], "echo $$"), "1");
}

fn init_passes_signals_and_codes_on(engine: &Engine) {
    assert_eq!(engine.run(&["--init"], &["sh", "-c", "exit 42"]).code, 42);
    let err = engine
        .run(&["--init"], &["no-such-program"])
        .fails_with(127);
    assert!(err.contains("no-such-program"), "{err}");
    // As process 1 `sleep` would ignore SIGTERM; as a child it ends at once.
    engine.run_detached("box", &["--init"], &["sleep", "600"]);
    engine.docker(&["stop", "--time", "60", "box"]).ok();
    assert_eq!(engine.inspect("box", ".State.ExitCode"), "143");
}

fn init_leaves_the_terminal_to_the_command(engine: &Engine) {
    let out = engine.run(
        &["-t", "--init"],
        &["sh", "-c", "tty; set -m; sleep 0 & wait; echo done"],
    );
    assert_eq!(out.ok().replace('\r', ""), "/dev/pts/0\ndone");
}
