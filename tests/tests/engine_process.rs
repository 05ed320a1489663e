//! The engine as a process: its start, its lock, its end.

use std::{
    os::unix::fs::PermissionsExt,
    time::{Duration, Instant},
};

use gantry_pack::{Archive, fixtures};
use gantry_tests::{Engine, Running, as_root_and_as_user, wait_for};

as_root_and_as_user!(
    one_engine_per_data_root,
    the_socket_is_for_its_owner_only,
    it_ends_on_sigterm_and_leaves_containers_alone,
    a_socket_left_over_is_taken_again,
    engines_with_other_roots_do_not_see_each_other,
    an_idle_engine_leaves_but_not_before_its_containers,
    a_misspelt_setting_is_an_error,
    what_a_load_may_cost_is_a_setting,
);

fn one_engine_per_data_root(engine: &Engine) {
    let second = Running::start(&mut engine.engine_command()).finish();
    assert_ne!(second.code, 0, "{second:?}");
    assert!(!second.out.contains("ready"), "{second:?}");
    assert!(
        second.err.contains(engine.root().to_str().unwrap()),
        "{second:?}"
    );
    engine.docker(&["version"]).ok();
}

fn the_socket_is_for_its_owner_only(engine: &Engine) {
    let mode = std::fs::metadata(engine.socket())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

fn it_ends_on_sigterm_and_leaves_containers_alone(engine: &Engine) {
    engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sleep", "600"])
        .ok();
    let pid = engine.inspect("box", ".State.Pid");
    assert_eq!(engine.terminate().code, 0);
    assert!(!engine.socket().exists());
    engine.launch();
    assert_eq!(engine.inspect("box", ".State.Pid"), pid);
}

fn a_socket_left_over_is_taken_again(engine: &Engine) {
    engine.kill();
    assert!(engine.socket().exists());
    engine.launch();
    engine.docker(&["version"]).ok();
}

fn engines_with_other_roots_do_not_see_each_other(engine: &Engine) {
    engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sleep", "600"])
        .ok();
    let other = Engine::start(engine.identity().clone());
    assert_eq!(other.docker(&["ps", "-aq"]).ok(), "");
    assert_eq!(other.docker(&["images", "-q"]).ok(), "");
    drop(other);
    wait_for("the first to go on", || {
        (engine.inspect("box", ".State.Status") == "running").then_some(())
    });
}

fn an_idle_engine_leaves_but_not_before_its_containers(engine: &Engine) {
    engine.terminate();
    let config = engine.write("config.toml", "idle_exit_seconds = 1\n");
    engine.launch_with(&["--config", config.to_str().unwrap()]);
    let begin = Instant::now();
    engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sleep", "3"])
        .ok();
    assert_eq!(engine.outlive().code, 0);
    assert!(
        begin.elapsed() >= Duration::from_secs(3),
        "{:?}",
        begin.elapsed()
    );
    assert!(!engine.socket().exists());
    engine.launch();
    assert_eq!(engine.inspect("box", ".State.ExitCode"), "0");
}

fn what_a_load_may_cost_is_a_setting(engine: &Engine) {
    engine.terminate();
    let config = engine.write("config.toml", "[limits]\nlayers = 2\n");
    engine.launch_with(&["--config", config.to_str().unwrap()]);
    let images = [fixtures::whiteouts("four:1").unwrap()];
    let archive = engine.write("four.tar", Archive::Docker.to_vec(&images).unwrap());
    let load = ["load", "-i", archive.to_str().unwrap()];
    let err = engine.docker(&load).fails_with(1);
    assert!(err.contains("more than 2 layers"), "{err}");
}

fn a_misspelt_setting_is_an_error(engine: &Engine) {
    engine.terminate();
    let config = engine.write("config.toml", "idle_exit_secnods = 1\n");
    let mut command = engine.engine_command();
    let refused = Running::start(command.arg("--config").arg(config)).finish();
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("idle_exit_secnods"), "{refused:?}");
}
