//! SIGKILL of the engine, at any moment, loses nothing.

use gantry_tests::{Engine, as_root_and_as_user, http, kill_parent_of, lives, wait_for};

as_root_and_as_user!(
    a_running_container_is_found_again_with_every_line,
    a_container_that_ended_meanwhile_kept_its_code,
    containers_and_images_are_still_there,
    a_paused_container_can_be_resumed,
    a_found_container_can_be_stopped_and_started,
    killing_the_shim_is_said,
    removals_that_wait_are_finished_by_the_next_engine,
    a_reboot_ends_containers_and_nothing_else,
    a_spoilt_database_is_made_again,
);

fn a_running_container_is_found_again_with_every_line(engine: &Engine) {
    let script = "i=0; while :; do i=$((i+1)); echo $i; sleep 0.005; done";
    engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sh", "-c", script])
        .ok();
    let pid = engine.inspect("box", ".State.Pid");
    for _ in 0..3 {
        let lines = || engine.docker(&["logs", "box"]).ok().lines().count();
        let before = lines();
        wait_for("more lines", || (lines() > before).then_some(()));
        engine.kill();
        engine.launch();
    }
    assert_eq!(engine.inspect("box", ".State.Pid"), pid);
    engine.docker(&["kill", "box"]).ok();
    let out = engine.docker(&["logs", "box"]).ok();
    assert!(
        out.lines()
            .zip(1..)
            .all(|(line, number)| line == number.to_string())
    );
}

fn a_container_that_ended_meanwhile_kept_its_code(engine: &Engine) {
    let note = engine.write("note", "");
    let bind = format!("{}:/note", note.display());
    let script = "while [ ! -s /note ]; do sleep 0.05; done; echo last words; exit 23";
    engine
        .docker(&[
            "run", "-d", "--name", "box", "-v", &bind, "busybox", "sh", "-c", script,
        ])
        .ok();
    let pid = engine.inspect("box", ".State.Pid");
    engine.kill();
    std::fs::write(&note, "go").unwrap();
    wait_for("the container to end", || (!lives(&pid)).then_some(()));
    engine.launch();
    engine.wait_for_state("box", "exited");
    assert_eq!(engine.inspect("box", ".State.ExitCode"), "23");
    assert_eq!(engine.docker(&["logs", "box"]).ok(), "last words");
}

fn containers_and_images_are_still_there(engine: &Engine) {
    engine
        .docker(&["create", "--name", "made", "busybox", "echo", "made"])
        .ok();
    engine
        .docker(&["run", "--name", "ended", "busybox", "sh", "-c", "exit 4"])
        .fails_with(4);
    engine.docker(&["tag", "busybox", "another:name"]).ok();
    engine.kill();
    engine.launch();
    let names = engine
        .docker(&["ps", "-a", "--format", "{{.Names}} {{.State}}"])
        .ok();
    assert_eq!(names, "ended exited\nmade created");
    assert_eq!(engine.inspect("ended", ".State.ExitCode"), "4");
    assert_eq!(
        engine.inspect("another:name", ".Id"),
        engine.inspect("busybox", ".Id")
    );
    assert_eq!(engine.docker(&["start", "--attach", "made"]).ok(), "made");
}

fn a_paused_container_can_be_resumed(engine: &Engine) {
    engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sleep", "600"])
        .ok();
    engine.docker(&["pause", "box"]).ok();
    engine.kill();
    engine.launch();
    assert_eq!(engine.inspect("box", ".State.Status"), "paused");
    engine.docker(&["unpause", "box"]).ok();
    assert_eq!(engine.inspect("box", ".State.Status"), "running");
}

fn a_found_container_can_be_stopped_and_started(engine: &Engine) {
    let script = "trap 'exit 6' TERM; echo up; while :; do sleep 0.05; done";
    engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sh", "-c", script])
        .ok();
    let ups = || engine.docker(&["logs", "box"]).ok().lines().count();
    wait_for("the program to be up", || (ups() == 1).then_some(()));
    engine.kill();
    engine.launch();
    engine.docker(&["stop", "box"]).ok();
    assert_eq!(engine.inspect("box", ".State.ExitCode"), "6");
    engine.docker(&["start", "box"]).ok();
    wait_for("the program to be up again", || (ups() == 2).then_some(()));
}

fn killing_the_shim_is_said(engine: &Engine) {
    engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sleep", "600"])
        .ok();
    let pid = engine.inspect("box", ".State.Pid");
    kill_parent_of(&pid);
    engine.wait_for_state("box", "exited");
    wait_for("the container to end with its shim", || {
        (!lives(&pid)).then_some(())
    });
    let error = engine.inspect("box", ".State.Error");
    assert!(error.contains("supervisor"), "{error:?}");
}

fn removals_that_wait_are_finished_by_the_next_engine(engine: &Engine) {
    let post = |path: &str, body: &str| {
        let head = format!(
            "POST /gantry/v1/{path} HTTP/1.1\nConnection: close\nContent-Type: application/json"
        );
        http::send(engine, &head, body.as_bytes())
    };
    engine.docker(&["create", "--name", "box", "busybox"]).ok();
    engine.docker(&["tag", "busybox", "other:1"]).ok();
    engine.docker(&["rmi", "busybox"]).ok();
    let undone = post("containers/box/remove", r#"{"undo_ms":60000}"#).json();
    let token = undone["undo"].as_str().unwrap();
    assert_eq!(post(&format!("undo/{token}"), "").status, 204);
    for (path, body) in [
        ("containers/box/remove", r#"{"undo_ms":60000}"#),
        (
            "images/remove",
            r#"{"image":"other:1","force":true,"undo_ms":60000}"#,
        ),
    ] {
        assert_eq!(post(path, body).status, 200, "{path}");
    }
    let images = || engine.docker(&["images", "-q"]).ok();
    let containers = || engine.docker(&["ps", "-aq"]).ok();
    assert_eq!((images().as_str(), containers().as_str()), ("", ""));
    engine.kill();
    engine.launch();
    assert_eq!((images().as_str(), containers().as_str()), ("", ""));
    assert!(!engine.root().join("removals.json").exists());
}

fn a_reboot_ends_containers_and_nothing_else(engine: &Engine) {
    engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sleep", "600"])
        .ok();
    engine.kill();
    engine.reboot();
    engine.launch();
    engine.wait_for_state("box", "exited");
    engine.docker(&["start", "box"]).ok();
    assert_eq!(engine.inspect("box", ".State.Status"), "running");
}

fn a_spoilt_database_is_made_again(engine: &Engine) {
    engine
        .docker(&["create", "--name", "box", "busybox", "echo", "made"])
        .ok();
    engine.kill();
    for name in ["gantry.db", "gantry.db-wal"] {
        std::fs::write(
            engine.root().join(name),
            "this is no database\n".repeat(500),
        )
        .unwrap();
    }
    engine.launch();
    let images = engine
        .docker(&["images", "--format", "{{.Repository}}"])
        .ok();
    assert_eq!(images, "busybox");
    assert_eq!(engine.docker(&["start", "--attach", "box"]).ok(), "made");
}
