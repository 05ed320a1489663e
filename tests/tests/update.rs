//! `top` and `update` of running containers.

use gantry_tests::{Engine, as_root_and_as_user};
use serde_json::Value;

as_root_and_as_user!(
    top_shows_the_processes_of_the_container_alone,
    top_takes_arguments_of_ps,
    top_needs_a_container_that_runs,
    a_limit_changes_at_once_or_is_refused_with_the_reason,
    a_stopped_container_takes_limits_for_its_next_start,
    contradictions_are_refused_in_dockers_words,
);

const SLEEP: [&str; 2] = ["sleep", "1000"];

fn top_shows_the_processes_of_the_container_alone(engine: &Engine) {
    let script = "sleep 1001 & echo up; exec sleep 1000";
    engine.run_detached("box", &[], &["sh", "-c", script]);
    engine.run_detached("other", &[], &["sleep", "77"]);
    engine.docker(&["exec", "-d", "box", "sleep", "1002"]).ok();
    let shown = gantry_tests::wait_for("three processes", || {
        let shown = engine.docker(&["top", "box"]).ok();
        (shown.contains("sleep 1002") && shown.contains("sleep 1000")).then_some(shown)
    });
    let lines: Vec<Vec<&str>> = shown
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        lines[0],
        ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
    );
    assert_eq!(lines.len(), 4, "{shown}");
    assert!(!shown.contains("sleep 77"), "{shown}");
    let first = engine.inspect("box", ".State.Pid");
    assert!(
        lines
            .iter()
            .any(|line| line[1] == first && line[0] == "root"),
        "{shown}"
    );
    assert_eq!(
        engine.gantry(&["top", "box"]).ok().lines().next(),
        shown.lines().next()
    );
}

fn top_takes_arguments_of_ps(engine: &Engine) {
    engine.run_detached("box", &[], &SLEEP);
    let first = engine.inspect("box", ".State.Pid");
    let shown = engine.docker(&["top", "box", "-o", "pid,comm"]).ok();
    let cells: Vec<&str> = shown.split_whitespace().collect();
    assert_eq!(cells, ["PID", "COMMAND", &first, "sleep"]);
    assert!(engine.docker(&["top", "box", "aux"]).ok().contains("%CPU"));
    let refused = engine.docker(&["top", "box", "-o", "comm"]).fails_with(1);
    assert!(
        refused.contains("Couldn't find PID field in ps output"),
        "{refused}"
    );
    let ours = engine.gantry(&["top", "box", "-o", "pid,comm"]).ok();
    assert!(ours.contains(&first), "{ours}");
}

fn top_needs_a_container_that_runs(engine: &Engine) {
    engine.docker(&["create", "--name", "box", "busybox"]).ok();
    let refused = engine.docker(&["top", "box"]).fails_with(1);
    assert!(refused.contains("is not running"), "{refused}");
}

/// What the container itself sees of its limits, where a group counts.
fn memory_limit(engine: &Engine) -> String {
    let script = "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null; true";
    engine.docker(&["exec", "box", "sh", "-c", script]).ok()
}

fn a_limit_changes_at_once_or_is_refused_with_the_reason(engine: &Engine) {
    let limited = [
        "run",
        "-d",
        "--name",
        "box",
        "--network",
        "none",
        "-m",
        "64m",
        "busybox",
        "sleep",
        "1000",
    ];
    let started = engine.docker(&limited);
    if started.code != 0 {
        // Nothing can be limited here: that is said, and nothing is changed.
        engine.run_detached("plain", &[], &SLEEP);
        let refused = engine
            .docker(&["update", "--memory", "64m", "plain"])
            .fails_with(1);
        assert!(refused.contains("--memory"), "{refused}");
        assert_eq!(engine.inspect("plain", ".HostConfig.Memory"), "0");
        return;
    }
    assert_eq!(
        engine.docker(&["update", "--memory", "96m", "box"]).ok(),
        "box"
    );
    assert_eq!(
        engine.inspect("box", ".HostConfig.Memory"),
        (96 << 20).to_string()
    );
    let stats = engine
        .docker(&["stats", "--no-stream", "--format", "{{.MemUsage}}", "box"])
        .ok();
    assert!(
        stats.ends_with("/ 96MiB"),
        "{stats} {}",
        memory_limit(engine)
    );
    engine
        .docker(&["update", "--memory", "256m", "--memory-swap", "512m", "box"])
        .ok();
    let stats = engine
        .docker(&["stats", "--no-stream", "--format", "{{.MemUsage}}", "box"])
        .ok();
    assert!(stats.ends_with("/ 256MiB"), "{stats}");
    // It was started without a group for this one: cgroup v1 has one for each.
    let cpus = engine.docker(&["update", "--cpus", "0.5", "box"]);
    if cpus.code == 0 {
        assert_eq!(engine.inspect("box", ".HostConfig.NanoCpus"), "500000000");
    } else {
        let refused = cpus.fails_with(1);
        assert!(refused.contains("start it again"), "{refused}");
        assert_eq!(engine.inspect("box", ".HostConfig.NanoCpus"), "0");
    }
}

fn a_stopped_container_takes_limits_for_its_next_start(engine: &Engine) {
    engine
        .docker(&[
            "create",
            "--name",
            "box",
            "--network",
            "none",
            "busybox",
            "sleep",
            "1000",
        ])
        .ok();
    let updated = engine.docker(&[
        "update",
        "--pids-limit",
        "50",
        "--restart",
        "on-failure:3",
        "box",
    ]);
    if updated.code == 0 {
        engine.docker(&["start", "box"]).ok();
        let found =
            gantry_tests::http::get(engine, "/v1.51/containers/box/stats?stream=0&one-shot=1")
                .json();
        assert_eq!(found["pids_stats"]["limit"], 50, "{found}");
    } else {
        engine
            .docker(&["update", "--restart", "on-failure:3", "box"])
            .ok();
    }
    let policy: Value =
        serde_json::from_str(&engine.inspect("box", "json .HostConfig.RestartPolicy")).unwrap();
    assert_eq!(policy["MaximumRetryCount"], 3);
}

fn contradictions_are_refused_in_dockers_words(engine: &Engine) {
    engine
        .docker(&[
            "run",
            "-d",
            "--rm",
            "--name",
            "brief",
            "--network",
            "none",
            "busybox",
            "sleep",
            "1000",
        ])
        .ok();
    let refused = engine
        .docker(&["update", "--restart", "always", "brief"])
        .fails_with(1);
    assert!(
        refused.contains(
            "Restart policy cannot be updated because AutoRemove is enabled for the container"
        ),
        "{refused}"
    );
    engine.run_detached("long", &[], &SLEEP);
    let refused = engine
        .docker(&["update", "--restart", "sometimes", "long"])
        .fails_with(1);
    assert!(refused.contains("invalid restart policy"), "{refused}");
    engine.gantry(&["update", "brief"]).fails_with(1);
    engine.docker(&["update", "--restart", "no", "brief"]).ok();
    engine
        .docker(&["update", "--restart", "no", "none"])
        .fails_with(1);
}
