//! `/gantry/v1/containers/…/log`: a long log by the numbers of its lines, searched and watched.

use std::io::BufRead;

use gantry_tests::{
    Engine, as_root_and_as_user,
    http::{self, Answer},
};
use serde_json::Value;

as_root_and_as_user!(
    a_range_is_read_from_the_middle,
    one_stream_is_read_alone,
    a_time_finds_its_line,
    the_whole_log_is_searched,
    a_search_goes_on_as_lines_come,
    news_tell_how_far_the_log_goes,
    rotation_keeps_what_docker_would_keep,
    drivers_are_taken_as_docker_takes_them,
    a_terminal_is_logged_raw,
    a_reader_that_does_not_read_slows_nothing,
);

/// Runs a script to its end; its options come before the image.
fn run(engine: &Engine, options: &[&str], script: &str) {
    let mut arguments = vec!["run", "--name", "box", "--network", "none"];
    arguments.extend_from_slice(options);
    arguments.extend(["busybox", "sh", "-c", script]);
    engine.docker(&arguments).ok();
}

fn quietly(engine: &Engine, script: &str) {
    engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sh", "-c", script])
        .ok();
    engine.docker(&["wait", "box"]).ok();
}

fn get(engine: &Engine, path: &str) -> Answer {
    let head = format!("GET /gantry/v1/containers/box/log{path} HTTP/1.1\nConnection: close");
    let answer = http::send_early(engine, &head, b"");
    assert_eq!(answer.status, 200, "{path}");
    answer
}

/// The lines of an answer that ends.
fn lines(engine: &Engine, path: &str) -> Vec<Value> {
    let body = String::from_utf8(get(engine, path).body()).unwrap();
    body.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The numbers and texts of a range.
fn texts(engine: &Engine, path: &str) -> Vec<(u64, String)> {
    let batches = lines(engine, path);
    let lines = batches
        .iter()
        .flat_map(|batch| batch["lines"].as_array().unwrap());
    lines
        .map(|line| {
            let text = line["text"].as_str().unwrap().to_owned();
            (line["number"].as_u64().unwrap(), text)
        })
        .collect()
}

fn runs(items: &[Value]) -> Vec<(u64, u64, u64)> {
    let runs = items
        .iter()
        .flat_map(|item| item["runs"].as_array().unwrap());
    runs.map(|run| {
        let number = |at: usize| run[at].as_u64().unwrap();
        (number(0), number(1), number(2))
    })
    .collect()
}

/// Reads items of an open stream until one fits.
fn until(answer: &mut Answer, fits: impl Fn(&Value) -> bool) -> Value {
    loop {
        let mut line = String::new();
        answer.stream.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "the stream ended");
        if let Ok(item) = serde_json::from_str(&line)
            && fits(&item)
        {
            return item;
        }
    }
}

fn a_range_is_read_from_the_middle(engine: &Engine) {
    quietly(engine, "seq 1 200000");
    let range = texts(engine, "/stream?from=150000&limit=3");
    let wanted = [150_000, 150_001, 150_002].map(|number| (number, number.to_string()));
    assert_eq!(range, wanted);
    assert_eq!(texts(engine, "/stream?from=200000&limit=9").len(), 1);
    assert_eq!(texts(engine, "/stream?tail=2")[0].0, 199_999);
    let extent = get(engine, "").json();
    assert_eq!(
        (&extent["first"], &extent["last"]),
        (&1.into(), &200_000.into())
    );
}

fn one_stream_is_read_alone(engine: &Engine) {
    quietly(
        engine,
        "seq 1 5000; echo bad >&2; seq 1 5000; echo worse >&2",
    );
    assert_eq!(get(engine, "").json()["stderr"], 2);
    let errors = texts(engine, "/stream?from=1&side=stderr");
    assert_eq!(errors.len(), 2);
    assert!(errors[0].1 == "bad" && errors[1].1 == "worse");
    // Two pipes are not read in step: the lines may have become neighbours.
    let found = runs(&lines(engine, "/search?side=stderr"));
    assert_eq!(found.iter().map(|run| run.1).sum::<u64>(), 2);
    let refused = http::send_early(
        engine,
        "GET /gantry/v1/containers/box/log/stream?side=left HTTP/1.1\nConnection: close",
        b"",
    );
    assert_eq!(refused.status, 400);
}

fn a_time_finds_its_line(engine: &Engine) {
    quietly(engine, "seq 1 3000; sleep 1; echo late; seq 1 3000");
    let stamped = engine.docker(&["logs", "--timestamps", "box"]).ok();
    let late = stamped.lines().find(|line| line.ends_with("late")).unwrap();
    let time = late.split(' ').next().unwrap();
    let found = texts(engine, &format!("/stream?since={time}&limit=1"));
    assert_eq!(found, [(3001, "late".to_owned())]);
}

fn the_whole_log_is_searched(engine: &Engine) {
    quietly(engine, "seq 1 200000; echo Needle needle");
    let found = lines(engine, "/search?q=NEEDLE");
    assert_eq!(runs(&found), [(200_001, 1, 2)]);
    assert_eq!(found.last().unwrap()["searched"], 200_001);
    assert_eq!(runs(&lines(engine, "/search?q=NEEDLE&case=1")), []);
    assert_eq!(
        runs(&lines(engine, "/search?q=19999&from=100000")),
        [(119_999, 1, 1), (199_990, 10, 1)]
    );
    assert_eq!(
        runs(&lines(engine, "/search?q=%5E1%280%2B%291%24&regex=1")),
        [(101, 1, 1), (1001, 1, 1), (10_001, 1, 1), (100_001, 1, 1)]
    );
    let refused = http::send_early(
        engine,
        "GET /gantry/v1/containers/box/log/search?q=%28&regex=1 HTTP/1.1\nConnection: close",
        b"",
    );
    assert_eq!(refused.status, 400);
}

fn a_search_goes_on_as_lines_come(engine: &Engine) {
    let note = engine.write("note", "");
    let bind = format!("{}:/note", note.display());
    let script = "echo one find; while [ ! -s /note ]; do sleep 0.05; done; echo another find";
    engine
        .docker(&[
            "run", "-d", "--name", "box", "-v", &bind, "busybox", "sh", "-c", script,
        ])
        .ok();
    let mut search = get(engine, "/search?q=find&follow=1");
    until(&mut search, |item| {
        item["runs"] == serde_json::json!([[1, 1, 1]])
    });
    std::fs::write(note, "go").unwrap();
    until(&mut search, |item| {
        item["runs"] == serde_json::json!([[2, 1, 1]])
    });
}

fn news_tell_how_far_the_log_goes(engine: &Engine) {
    quietly(engine, "seq 1 100000; seq 1 50 >&2");
    let mut watch = get(engine, "/watch?lines=5");
    let news = until(&mut watch, |item| item["extent"]["last"] == 100_050);
    assert_eq!(news["extent"]["stderr"], 50);
    let lines = news["lines"].as_array().unwrap();
    assert_eq!((lines.len(), &lines[4]["text"]), (5, &"50".into()));
    // Over the next start as well.
    until(&mut watch, |item| item["ended"] == true);
    engine.docker(&["start", "box"]).ok();
    until(&mut watch, |item| item["extent"]["last"] == 200_100);
}

fn rotation_keeps_what_docker_would_keep(engine: &Engine) {
    let options = ["--log-opt", "max-size=200k", "--log-opt", "max-file=3"];
    run(engine, &[&["-d"][..], &options].concat(), "seq 1 100000");
    engine.docker(&["wait", "box"]).ok();
    let extent = get(engine, "").json();
    let bytes = extent["bytes"].as_u64().unwrap();
    assert!((400_000..700_000).contains(&bytes), "{extent}");
    let kept = engine.docker(&["logs", "box"]).ok();
    let first = extent["first"].as_u64().unwrap();
    assert_eq!(kept.lines().next(), Some(&*first.to_string()));
    assert!(kept.ends_with("\n100000"));
    assert_eq!(kept.lines().count() as u64, 100_000 - first + 1);
    assert_eq!(
        engine.docker(&["logs", "--tail", "1", "box"]).ok(),
        "100000"
    );
}

fn drivers_are_taken_as_docker_takes_them(engine: &Engine) {
    run(engine, &["--log-driver", "local"], "echo kept");
    assert_eq!(engine.docker(&["logs", "box"]).ok(), "kept");
    engine.docker(&["rm", "box"]).ok();
    run(engine, &["--log-driver", "none"], "echo gone");
    let err = engine.docker(&["logs", "box"]).fails_with(1);
    assert!(err.contains("does not support reading"), "{err}");
    let arguments = ["create", "--log-driver", "syslog", "busybox"];
    let err = engine.docker(&arguments).fails_with(1);
    assert!(err.contains("syslog"), "{err}");
    let arguments = ["create", "--log-opt", "max-size=0", "busybox"];
    engine.docker(&arguments).fails_with(1);
}

fn a_terminal_is_logged_raw(engine: &Engine) {
    run(
        engine,
        &["-d", "-t"],
        "printf 'a\\nb\\033[1m\\n'; echo c >&2",
    );
    engine.docker(&["wait", "box"]).ok();
    let out = engine.docker(&["logs", "box"]);
    assert_eq!(out.out, "a\r\nb\u{1b}[1m\r\nc\r\n");
    assert_eq!(out.err, "");
}

fn a_reader_that_does_not_read_slows_nothing(engine: &Engine) {
    engine
        .docker(&["create", "--name", "box", "busybox", "seq", "1", "300000"])
        .ok();
    // Opened, and never read.
    let paths = ["/stream?from=1&follow=1", "/watch", "/search?q=1&follow=1"];
    let _idle: Vec<Answer> = paths.iter().map(|path| get(engine, path)).collect();
    engine.docker(&["start", "box"]).ok();
    assert_eq!(engine.docker(&["wait", "box"]).ok(), "0");
    assert_eq!(
        engine.docker(&["logs", "--tail", "1", "box"]).ok(),
        "300000"
    );
}
