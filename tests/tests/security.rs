//! The options of `docker run` that change what a container may do.

use gantry_tests::{Engine, as_root_and_as_user};

as_root_and_as_user!(
    a_privileged_container_may_do_what_the_engine_may,
    capabilities_are_added_and_dropped,
    seccomp_can_be_switched_off_or_replaced,
    a_filter_that_forbids_processes_is_named,
    no_new_privileges_is_set,
    options_of_absent_security_modules_are_accepted,
    system_paths_can_be_unconfined,
    a_read_only_container_writes_nowhere_but_to_its_own_mounts,
);

/// A shell command that prints a field of /proc/self/status.
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
    let out = engine.shell(&["--privileged"], &script);
    let lines: Vec<_> = out.lines().collect();
    let plain = engine.shell(&[], &status("CapEff"));
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
        engine.shell(&["--privileged"], script),
        engine.shell(&[], script),
    );
    assert!(all.lines().count() > few.lines().count(), "{all}");
}

fn capabilities_are_added_and_dropped(engine: &Engine) {
    let of = |options: &[&str]| engine.shell(options, &status("CapBnd"));
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
    assert!(
        engine
            .refuses(&["--cap-add", "NONSENSE"])
            .contains("NONSENSE")
    );
}

fn seccomp_can_be_switched_off_or_replaced(engine: &Engine) {
    assert_eq!(engine.shell(&[], &status("Seccomp")), "2");
    let off = ["--security-opt", "seccomp=unconfined"];
    assert_eq!(engine.shell(&off, &status("Seccomp")), "0");
    let profile = r#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
        {"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":30}]}"#;
    let file = engine.write("profile.json", profile);
    let option = format!("seccomp={}", file.display());
    let out = engine.shell(&["--security-opt", &option], "mkdir /x 2>&1; true");
    assert!(out.contains("Read-only file system"), "{out}");
    let broken = engine.write("broken.json", "{}");
    let option = format!("seccomp={}", broken.display());
    assert!(
        engine
            .refuses(&["--security-opt", &option])
            .contains("seccomp profile")
    );
}

/// Whoever joins a container under a filter without `clone` is told what is in the way.
fn a_filter_that_forbids_processes_is_named(engine: &Engine) {
    let profile = r#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
        {"names":["clone","clone3","fork","vfork"],"action":"SCMP_ACT_ERRNO"}]}"#;
    let file = engine.write("alone.json", profile);
    let option = format!("seccomp={}", file.display());
    engine.run_detached("alone", &["--security-opt", &option], &["sleep", "1000"]);
    let joined = engine.docker(&["exec", "alone", "true"]);
    assert_ne!(joined.code, 0, "{joined:?}");
    let said = format!("{}{}", joined.out, joined.err);
    assert!(
        said.contains("the seccomp filter seems to forbid"),
        "{said}"
    );
    assert_eq!(engine.inspect("alone", ".State.Status"), "running");
}

fn no_new_privileges_is_set(engine: &Engine) {
    let set = ["--security-opt", "no-new-privileges"];
    assert_eq!(engine.shell(&set, &status("NoNewPrivs")), "1");
    assert_eq!(engine.shell(&[], &status("NoNewPrivs")), "0");
    let unset = ["--security-opt", "no-new-privileges=false"];
    assert_eq!(engine.shell(&unset, &status("NoNewPrivs")), "0");
}

fn options_of_absent_security_modules_are_accepted(engine: &Engine) {
    for option in ["label=disable", "apparmor=unconfined"] {
        let run = engine.run(&["--security-opt", option], &["true"]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:?}");
    }
    if !std::path::Path::new("/sys/fs/selinux/enforce").exists() {
        let run = engine.docker(&["create", "--security-opt", "label=level:s0", "busybox"]);
        assert!(run.err.contains("SELinux"), "{run:?}");
        run.ok();
    }
    assert!(
        engine
            .refuses(&["--security-opt", "nonsense=1"])
            .contains("nonsense")
    );
}

fn system_paths_can_be_unconfined(engine: &Engine) {
    let script = "grep -c ' /proc/' /proc/self/mountinfo";
    let plain: u32 = engine.shell(&[], script).parse().unwrap();
    assert!(plain > 5, "{plain}");
    let option = ["--security-opt", "systempaths=unconfined"];
    assert_eq!(engine.shell(&option, &format!("{script}; true")), "0");
}

fn a_read_only_container_writes_nowhere_but_to_its_own_mounts(engine: &Engine) {
    let script = "for f in /x /etc/hosts /etc/resolv.conf /etc/hostname /sys/x; do \
                  (echo > $f) 2>/dev/null && echo $f; done; \
                  touch /dev/shm/x /tmp/x && echo writable";
    let out = engine.shell(&["--read-only", "--tmpfs", "/tmp"], script);
    assert_eq!(out, "writable");
}
