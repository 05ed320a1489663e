//! `docker run`: what goes in, what comes out, how it ends.

use gantry_tests::{Engine, as_root_and_as_user};

as_root_and_as_user!(
    prints_what_the_program_prints,
    both_streams_stay_apart,
    the_exit_code_is_the_programs,
    a_signal_is_128_plus_its_number,
    a_missing_command_is_127,
    a_file_that_is_no_program_is_126,
    an_engine_error_is_125,
    standard_input_is_passed_on,
    environment_directory_and_user,
    an_entrypoint_takes_the_place_of_the_images,
    a_bind_mount_is_the_same_file,
    a_read_only_bind_mount_cannot_be_written,
    removed_after_the_end,
    detached_prints_the_id,
    a_taken_name_is_refused,
    the_container_sees_only_itself,
    without_a_network_there_is_only_lo,
    a_read_only_root_cannot_be_written,
    a_tmpfs_is_writable_and_its_own,
);

fn prints_what_the_program_prints(engine: &Engine) {
    let out = engine
        .docker(&["run", "--rm", "busybox", "echo", "hello", "there"])
        .ok();
    assert_eq!(out, "hello there");
}

fn both_streams_stay_apart(engine: &Engine) {
    let run = engine.docker(&[
        "run",
        "--rm",
        "busybox",
        "sh",
        "-c",
        "echo out; echo err >&2",
    ]);
    assert_eq!((run.out.as_str(), run.code), ("out\n", 0), "{run:?}");
    assert!(run.err.ends_with("err\n"), "{run:?}");
}

fn the_exit_code_is_the_programs(engine: &Engine) {
    engine
        .docker(&["run", "--name", "box", "busybox", "sh", "-c", "exit 42"])
        .fails_with(42);
    assert_eq!(engine.inspect("box", ".State.ExitCode"), "42");
    assert_eq!(engine.inspect("box", ".State.Status"), "exited");
}

fn a_signal_is_128_plus_its_number(engine: &Engine) {
    // The shell is process 1, which ignores what it does not handle; its child is not.
    let script = "sh -c 'kill -9 $$'; exit $?";
    engine
        .docker(&["run", "--rm", "busybox", "sh", "-c", script])
        .fails_with(137);
}

fn a_missing_command_is_127(engine: &Engine) {
    let err = engine
        .docker(&["run", "--name", "box", "busybox", "no-such-program"])
        .fails_with(127);
    assert!(err.contains("no-such-program"), "{err}");
    assert_eq!(engine.inspect("box", ".State.ExitCode"), "127");
}

fn a_file_that_is_no_program_is_126(engine: &Engine) {
    engine
        .docker(&["run", "--rm", "busybox", "/etc/passwd"])
        .fails_with(126);
}

fn an_engine_error_is_125(engine: &Engine) {
    let err = engine
        .docker(&["run", "--pull", "never", "no-such-image"])
        .fails_with(125);
    assert!(err.contains("No such image"), "{err}");
}

fn standard_input_is_passed_on(engine: &Engine) {
    let mut run = engine.start_docker(&["run", "-i", "--rm", "busybox", "cat"]);
    run.write("first\nsecond\n");
    assert_eq!(run.finish().ok(), "first\nsecond");
}

fn environment_directory_and_user(engine: &Engine) {
    let script = "echo $GREETING; pwd; id -un; id -gn; id -G";
    let out = engine
        .docker(&[
            "run",
            "--rm",
            "-e",
            "GREETING=hi there",
            "-w",
            "/var/made",
            "-u",
            "alice",
            "busybox",
            "sh",
            "-c",
            script,
        ])
        .ok();
    assert_eq!(out, "hi there\n/var/made\nalice\nalice\n1000 50");
    let out = engine.docker(&[
        "run",
        "--rm",
        "-u",
        "5:7",
        "busybox",
        "sh",
        "-c",
        "id -u; id -g",
    ]);
    assert_eq!(out.ok(), "5\n7");
}

fn an_entrypoint_takes_the_place_of_the_images(engine: &Engine) {
    let run = engine.docker(&[
        "run",
        "--rm",
        "--entrypoint",
        "/bin/echo",
        "busybox",
        "a",
        "b",
    ]);
    assert_eq!(run.ok(), "a b");
}

fn a_bind_mount_is_the_same_file(engine: &Engine) {
    let file = engine.write("note", "from outside\n");
    let bind = format!("{}:/note", file.display());
    let script = "cat /note; echo from inside > /note";
    let out = engine
        .docker(&["run", "--rm", "-v", &bind, "busybox", "sh", "-c", script])
        .ok();
    assert_eq!(out, "from outside");
    assert_eq!(std::fs::read_to_string(file).unwrap(), "from inside\n");
}

fn a_read_only_bind_mount_cannot_be_written(engine: &Engine) {
    let file = engine.write("note", "kept\n");
    let bind = format!("{}:/note:ro", file.display());
    let run = engine.docker(&[
        "run",
        "--rm",
        "-v",
        &bind,
        "busybox",
        "sh",
        "-c",
        "echo x > /note",
    ]);
    assert!(run.fails_with(1).contains("Read-only file system"));
    assert_eq!(std::fs::read_to_string(file).unwrap(), "kept\n");
}

fn removed_after_the_end(engine: &Engine) {
    engine.docker(&["run", "--rm", "busybox", "true"]).ok();
    assert_eq!(engine.docker(&["ps", "--all", "--quiet"]).ok(), "");
}

fn detached_prints_the_id(engine: &Engine) {
    let id = engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sleep", "600"])
        .ok();
    assert!(
        id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{id}"
    );
    assert_eq!(engine.inspect("box", ".Id"), id);
    assert_eq!(engine.inspect("box", ".State.Running"), "true");
}

fn a_taken_name_is_refused(engine: &Engine) {
    engine.docker(&["create", "--name", "box", "busybox"]).ok();
    let err = engine
        .docker(&["run", "--name", "box", "busybox"])
        .fails_with(125);
    assert!(
        err.contains("Conflict") && err.contains("\"/box\""),
        "{err}"
    );
}

fn the_container_sees_only_itself(engine: &Engine) {
    let run = ["run", "--rm", "--hostname", "inside", "busybox", "sh", "-c"];
    let script = "echo $$; hostname; ls /proc | grep -c '^[0-9]*$'; ls /";
    let out = engine.docker(&[&run[..], &[script]].concat()).ok();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[..2], ["1", "inside"], "{out}");
    assert!(lines[2].parse::<u32>().unwrap() <= 4, "{out}");
    assert!(!out.contains("oldroot"), "{out}");
}

fn without_a_network_there_is_only_lo(engine: &Engine) {
    let script = "ls /sys/class/net; ping -c 1 -w 2 127.0.0.1 >/dev/null && echo up";
    let run = engine.run(&[], &["sh", "-c", script]);
    assert_eq!(run.ok(), "lo\nup");
}

fn a_read_only_root_cannot_be_written(engine: &Engine) {
    let run = engine.docker(&["run", "--rm", "--read-only", "busybox", "touch", "/x"]);
    assert!(run.fails_with(1).contains("Read-only file system"));
}

fn a_tmpfs_is_writable_and_its_own(engine: &Engine) {
    let script = "touch /scratch/x && mount | grep -c 'on /scratch type tmpfs'";
    let out = engine.shell(&["--read-only", "--tmpfs", "/scratch"], script);
    assert_eq!(out, "1");
}
