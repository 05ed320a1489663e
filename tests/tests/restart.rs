//! Restart policies, and why a container stopped.

use gantry_tests::{Engine, as_root_and_as_user, kill_parent_of, wait_for};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

as_root_and_as_user!(
    failures_are_retried_as_often_as_asked,
    a_restart_is_given_up_when_it_is_stopped,
    always_comes_back_with_another_engine_and_unless_stopped_does_not,
    what_failed_without_an_engine_is_started_by_the_next_one,
    a_policy_survives_the_engine,
    every_end_is_explained,
    what_did_not_start_is_explained,
);

fn run(engine: &Engine, policy: &str, script: &str) {
    engine.run_detached("box", &["--restart", policy], &["sh", "-c", script]);
}

fn restarts(engine: &Engine) -> u32 {
    engine.inspect("box", ".RestartCount").parse().unwrap()
}

fn failures_are_retried_as_often_as_asked(engine: &Engine) {
    run(engine, "on-failure:2", "echo turn; exit 3");
    engine.wait_for_state("box", "exited");
    assert_eq!(restarts(engine), 2);
    assert_eq!(engine.inspect("box", ".State.ExitCode"), "3");
    assert_eq!(engine.docker(&["logs", "box"]).ok(), "turn\nturn\nturn");
    // A user's start begins to count again.
    engine.docker(&["start", "box"]).ok();
    wait_for("three more turns", || {
        let turns = engine.docker(&["logs", "box"]).ok().lines().count();
        (turns == 6 && engine.inspect("box", ".State.Status") == "exited").then_some(())
    });
    assert_eq!(restarts(engine), 2);
}

fn a_restart_is_given_up_when_it_is_stopped(engine: &Engine) {
    run(engine, "always", "exit 1");
    // The time between two starts doubles.
    wait_for("a long wait", || (restarts(engine) >= 4).then_some(()));
    engine.docker(&["stop", "box"]).ok();
    engine.wait_for_state("box", "exited");
    assert_eq!(engine.docker(&["wait", "box"]).ok(), "1");
}

fn always_comes_back_with_another_engine_and_unless_stopped_does_not(engine: &Engine) {
    for (name, policy) in [
        ("always", "always"),
        ("unless", "unless-stopped"),
        ("never", "no"),
    ] {
        engine.run_detached(name, &["--restart", policy], &["sleep", "1000"]);
        engine.docker(&["kill", name]).ok();
        engine.wait_for_state(name, "exited");
    }
    engine.kill();
    engine.launch();
    engine.wait_for_state("always", "running");
    assert_eq!(engine.inspect("unless", ".State.Status"), "exited");
    assert_eq!(engine.inspect("never", ".State.Status"), "exited");
}

fn what_failed_without_an_engine_is_started_by_the_next_one(engine: &Engine) {
    for (name, policy) in [
        ("fails", "on-failure"),
        ("unless", "unless-stopped"),
        ("never", "no"),
    ] {
        engine.run_detached(name, &["--restart", policy], &["sleep", "1000"]);
    }
    let pids = ["fails", "unless", "never"].map(|name| engine.inspect(name, ".State.Pid"));
    engine.kill();
    engine.reboot();
    engine.launch();
    engine.wait_for_state("fails", "running");
    engine.wait_for_state("unless", "running");
    assert_eq!(engine.inspect("never", ".State.Status"), "exited");
    assert!(!pids.contains(&engine.inspect("fails", ".State.Pid")));
}

fn a_policy_survives_the_engine(engine: &Engine) {
    run(engine, "on-failure:5", "sleep 1000");
    engine.kill();
    engine.launch();
    let first = engine.inspect("box", ".State.Pid");
    shoot(&first);
    wait_for("the restart", || {
        (restarts(engine) >= 1 && engine.inspect("box", ".State.Status") == "running").then_some(())
    });
    assert_ne!(engine.inspect("box", ".State.Pid"), first);
}

/// Kills a process behind the engine's back.
fn shoot(pid: &str) {
    let pid = Pid::from_raw(pid.parse().unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
}

fn why(engine: &Engine, name: &str) -> Value {
    engine.wait_for_state(name, "exited");
    let text = engine.inspect(name, "json .State.WhyStopped");
    serde_json::from_str(&text).unwrap()
}

fn every_end_is_explained(engine: &Engine) {
    let start = |name: &str, script: &str| {
        engine.run_detached(name, &[], &["sh", "-c", script]);
    };
    start("done", "exit 0");
    assert_eq!(
        why(engine, "done")["sentence"],
        "It was done (exit code 0)."
    );
    start("failed", "echo out; echo cannot open /etc/app >&2; exit 4");
    let failed = why(engine, "failed");
    assert_eq!(
        (&failed["cause"], &failed["exit_code"]),
        (&"failed".into(), &4.into())
    );
    assert_eq!(
        failed["sentence"],
        "It ended by itself with exit code 4; the last that it wrote: cannot open /etc/app."
    );
    start(
        "polite",
        "trap 'exit 7' TERM; echo up; while :; do sleep 0.05; done",
    );
    wait_for("the trap", || {
        engine
            .docker(&["logs", "polite"])
            .ok()
            .contains("up")
            .then_some(())
    });
    engine.docker(&["stop", "polite"]).ok();
    assert_eq!(why(engine, "polite")["cause"], "stopped");
    start("stubborn", "while :; do sleep 1; done");
    engine.docker(&["stop", "--time", "0", "stubborn"]).ok();
    assert_eq!(why(engine, "stubborn")["cause"], "stopped-by-force");
    start("killed", "sleep 1000");
    engine.docker(&["kill", "killed"]).ok();
    let killed = why(engine, "killed");
    assert_eq!(
        (&killed["cause"], &killed["signal"]),
        (&"killed".into(), &"SIGKILL".into())
    );
    start("shot", "sleep 1000");
    shoot(&engine.inspect("shot", ".State.Pid"));
    assert_eq!(why(engine, "shot")["cause"], "killed-by-others");
    start("orphan", "sleep 1000");
    kill_parent_of(&engine.inspect("orphan", ".State.Pid"));
    assert_eq!(why(engine, "orphan")["cause"], "supervisor-lost");
    // What runs again has nothing to explain.
    engine.docker(&["start", "shot"]).ok();
    let state: Value = serde_json::from_str(&engine.inspect("shot", "json .State")).unwrap();
    assert!(state.get("WhyStopped").is_none(), "{state}");
    engine.kill();
    engine.launch();
    assert_eq!(why(engine, "failed")["cause"], "failed");
}

fn what_did_not_start_is_explained(engine: &Engine) {
    engine
        .docker(&[
            "create",
            "--name",
            "box",
            "--network",
            "none",
            "busybox",
            "no-such-program",
        ])
        .ok();
    engine.docker(&["start", "box"]).fails_with(1);
    let text = engine.inspect("box", "json .State.WhyStopped");
    let why: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(why["cause"], "not-started");
    assert!(
        why["sentence"]
            .as_str()
            .unwrap()
            .contains("no-such-program"),
        "{why}"
    );
}
