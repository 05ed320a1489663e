//! `docker logs`: all of it, parts of it, and as it comes.

use gantry_tests::{Engine, as_root_and_as_user};

as_root_and_as_user!(
    all_lines_on_the_stream_they_came_from,
    the_last_lines,
    since_and_until_cut_by_time,
    times_are_rfc_3339_and_grow,
    following_shows_lines_as_they_come_and_ends_with_the_container,
    following_starts_with_the_tail,
    a_long_line_and_any_bytes_survive,
    many_lines_keep_their_order,
    a_missing_container_has_no_log,
);

fn run(engine: &Engine, script: &str) {
    engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sh", "-c", script])
        .ok();
}

fn run_to_the_end(engine: &Engine, script: &str) {
    run(engine, script);
    engine.docker(&["wait", "box"]).ok();
}

fn all_lines_on_the_stream_they_came_from(engine: &Engine) {
    run_to_the_end(engine, "echo one; echo two >&2; echo three");
    let logs = engine.docker(&["logs", "box"]);
    assert_eq!(
        (logs.out.as_str(), logs.err.as_str()),
        ("one\nthree\n", "two\n")
    );
}

fn the_last_lines(engine: &Engine) {
    run_to_the_end(engine, "seq 1 1000");
    assert_eq!(
        engine.docker(&["logs", "--tail", "3", "box"]).ok(),
        "998\n999\n1000"
    );
    assert_eq!(engine.docker(&["logs", "--tail", "0", "box"]).ok(), "");
    assert_eq!(
        engine
            .docker(&["logs", "--tail", "5000", "box"])
            .ok()
            .lines()
            .count(),
        1000
    );
}

fn since_and_until_cut_by_time(engine: &Engine) {
    run_to_the_end(
        engine,
        "echo first; sleep 1; echo second; sleep 1; echo third",
    );
    let lines = engine.docker(&["logs", "--timestamps", "box"]).ok();
    let second = lines
        .lines()
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .to_owned();
    let since = engine.docker(&["logs", "--since", &second, "box"]).ok();
    assert_eq!(since, "second\nthird");
    let until = engine.docker(&["logs", "--until", &second, "box"]).ok();
    assert!(
        until.starts_with("first") && !until.contains("third"),
        "{until}"
    );
}

fn times_are_rfc_3339_and_grow(engine: &Engine) {
    run_to_the_end(engine, "seq 1 50");
    let lines = engine.docker(&["logs", "--timestamps", "box"]).ok();
    let times: Vec<&str> = lines
        .lines()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(times.len(), 50);
    assert!(
        times
            .iter()
            .all(|time| time.len() == 30 && time.ends_with('Z')),
        "{times:?}"
    );
    assert!(times.is_sorted(), "{times:?}");
}

fn following_shows_lines_as_they_come_and_ends_with_the_container(engine: &Engine) {
    let note = engine.write("note", "");
    let bind = format!("{}:/note", note.display());
    let script = "echo before; while [ ! -s /note ]; do sleep 0.05; done; echo after";
    engine
        .docker(&[
            "run", "-d", "--name", "box", "-v", &bind, "busybox", "sh", "-c", script,
        ])
        .ok();
    let follow = engine.start_docker(&["logs", "--follow", "box"]);
    follow.says("before\n");
    assert!(!follow.out().contains("after"));
    std::fs::write(note, "go").unwrap();
    assert_eq!(follow.finish().ok(), "before\nafter");
}

fn following_starts_with_the_tail(engine: &Engine) {
    run_to_the_end(engine, "seq 1 9");
    let out = engine
        .docker(&["logs", "--follow", "--tail", "2", "box"])
        .ok();
    assert_eq!(out, "8\n9");
}

fn a_long_line_and_any_bytes_survive(engine: &Engine) {
    run_to_the_end(
        engine,
        "head -c 1000000 /dev/zero | tr '\\0' x; echo; printf 'a\\000\\377b\\n'",
    );
    let logs = engine.docker(&["logs", "box"]);
    assert_eq!(logs.out.find('\n'), Some(1_000_000));
    assert!(logs.out.ends_with("a\0\u{fffd}b\n"));
}

fn many_lines_keep_their_order(engine: &Engine) {
    run_to_the_end(engine, "seq 1 100000");
    let out = engine.docker(&["logs", "box"]).ok();
    assert!(
        out.lines()
            .zip(1..)
            .all(|(line, number)| line == number.to_string())
    );
    assert_eq!(out.lines().count(), 100_000);
}

fn a_missing_container_has_no_log(engine: &Engine) {
    let err = engine.docker(&["logs", "nothing"]).fails_with(1);
    assert!(err.contains("No such container: nothing"), "{err}");
}
