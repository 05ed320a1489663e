//! What a hostile program tries from inside, against the engine's own defaults.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use gantry_pack::{Image, fixtures};
use gantry_tests::{Engine, as_root_and_as_user, skip};

as_root_and_as_user!(
    forbidden_calls_are_refused_by_every_way_into_the_kernel,
    nothing_of_the_kernel_can_be_written,
    no_release_agent_can_be_set,
    capabilities_are_neither_inheritable_nor_ambient,
    an_image_that_is_its_own_runtime_gets_nowhere,
    descriptors_and_the_working_directory_are_the_containers,
    a_device_mapped_behind_a_link_stays_inside,
);

/// `calls.c`, built by this machine's C compiler.
fn calls() -> Option<PathBuf> {
    static CALLS: OnceLock<Option<PathBuf>> = OnceLock::new();
    let build = || {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/probe/calls.c");
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gantry-calls");
        // Beside and renamed: tests of other processes build the same.
        let beside = program.with_extension(std::process::id().to_string());
        let mut compiler = Command::new("cc");
        compiler.args(["-static", "-O1", "-o"]).arg(&beside);
        let built = compiler.arg(source).status();
        if !built.is_ok_and(|status| status.success()) {
            return None;
        }
        std::fs::rename(beside, &program).unwrap();
        Some(program)
    };
    CALLS.get_or_init(build).clone()
}

fn forbidden_calls_are_refused_by_every_way_into_the_kernel(engine: &Engine) {
    let Some(program) = calls() else {
        return skip("no C compiler that links statically");
    };
    let program = engine.write("calls", std::fs::read(program).unwrap());
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, mode).unwrap();
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
    let tree = gantry_pack::Tree::new().file("entry", 0o755, b"#!/proc/self/exe\n");
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

fn a_device_mapped_behind_a_link_stays_inside(engine: &Engine) {
    let outside = engine.file("");
    let before = std::fs::read_dir(&outside).unwrap().count();
    let up = format!("../../../../../../../..{}", outside.display());
    let tree = gantry_pack::Tree::new().symlink("link", &up);
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
