//! What a hostile program tries from inside, against the engine's own defaults.

mod probe;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use gantry_pack::{Image, Tree, fixtures};
use gantry_tests::{Engine, as_root_and_as_user, skip, wait_for};

/// From any folder to the root.
const UP: &str = "/../../../../../../../../../../../../../../../..";
const NO_COMPILER: &str = "no C compiler that links statically";

as_root_and_as_user!(
    forbidden_calls_are_refused_by_every_way_into_the_kernel,
    nothing_of_the_kernel_can_be_written,
    no_release_agent_can_be_set,
    capabilities_are_neither_inheritable_nor_ambient,
    an_image_that_is_its_own_runtime_gets_nowhere,
    descriptors_and_the_working_directory_are_the_containers,
    no_command_is_found_through_a_descriptor_of_the_host,
    nobody_who_comes_in_has_more_than_the_container,
    a_container_that_stops_its_checks_still_ends,
    the_hosts_null_device_stays_as_it_is,
    a_device_mapped_behind_a_link_stays_inside,
);

fn forbidden_calls_are_refused_by_every_way_into_the_kernel(engine: &Engine) {
    let Some(program) = probe::program(engine, "calls") else {
        return skip(NO_COMPILER);
    };
    let bind = format!("{}:/calls:ro", program.display());
    let run = ["run", "--rm", "--network", "none", "-v", &bind];
    let out = engine
        .docker(&[&run[..], &["busybox", "/calls"]].concat())
        .ok();
    let through: Vec<_> = out
        .lines()
        .filter(|line| line.ends_with("through"))
        .collect();
    assert_eq!(through, ["native getpid came through"], "{out}");
    // The filter did that: without it the same calls reach the kernel.
    let open = ["--security-opt", "seccomp=unconfined", "busybox", "/calls"];
    let out = engine.docker(&[&run[..], &open].concat()).ok();
    let through = out.lines().filter(|line| line.ends_with("through")).count();
    assert!(through > 5, "{out}");
}

fn nothing_of_the_kernel_can_be_written(engine: &Engine) {
    // Opening for append changes nothing where it is allowed.
    let script = "find /proc/sys /proc/bus /proc/irq /proc/fs /proc/sysrq-trigger /proc/kcore \
                  /proc/timer_list /proc/latency_stats /sys/kernel /sys/fs /sys/module \
                  /sys/power /sys/class /sys/firmware -type f 2>/dev/null | \
                  while read f; do (: >> \"$f\") 2>/dev/null && echo \"$f\"; done; echo end";
    let out = engine.shell(&[], script);
    let masked = |line: &&str| {
        // Masked files are /dev/null, which takes anything.
        !matches!(
            *line,
            "/proc/kcore" | "/proc/timer_list" | "/proc/latency_stats"
        )
    };
    let written: Vec<_> = out.lines().filter(masked).collect();
    assert_eq!(written, ["end"]);
    let script = "for f in /proc/self/mem /proc/self/attr/exec /proc/self/oom_score_adj; do :; done; \
                  mkdir /sys/fs/cgroup/x 2>/dev/null && echo made; \
                  find /sys/fs/cgroup -name cgroup.procs | while read f; do \
                  (echo 1 > $f) 2>/dev/null && echo $f; done; echo end";
    assert_eq!(engine.shell(&[], script), "end");
}

fn no_release_agent_can_be_set(engine: &Engine) {
    let script = "find /sys/fs/cgroup -name release_agent | while read f; do \
                  (echo /x > $f) 2>/dev/null && echo $f; done; \
                  mkdir /c; mount -t cgroup -o rdma cgroup /c 2>/dev/null && echo mounted; \
                  mount -t cgroup2 cgroup /c 2>/dev/null && echo mounted; \
                  unshare -Ur true 2>/dev/null && echo unshared; \
                  mount -o remount,rw /sys/fs/cgroup 2>/dev/null && echo remounted; echo end";
    assert_eq!(engine.shell(&[], script), "end");
    // CAP_SYS_ADMIN alone opens the filter for mount(2), and the mounts that are there still hold.
    if !engine.is_root() {
        let script = "mount -o remount,rw /proc/sys 2>/dev/null; \
                      (echo x > /proc/sys/kernel/core_pattern) 2>/dev/null && echo written; \
                      find /sys/fs/cgroup -name release_agent | while read f; do \
                      (echo /x > $f) 2>/dev/null && echo $f; done; echo end";
        assert_eq!(engine.shell(&["--cap-add", "SYS_ADMIN"], script), "end");
    }
}

fn capabilities_are_neither_inheritable_nor_ambient(engine: &Engine) {
    let script = "grep -E 'CapInh|CapAmb' /proc/self/status | tr -d '\\t'";
    let none = "CapInh:0000000000000000\nCapAmb:0000000000000000";
    assert_eq!(engine.shell(&[], script), none);
    assert_eq!(engine.shell(&["--cap-add", "ALL"], script), none);
    assert_eq!(
        engine.shell(&["--privileged", "--user", "alice"], script),
        none
    );
}

fn an_image_that_is_its_own_runtime_gets_nowhere(engine: &Engine) {
    let tree = Tree::new().file("entry", 0o755, b"#!/proc/self/exe\n");
    let image: Image = fixtures::busybox("own:latest").unwrap();
    engine.load(&[image.layer("COPY entry /", tree).unwrap()]);
    let run = engine.docker(&["run", "--rm", "--network", "none", "own", "/entry"]);
    assert_ne!(run.code, 0, "{run:?}");
    // The supervisor's program is what it was: the next container starts.
    assert_eq!(engine.shell(&[], "echo well"), "well");
    let script = "for p in /proc/[0-9]*/exe; do (: >> $p) 2>/dev/null && echo $p; done; echo end";
    let out = engine.shell(&["--pid", "host"], script);
    // Programs that run cannot be opened for writing at all; a sealed one never.
    assert_eq!(out, "end");
}

fn descriptors_and_the_working_directory_are_the_containers(engine: &Engine) {
    assert_eq!(engine.shell(&[], "echo $(ls /proc/self/fd)"), "0 1 2 3");
    for descriptor in 3..20 {
        let cwd = format!("/proc/self/fd/{descriptor}");
        let run = engine.run(&["--workdir", &cwd], &["ls", ".."]);
        assert_eq!(run.code, 125, "{run:?}");
    }
}

/// A path of the image that leads through whatever this process may still have open (CVE-2024-21626).
fn no_command_is_found_through_a_descriptor_of_the_host(engine: &Engine) {
    let Some(program) = probe::program(engine, "escaped") else {
        return skip(NO_COMPILER);
    };
    let path = |number: u32| format!("/proc/self/fd/{number}{UP}{}", program.display());
    let script = format!(
        "for n in $(seq 3 23); do p=/proc/self/fd/$n{UP}{}; \
         ln -s $p /link-$n; echo \"#!$p\" > /script-$n; chmod 755 /script-$n; done; sleep 1000",
        program.display()
    );
    engine.run_detached("climbs", &[], &["sh", "-c", &script]);
    wait_for("the last script", || {
        let found = engine.docker(&["exec", "climbs", "test", "-x", "/script-23"]);
        (found.code == 0).then_some(())
    });
    engine.docker(&["commit", "climbs", "climbs"]).ok();
    for number in 3..24 {
        let commands = [
            path(number),
            format!("/link-{number}"),
            format!("/script-{number}"),
        ];
        for command in commands {
            let started = ["run", "--rm", "--network", "none", "climbs", &command];
            for words in [&started[..], &["exec", "climbs", &command]] {
                let end = engine.docker(words);
                assert!(matches!(end.code, 126 | 127), "{words:?}: {end:?}");
            }
        }
    }
}

/// Whoever may trace takes hold of what joins the container, from its first moment there.
fn nobody_who_comes_in_has_more_than_the_container(engine: &Engine) {
    let Some(program) = probe::program(engine, "seize") else {
        return skip(NO_COMPILER);
    };
    let bind = format!("{}:/seize:ro", program.display());
    let options = ["--cap-add", "SYS_PTRACE", "-v", &bind];
    engine.run_detached("hunter", &options, &["/seize"]);
    let said = || engine.docker(&["logs", "hunter"]).ok();
    wait_for("the hunter", || said().contains("ready").then_some(()));
    for _ in 0..20 {
        // What is let go of in the middle of exec goes on.
        engine.docker(&["exec", "hunter", "true"]).ok();
        let joins = ["--pid", "container:hunter"];
        engine.run(&joins, &["true"]).ok();
    }
    wait_for("prey", || said().contains("same").then_some(()));
    assert!(!said().contains("more"), "{}", said());
}

/// Everything that comes in is stopped at once; the supervisor does not wait for it.
fn a_container_that_stops_its_checks_still_ends(engine: &Engine) {
    let script = "while :; do for p in /proc/[0-9]*; do p=${p#/proc/}; \
                  [ $p = 1 ] || kill -STOP $p; done; done 2>/dev/null";
    let checks = ["--health-cmd", "true", "--health-interval", "100ms"];
    let slow = ["--health-timeout", "1s", "--health-retries", "1"];
    engine.run_detached(
        "stops",
        &[&checks[..], &slow].concat(),
        &["sh", "-c", script],
    );
    wait_for("a check that failed", || {
        let status = engine.inspect("stops", ".State.Health.Status");
        (status == "unhealthy").then_some(())
    });
    engine.docker(&["stop", "--time", "1", "stops"]).ok();
    assert_eq!(engine.inspect("stops", ".State.Status"), "exited");
}

fn the_hosts_null_device_stays_as_it_is(engine: &Engine) {
    let node = || fs::metadata("/dev/null").unwrap();
    let (mode, owner) = (node().mode(), node().uid());
    // Everybody can still use it if this succeeds.
    let script = "chmod 677 /proc/self/fd/0; chmod 677 /dev/stdin; exit 0";
    engine.shell(&[], script);
    let options = ["--health-cmd", script, "--health-interval", "100ms"];
    engine.run_detached("checked", &options, &["sleep", "1000"]);
    wait_for("a check", || {
        let status = engine.inspect("checked", ".State.Health.Status");
        (status == "healthy").then_some(())
    });
    engine.docker(&["exec", "checked", "sh", "-c", script]).ok();
    let now = (node().mode(), node().uid());
    if now != (mode, owner) {
        let _ = fs::set_permissions("/dev/null", PermissionsExt::from_mode(mode));
    }
    assert_eq!(now, (mode, owner));
}

fn a_device_mapped_behind_a_link_stays_inside(engine: &Engine) {
    let outside = engine.file("");
    let before = std::fs::read_dir(&outside).unwrap().count();
    let up = format!("../../../../../../../..{}", outside.display());
    let tree = Tree::new().symlink("link", &up);
    let image: Image = fixtures::busybox("linked:latest").unwrap();
    engine.load(&[image.layer("COPY link /", tree).unwrap()]);
    let file = engine.write("content", "bound\n");
    let bind = format!("{}:/link/file", file.display());
    let run = [
        "run",
        "--rm",
        "--network",
        "none",
        "--device",
        "/dev/null:/link/null",
        "-v",
        &bind,
        "--tmpfs",
        "/link/t",
        "--workdir",
        "/link/w",
        "linked",
        "sh",
        "-c",
        "cat /link/file; stat -c %t:%T /link/null; touch /link/new",
    ];
    assert_eq!(engine.docker(&run).ok(), "bound\n1:3");
    std::fs::remove_file(file).unwrap();
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), before);
}
