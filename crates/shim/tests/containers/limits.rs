//! Control groups: limits, freezing, out of memory, device rules, and what is left at the end.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use gantry_runtime::{CgroupPlan, FailureKind};
use gantry_shim::protocol::{Phase, Reply, Request};
use serde_json::json;

use crate::common::{Builder, Outcome, can_run, rootless, shell};

const ROOT: &str = "/sys/fs/cgroup";

/// Groups of this test's own, in the hierarchies this machine lets it write to.
struct Groups {
    name: String,
}

impl Groups {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self {
            name: format!("gantry-test-{}-{count}", std::process::id()),
        }
    }

    fn v1(&self, controllers: &[&str]) -> Option<CgroupPlan> {
        let directory = |controller: &&str| {
            let mounted = Path::new(ROOT).join(controller);
            let writable = mounted.join("tasks").exists() && !rootless();
            writable.then(|| ((*controller).to_owned(), mounted.join(&self.name).join("c")))
        };
        let found: Option<BTreeMap<String, PathBuf>> = controllers.iter().map(directory).collect();
        let plan = found.map(|controllers| CgroupPlan::V1 {
            controllers,
            unified: None,
        });
        if plan.is_none() {
            eprintln!("skipped: the v1 controllers {controllers:?} cannot be written here");
        }
        plan
    }

    /// A directory of cgroup2, pure or beside v1.
    fn unified(&self) -> Option<PathBuf> {
        let mounts = [ROOT.to_owned(), format!("{ROOT}/unified")];
        let mount = mounts
            .iter()
            .map(Path::new)
            .find(|mount| mount.join("cgroup.controllers").exists() && !rootless());
        if mount.is_none() {
            eprintln!("skipped: no cgroup2 directory can be written here");
        }
        mount.map(|mount| mount.join(&self.name).join("c"))
    }

    /// The parents were made on the way; the groups themselves must be gone.
    fn assert_removed(&self) {
        for hierarchy in fs::read_dir(ROOT).unwrap().flatten() {
            let parent = hierarchy.path().join(&self.name);
            assert!(!parent.join("c").exists(), "{} is left", parent.display());
            let _ = fs::remove_dir(parent);
        }
        let _ = fs::remove_dir(Path::new(ROOT).join(&self.name));
    }
}

impl Drop for Groups {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.assert_removed();
        }
    }
}

fn run(builder: Builder, plan: CgroupPlan, resources: serde_json::Value) -> Outcome {
    builder
        .with(|bundle| bundle.cgroup = plan)
        .spec("/linux/resources", resources)
        .run()
}

#[test]
fn v1_limits_are_set_and_seen_inside() {
    if !can_run() {
        return;
    }
    let groups = Groups::new();
    let Some(plan) = groups.v1(&["memory", "cpu", "pids", "cpuset"]) else {
        return;
    };
    let script = "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us \
                  cpu/cpu.shares pids/pids.max cpuset/cpuset.cpus; cat /proc/self/cgroup | \
                  grep -E 'memory|pids'; echo 1 > pids/pids.max || echo refused";
    let resources = json!({
        "memory": { "limit": 67_108_864, "swap": 134_217_728 },
        "cpu": { "quota": 50_000, "period": 100_000, "shares": 512, "cpus": "0" },
        "pids": { "limit": 100 },
    });
    let outcome = run(shell(script), plan, resources);
    let text = outcome.stdout.clone();
    assert!(
        text.starts_with("67108864\n50000\n512\n100\n0\n"),
        "{outcome:?}"
    );
    assert!(
        text.contains("memory:/\n") && text.ends_with("refused\n"),
        "{text}"
    );
}

#[test]
fn a_process_limit_holds() {
    if !can_run() {
        return;
    }
    let groups = Groups::new();
    let Some(plan) = groups.v1(&["pids"]) else {
        return;
    };
    let script = "for i in 1 2 3 4 5 6 7 8 9; do sleep 5 & done; echo unreached";
    let outcome = run(shell(script), plan, json!({ "pids": { "limit": 4 } }));
    assert!(outcome.stderr.contains("can't fork"), "{outcome:?}");
}

#[test]
fn out_of_memory_is_recorded() {
    if !can_run() {
        return;
    }
    let groups = Groups::new();
    let Some(plan) = groups.v1(&["memory"]) else {
        return;
    };
    // The shell keeps what it is given in memory.
    let script = "x=$(head -c 60000000 /dev/zero | tr '\\0' x); echo ${#x}";
    let resources = json!({ "memory": { "limit": 12_000_000, "swap": 12_000_000 } });
    let outcome = run(shell(script), plan, resources);
    assert!(outcome.record.oom, "{:?}", outcome.record);
}

#[test]
fn a_limit_without_its_controller_is_refused() {
    if !can_run() {
        return;
    }
    let refused = |plan, resources| {
        let failure = run(shell("true"), plan, resources).failure.unwrap();
        assert_eq!(failure.kind, FailureKind::LimitUnavailable, "{failure}");
        failure.to_string()
    };
    let memory = json!({ "memory": { "limit": 67_108_864 } });
    assert!(refused(CgroupPlan::None, memory.clone()).contains("memory"));
    let groups = Groups::new();
    let Some(plan) = groups.v1(&["pids"]) else {
        return;
    };
    assert!(refused(plan.clone(), memory.clone()).contains("memory"));
    // Docker's defaults ask for nothing.
    let nothing = json!({ "memory": { "limit": 0, "swap": -1 }, "pids": { "limit": -1 } });
    assert_eq!(run(shell("true"), plan, nothing).record.code, 0);
    // The cgroup2 mount of a hybrid machine has no controllers.
    let Some(path) = groups.unified() else { return };
    if fs::read_to_string(format!("{ROOT}/unified/cgroup.controllers")).is_ok_and(|c| c == "\n") {
        assert!(refused(CgroupPlan::V2 { path }, memory).contains("memory.max"));
    }
}

/// Pauses, sees that nothing moves, resumes and stops.
fn pauses(plan: CgroupPlan, by_signals: bool) {
    let script = "i=0; while true; do i=$((i+1)); echo $i; sleep 0.01; done";
    let mut container = shell(script).with(|bundle| bundle.cgroup = plan).start();
    container.wait_for_output("3\n");
    container.request(Request::Pause, &[]).unwrap();
    let Reply::Status(status) = container.request(Request::Status, &[]).unwrap() else {
        panic!("no status")
    };
    assert_eq!(
        (status.phase, status.pause_by_signals),
        (Phase::Paused, by_signals)
    );
    std::thread::sleep(std::time::Duration::from_millis(50));
    let before = container.output();
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(container.output(), before);
    container.request(Request::Resume, &[]).unwrap();
    let wanted = format!("{}\n", before.0.lines().count() + 3);
    container.wait_for_output(&wanted);
    // SIGKILL reaches a paused container.
    container.request(Request::Pause, &[]).unwrap();
    container
        .request(Request::Signal { signal: 9 }, &[])
        .unwrap();
    assert_eq!(container.exited().signal, Some(9));
}

#[test]
fn pause_by_the_v1_freezer() {
    if !can_run() {
        return;
    }
    let groups = Groups::new();
    let Some(plan) = groups.v1(&["freezer"]) else {
        return;
    };
    pauses(plan, false);
}

#[test]
fn pause_by_cgroup2() {
    if !can_run() {
        return;
    }
    let groups = Groups::new();
    let Some(path) = groups.unified() else { return };
    pauses(CgroupPlan::V2 { path }, false);
    let Some(CgroupPlan::V1 { controllers, .. }) = groups.v1(&["pids"]) else {
        return;
    };
    pauses(
        CgroupPlan::V1 {
            controllers,
            unified: groups.unified(),
        },
        false,
    );
}

#[test]
fn pause_by_signals() {
    if can_run() {
        pauses(CgroupPlan::None, true);
    }
}

#[test]
fn left_over_processes_of_the_hosts_pid_namespace_are_killed() {
    if !can_run() {
        return;
    }
    let groups = Groups::new();
    let Some(path) = groups.unified() else { return };
    let outcome = shell("sleep 1000 & echo started; exit 2")
        .with(|bundle| bundle.cgroup = CgroupPlan::V2 { path })
        .spec(
            "/linux/namespaces",
            json!([{ "type": "mount" }, { "type": "network" }]),
        )
        .run();
    assert_eq!(
        (outcome.record.code, outcome.stdout.as_str()),
        (2, "started\n")
    );
}

#[test]
fn device_rules_hold() {
    if !can_run() {
        return;
    }
    let rules = json!({ "devices": [
        { "allow": false, "access": "rwm" },
        { "allow": true, "type": "c", "access": "m" },
        { "allow": true, "type": "c", "major": 1, "minor": 3, "access": "rwm" },
        { "allow": true, "type": "c", "major": 5, "minor": 0, "access": "r" },
    ] });
    let script = "echo x > /dev/null && echo null; cat /dev/zero | head -c 1 | wc -c; \
                  head -c 1 /dev/urandom || echo refused";
    let check = |plan| {
        let outcome = run(shell(script), plan, rules.clone());
        assert_eq!(outcome.stdout, "null\n0\nrefused\n", "{outcome:?}");
    };
    if rootless() {
        // Ownership decides there.
        let outcome = run(
            shell("echo x > /dev/null && echo ok"),
            CgroupPlan::None,
            rules,
        );
        assert_eq!(outcome.stdout, "ok\n", "{outcome:?}");
        return;
    }
    let groups = Groups::new();
    if let Some(plan) = groups.v1(&["devices"]) {
        check(plan);
    }
    if let Some(path) = groups.unified() {
        check(CgroupPlan::V2 { path });
    }
    // Never left out.
    let failure = run(shell("true"), CgroupPlan::None, rules.clone())
        .failure
        .unwrap();
    assert_eq!(failure.kind, FailureKind::LimitUnavailable);
}
