//! The `gantry` command: the same verbs, and an engine that starts by itself.

use gantry_tests::{Engine, as_root_and_as_user};

as_root_and_as_user!(
    the_usual_verbs_work,
    exit_codes_are_the_programs,
    it_starts_an_engine_when_there_is_none,
    help_names_every_verb,
);

fn the_usual_verbs_work(engine: &Engine) {
    assert_eq!(
        engine
            .gantry(&["run", "--rm", "busybox", "echo", "hello"])
            .ok(),
        "hello"
    );
    engine
        .gantry(&["run", "-d", "--name", "box", "busybox", "sleep", "600"])
        .ok();
    assert!(engine.gantry(&["ps"]).ok().contains("busybox"));
    assert!(engine.gantry(&["images"]).ok().contains("busybox"));
    engine.gantry(&["stop", "--time", "0", "box"]).ok();
    engine.gantry(&["start", "box"]).ok();
    engine.gantry(&["pause", "box"]).ok();
    engine.gantry(&["unpause", "box"]).ok();
    engine.gantry(&["kill", "box"]).ok();
    engine.gantry(&["logs", "box"]).ok();
    engine.gantry(&["commit", "box", "mine:1"]).ok();
    let path = engine.file("mine.tar");
    let path = path.to_str().unwrap();
    engine.gantry(&["save", "-o", path, "mine:1"]).ok();
    engine.gantry(&["rm", "box"]).ok();
    engine.gantry(&["rmi", "mine:1"]).ok();
    assert!(engine.gantry(&["load", "-i", path]).ok().contains("mine:1"));
}

fn exit_codes_are_the_programs(engine: &Engine) {
    engine
        .gantry(&["run", "--rm", "busybox", "sh", "-c", "exit 42"])
        .fails_with(42);
    engine
        .gantry(&["run", "--rm", "busybox", "nothing-here"])
        .fails_with(127);
    engine
        .gantry(&["run", "--rm", "nothing-here"])
        .fails_with(125);
}

fn it_starts_an_engine_when_there_is_none(engine: &Engine) {
    engine.kill();
    assert!(engine.gantry(&["images"]).ok().contains("busybox"));
    engine.docker(&["version"]).ok();
}

fn help_names_every_verb(engine: &Engine) {
    let help = engine.gantry(&["--help"]).ok();
    for verb in [
        "run", "ps", "images", "load", "save", "commit", "logs", "engine", "web",
    ] {
        assert!(
            help.lines().any(|line| line.trim_start().starts_with(verb)),
            "{verb} in {help}"
        );
    }
}
