//! A container from create to rm.

use std::time::{Duration, Instant};

use gantry_tests::{Engine, as_root_and_as_user};

/// Ends at once on SIGTERM, which process 1 must ask for.
const POLITE: &str = "trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.05; done";

as_root_and_as_user!(
    every_state_has_its_name,
    stop_lets_the_program_end_by_itself,
    stop_kills_after_the_grace_period,
    the_stop_signal_is_the_images_or_the_callers,
    kill_sends_any_signal,
    restart_starts_a_new_process,
    pause_stops_the_clock_of_the_program,
    rename_moves_the_name,
    wait_prints_the_exit_code,
    a_stopped_container_starts_with_what_it_wrote,
    running_containers_are_removed_by_force_only,
    ps_filters_and_formats,
    names_and_id_prefixes_find_a_container,
    start_attached_shows_output_and_code,
    attach_sees_what_comes,
    limits_are_enforced_or_refused,
    actions_in_the_wrong_state_are_refused,
);

fn start(engine: &Engine, name: &str, script: &str) {
    engine
        .docker(&["run", "-d", "--name", name, "busybox", "sh", "-c", script])
        .ok();
}

fn start_polite(engine: &Engine, name: &str) {
    start(engine, name, POLITE);
    // Its trap is set by the time it says so.
    gantry_tests::wait_for("the program to be up", || {
        engine
            .docker(&["logs", name])
            .ok()
            .contains("up")
            .then_some(())
    });
}

fn every_state_has_its_name(engine: &Engine) {
    let state = || engine.inspect("box", ".State.Status");
    engine
        .docker(&["create", "--name", "box", "busybox", "sh", "-c", POLITE])
        .ok();
    assert_eq!(state(), "created");
    engine.docker(&["start", "box"]).ok();
    assert_eq!(state(), "running");
    engine.docker(&["pause", "box"]).ok();
    assert_eq!(state(), "paused");
    engine.docker(&["unpause", "box"]).ok();
    assert_eq!(state(), "running");
    engine.docker(&["kill", "box"]).ok();
    engine.wait_for_state("box", "exited");
    assert_eq!(engine.inspect("box", ".State.ExitCode"), "137");
    engine.docker(&["rm", "box"]).ok();
    engine.docker(&["inspect", "box"]).fails_with(1);
}

fn stop_lets_the_program_end_by_itself(engine: &Engine) {
    start_polite(engine, "box");
    engine.docker(&["stop", "box"]).ok();
    assert_eq!(engine.inspect("box", ".State.ExitCode"), "3");
    assert!(engine.docker(&["logs", "box"]).ok().ends_with("bye"));
}

fn stop_kills_after_the_grace_period(engine: &Engine) {
    // Process 1 ignores a signal it has no handler for.
    start(engine, "box", "while :; do sleep 1; done");
    let begin = Instant::now();
    engine.docker(&["stop", "--time", "1", "box"]).ok();
    assert!(begin.elapsed() >= Duration::from_secs(1));
    assert_eq!(engine.inspect("box", ".State.ExitCode"), "137");
}

fn the_stop_signal_is_the_images_or_the_callers(engine: &Engine) {
    let script = "trap 'exit 5' USR1; echo up; while :; do sleep 0.05; done";
    let run = [
        "run",
        "-d",
        "--name",
        "box",
        "--stop-signal",
        "USR1",
        "busybox",
        "sh",
        "-c",
        script,
    ];
    engine.docker(&run).ok();
    gantry_tests::wait_for("the program to be up", || {
        (engine.docker(&["logs", "box"]).ok() == "up").then_some(())
    });
    engine.docker(&["stop", "box"]).ok();
    assert_eq!(engine.inspect("box", ".State.ExitCode"), "5");
}

fn kill_sends_any_signal(engine: &Engine) {
    start_polite(engine, "box");
    engine.docker(&["kill", "--signal", "TERM", "box"]).ok();
    engine.wait_for_state("box", "exited");
    assert_eq!(engine.inspect("box", ".State.ExitCode"), "3");
    let err = engine.docker(&["kill", "box"]).fails_with(1);
    assert!(err.contains("is not running"), "{err}");
}

fn restart_starts_a_new_process(engine: &Engine) {
    start_polite(engine, "box");
    let (pid, started) = (
        engine.inspect("box", ".State.Pid"),
        engine.inspect("box", ".State.StartedAt"),
    );
    engine.docker(&["restart", "box"]).ok();
    assert_eq!(engine.inspect("box", ".State.Status"), "running");
    assert_ne!(engine.inspect("box", ".State.Pid"), pid);
    assert_ne!(engine.inspect("box", ".State.StartedAt"), started);
}

fn pause_stops_the_clock_of_the_program(engine: &Engine) {
    start(engine, "box", "while :; do echo tick; sleep 0.02; done");
    engine.docker(&["pause", "box"]).ok();
    let lines = || engine.docker(&["logs", "box"]).ok().lines().count();
    let first = lines();
    // A call takes several ticks, so that a program still running would show.
    for _ in 0..5 {
        assert_eq!(lines(), first);
    }
    engine.docker(&["unpause", "box"]).ok();
    gantry_tests::wait_for("the program to go on", || (lines() > first).then_some(()));
}

fn rename_moves_the_name(engine: &Engine) {
    engine.docker(&["create", "--name", "old", "busybox"]).ok();
    engine.docker(&["rename", "old", "new"]).ok();
    assert_eq!(engine.inspect("new", ".Name"), "/new");
    engine.docker(&["create", "--name", "old", "busybox"]).ok();
    let err = engine.docker(&["rename", "old", "new"]).fails_with(1);
    assert!(err.contains("already in use"), "{err}");
}

fn wait_prints_the_exit_code(engine: &Engine) {
    start_polite(engine, "box");
    let wait = engine.start_docker(&["wait", "box"]);
    engine.docker(&["stop", "box"]).ok();
    assert_eq!(wait.finish().ok(), "3");
    assert_eq!(
        engine.docker(&["wait", "box"]).ok(),
        "3",
        "at once, for one that ended"
    );
}

fn a_stopped_container_starts_with_what_it_wrote(engine: &Engine) {
    start(engine, "box", "echo x >> /runs; wc -l < /runs");
    engine.docker(&["wait", "box"]).ok();
    engine.docker(&["start", "box"]).ok();
    engine.docker(&["wait", "box"]).ok();
    assert_eq!(engine.docker(&["logs", "box"]).ok(), "1\n2");
}

fn running_containers_are_removed_by_force_only(engine: &Engine) {
    start(engine, "box", "sleep 600");
    let err = engine.docker(&["rm", "box"]).fails_with(1);
    assert!(err.contains("running"), "{err}");
    assert_eq!(engine.docker(&["rm", "--force", "box"]).ok(), "box");
    assert_eq!(engine.docker(&["ps", "-aq"]).ok(), "");
}

fn ps_filters_and_formats(engine: &Engine) {
    start(engine, "runs", "sleep 600");
    engine
        .docker(&[
            "run", "--name", "ended", "--label", "kind=odd", "busybox", "false",
        ])
        .fails_with(1);
    let names = |arguments: &[&str]| {
        let base: &[&str] = &["ps", "--format", "{{.Names}} {{.Image}} {{.State}}"];
        engine.docker(&[base, arguments].concat()).ok()
    };
    assert_eq!(names(&[]), "runs busybox running");
    assert_eq!(names(&["-a"]), "ended busybox exited\nruns busybox running");
    assert_eq!(
        names(&["-a", "--filter", "status=exited"]),
        "ended busybox exited"
    );
    assert_eq!(
        names(&["-a", "--filter", "label=kind=odd"]),
        "ended busybox exited"
    );
    assert_eq!(
        names(&["-a", "--filter", "name=run"]),
        "runs busybox running"
    );
    assert_eq!(
        names(&["-a", "--filter", "exited=1"]),
        "ended busybox exited"
    );
    assert_eq!(names(&["-l"]), "ended busybox exited");
    let status = engine.docker(&["ps", "-a", "--format", "{{.Status}}"]).ok();
    assert!(
        status.contains("Exited (1)") && status.contains("Up "),
        "{status}"
    );
}

fn names_and_id_prefixes_find_a_container(engine: &Engine) {
    let id = engine.docker(&["create", "--name", "box", "busybox"]).ok();
    for name in ["box", "/box", &id, &id[..12], &id[..3]] {
        assert_eq!(engine.inspect(name, ".Id"), id, "{name}");
    }
}

fn start_attached_shows_output_and_code(engine: &Engine) {
    let create = [
        "create",
        "--name",
        "box",
        "busybox",
        "sh",
        "-c",
        "echo out; exit 9",
    ];
    engine.docker(&create).ok();
    let run = engine.docker(&["start", "--attach", "box"]);
    assert_eq!((run.out.as_str(), run.code), ("out\n", 9), "{run:?}");
}

fn attach_sees_what_comes(engine: &Engine) {
    start(engine, "box", "while :; do echo tick; sleep 0.05; done");
    let attach = engine.start_docker(&["attach", "--no-stdin", "box"]);
    attach.says("tick\n");
    engine.docker(&["kill", "box"]).ok();
    assert_eq!(attach.finish().code, 137);
}

fn limits_are_enforced_or_refused(engine: &Engine) {
    let run = [
        "run", "--rm", "--memory", "32m", "--cpus", "0.5", "busybox", "true",
    ];
    let run = engine.docker(&run);
    match run.code {
        0 => {}
        // Never ignored in silence: the reason names the limit.
        125 => assert!(
            run.err.contains("memory") || run.err.contains("cpu"),
            "{run:?}"
        ),
        _ => panic!("{run:?}"),
    }
}

fn actions_in_the_wrong_state_are_refused(engine: &Engine) {
    engine
        .docker(&["create", "--name", "box", "busybox", "sleep", "600"])
        .ok();
    assert!(
        engine
            .docker(&["pause", "box"])
            .fails_with(1)
            .contains("not running")
    );
    engine.docker(&["start", "box"]).ok();
    engine.docker(&["start", "box"]).ok();
    assert!(
        engine
            .docker(&["unpause", "box"])
            .fails_with(1)
            .contains("is not paused")
    );
    engine.docker(&["pause", "box"]).ok();
    assert!(
        engine
            .docker(&["pause", "box"])
            .fails_with(1)
            .contains("already paused")
    );
    for command in [
        "stop", "kill", "pause", "start", "wait", "rename", "restart", "unpause",
    ] {
        let more: &[&str] = if command == "rename" { &["x"] } else { &[] };
        let err = engine
            .docker(&[&[command, "nothing"], more].concat())
            .fails_with(1);
        assert!(
            err.contains("No such container: nothing"),
            "{command}: {err}"
        );
    }
}
