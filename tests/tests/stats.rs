//! What containers use: Docker's stats, and ours of all at once.

use std::io::BufRead;

use gantry_tests::{Engine, as_root_and_as_user, http, wait_for};
use serde_json::Value;

as_root_and_as_user!(
    docker_shows_what_a_container_uses,
    a_reading_tells_the_one_before_unless_one_is_enough,
    a_container_that_does_not_run_uses_nothing,
    a_stream_goes_on_over_a_stop_and_ends_with_the_container,
    what_a_program_holds_counts_as_its_memory,
    traffic_counts_where_the_container_has_a_network,
    every_process_counts,
    rounds_tell_of_all_that_run,
    a_history_is_kept_and_another_engine_measures_on,
    the_gantry_command_words_figures_as_dockers_does,
    the_processes_of_one_are_told_with_what_they_use,
);

/// Never at rest.
const BUSY: [&str; 3] = ["sh", "-c", "while :; do :; done"];
const SLEEP: [&str; 2] = ["sleep", "1000"];

fn stats(engine: &Engine, name: &str, query: &str) -> Value {
    http::get(engine, &format!("/v1.51/containers/{name}/stats?{query}")).json()
}

/// JSON lines of an endless answer.
fn lines(engine: &Engine, path: &str) -> impl Iterator<Item = Value> {
    let answer = http::get(engine, path);
    assert_eq!(answer.status, 200);
    let lines = answer.stream.lines().map_while(Result::ok);
    // Between the lines stand the sizes of chunks.
    lines.filter_map(|line| {
        line.starts_with('{')
            .then(|| serde_json::from_str(&line).unwrap())
    })
}

/// The round in which a container appears first, and what it says of it.
fn row(rounds: &mut impl Iterator<Item = Value>, id: &str) -> Value {
    rounds
        .find_map(|round| {
            let mut rows = round["rows"].as_array().unwrap().iter();
            rows.find(|row| row["id"] == id).cloned()
        })
        .expect("a round with the container")
}

fn docker_shows_what_a_container_uses(engine: &Engine) {
    engine.run_detached("busy", &[], &BUSY);
    engine.run_detached("calm", &[], &SLEEP);
    // The CLI waits two seconds for a figure, and then shows dashes.
    let shown = wait_for("figures", || {
        let shown = engine.docker(&["stats", "--no-stream", "--format", "{{json .}}"]);
        Some(shown.ok()).filter(|shown| !shown.contains("--"))
    });
    let rows: Vec<Value> = shown
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let cell = |name: &str, key: &str| {
        let row = rows.iter().find(|row| row["Name"] == name).unwrap();
        row[key].as_str().unwrap().to_owned()
    };
    let cpu = |name: &str| {
        cell(name, "CPUPerc")
            .replace('%', "")
            .parse::<f64>()
            .unwrap()
    };
    assert!(cpu("busy") > cpu("calm"), "{shown}");
    assert_eq!(cell("calm", "PIDs"), "1");
    assert!(cell("calm", "MemUsage").contains("iB / "), "{shown}");
    assert!(!cell("calm", "MemUsage").starts_with("0B"), "{shown}");
}

fn a_reading_tells_the_one_before_unless_one_is_enough(engine: &Engine) {
    let id = engine.run_detached("busy", &[], &BUSY);
    let one = stats(engine, "busy", "stream=false&one-shot=true");
    assert_eq!(one["preread"], "0001-01-01T00:00:00Z");
    assert_eq!(one["precpu_stats"]["cpu_usage"]["total_usage"], 0);
    let two = stats(engine, "busy", "stream=false");
    let total = |side: &str| two[side]["cpu_usage"]["total_usage"].as_u64().unwrap();
    assert!(total("cpu_stats") > total("precpu_stats"), "{two}");
    assert!(total("precpu_stats") > 0, "{two}");
    let system = |side: &str| two[side]["system_cpu_usage"].as_u64().unwrap();
    assert!(system("cpu_stats") > system("precpu_stats"), "{two}");
    assert_eq!(two["id"], id);
    assert_eq!(two["name"], "/busy");
    assert!(two["cpu_stats"]["online_cpus"].as_u64() >= Some(1));
    assert!(two["memory_stats"]["limit"].as_u64() > two["memory_stats"]["usage"].as_u64());
    assert!(two["blkio_stats"]["io_service_bytes_recursive"].is_array());
    assert!(two["blkio_stats"]["io_time_recursive"].is_null());
    let refused = http::get(engine, "/v1.51/containers/busy/stats?stream=1&one-shot=1");
    assert_eq!(refused.status, 400);
    assert_eq!(
        http::get(engine, "/v1.51/containers/none/stats").status,
        404
    );
}

fn a_container_that_does_not_run_uses_nothing(engine: &Engine) {
    engine.docker(&["create", "--name", "box", "busybox"]).ok();
    let found = stats(engine, "box", "stream=false");
    assert_eq!(found["name"], "/box");
    assert_eq!(found["read"], "0001-01-01T00:00:00Z");
    assert_eq!(found["memory_stats"], serde_json::json!({}));
    assert_eq!(found["cpu_stats"]["cpu_usage"]["total_usage"], 0);
    let shown = [
        "stats",
        "--all",
        "--no-stream",
        "--format",
        "{{.Name}} {{.CPUPerc}} {{.PIDs}}",
    ];
    assert_eq!(engine.docker(&shown).ok(), "box 0.00% 0");
}

fn a_stream_goes_on_over_a_stop_and_ends_with_the_container(engine: &Engine) {
    engine.run_detached("box", &[], &SLEEP);
    let mut readings = lines(engine, "/v1.51/containers/box/stats");
    let runs = |reading: &Value| reading["pids_stats"]["current"] == 1;
    assert!(readings.any(|reading| runs(&reading)));
    engine.docker(&["kill", "box"]).ok();
    assert!(readings.any(|reading| !runs(&reading)));
    engine.docker(&["start", "box"]).ok();
    assert!(readings.any(|reading| runs(&reading)));
    engine.docker(&["rm", "--force", "box"]).ok();
    // It ends.
    assert!(readings.count() < 1000);
}

fn what_a_program_holds_counts_as_its_memory(engine: &Engine) {
    let script = "x=$(head -c 20000000 /dev/zero | tr '\\0' a); echo up; sleep 1000; echo $x";
    engine.run_detached("box", &[], &["sh", "-c", script]);
    wait_for("the program to be up", || {
        let log = engine.docker(&["logs", "box"]).ok();
        log.contains("up").then_some(())
    });
    let found = stats(engine, "box", "stream=false&one-shot=true");
    let usage = found["memory_stats"]["usage"].as_u64().unwrap();
    assert!((20_000_000..500_000_000).contains(&usage), "{found}");
}

fn traffic_counts_where_the_container_has_a_network(engine: &Engine) {
    engine
        .docker(&["run", "-d", "--name", "box", "busybox", "sleep", "1000"])
        .ok();
    let gateway = engine.inspect("box", "range .NetworkSettings.Networks}}{{.Gateway}}{{end");
    let sent = |found: &Value| found["networks"]["eth0"]["tx_packets"].as_u64().unwrap();
    let before = stats(engine, "box", "stream=false&one-shot=true");
    engine
        .docker(&["exec", "box", "ping", "-c", "2", "-i", "0.1", &gateway])
        .ok();
    let after = stats(engine, "box", "stream=false&one-shot=true");
    assert!(sent(&after) >= sent(&before) + 2, "{before} {after}");
    engine.run_detached("alone", &[], &SLEEP);
    let alone = stats(engine, "alone", "stream=false&one-shot=true");
    assert!(alone.get("networks").is_none(), "{alone}");
}

fn every_process_counts(engine: &Engine) {
    let script = "for i in 1 2 3 4; do sleep 1000 & done; echo up; wait";
    engine.run_detached("box", &[], &["sh", "-c", script]);
    let mut readings = lines(engine, "/v1.51/containers/box/stats");
    assert!(readings.any(|reading| reading["pids_stats"]["current"] == 5));
    engine.docker(&["exec", "-d", "box", "sleep", "1000"]).ok();
    assert!(readings.any(|reading| reading["pids_stats"]["current"] == 6));
}

fn rounds_tell_of_all_that_run(engine: &Engine) {
    let busy = engine.run_detached("busy", &[], &BUSY);
    let calm = engine.run_detached("calm", &[], &SLEEP);
    let mut rounds = lines(engine, "/gantry/v1/stats");
    let first = row(&mut rounds, &busy);
    assert!(first["cpu"].as_f64().unwrap() > 0.0, "{first}");
    let calm = row(&mut rounds, &calm);
    assert_eq!(calm["pids"], 1, "{calm}");
    assert!(calm["memory"].as_u64().unwrap() > 0, "{calm}");
    let source = calm["source"].as_str().unwrap().to_owned();
    assert!(["cgroup", "processes"].contains(&&*source), "{calm}");
    let docker = stats(engine, "calm", "stream=false&one-shot=true");
    assert_eq!(docker["source"], source);
    // A limit of memory makes the kernel count it.
    let limited = [
        "run", "-d", "-m", "64m", "--cpus", "1", "busybox", "sleep", "1000",
    ];
    let limited = engine.docker(&limited);
    if limited.code == 0 {
        let row = row(&mut rounds, &limited.ok());
        assert_eq!(row["memory_limit"], 64 << 20, "{row}");
        assert_eq!(row["source"], "cgroup", "{row}");
    }
    engine.docker(&["kill", "busy"]).ok();
    rounds
        .find(|round| {
            let rows = round["rows"].as_array().unwrap();
            rows.iter().all(|row| row["id"] != busy)
        })
        .expect("a round without it");
}

fn a_history_is_kept_and_another_engine_measures_on(engine: &Engine) {
    engine.run_detached("busy", &[], &BUSY);
    let history = |query: &str| {
        let path = format!("/gantry/v1/containers/busy/stats{query}");
        http::get(engine, &path).json()
    };
    let points = || history("")["points"].as_array().unwrap().clone();
    let first = wait_for("a point of the history", || points().first().cloned());
    assert!(first["cpu"].as_f64().unwrap() > 0.0, "{first}");
    let hour = history("?span=hour");
    assert_eq!(hour["step"], 60, "{hour}");
    assert!(hour["points"][0]["cpu"].as_f64().unwrap() > 0.0, "{hour}");
    let other = http::get(engine, "/gantry/v1/containers/busy/stats?span=year");
    assert_eq!(other.status, 400);
    engine.kill();
    engine.launch();
    assert_eq!(points(), Vec::<Value>::new());
    let shown = engine.docker(&["stats", "--no-stream", "--format", "{{.PIDs}}"]);
    assert_eq!(shown.ok(), "1");
    wait_for("the history to go on", || points().first().cloned());
}

fn the_gantry_command_words_figures_as_dockers_does(engine: &Engine) {
    engine.run_detached("box", &[], &SLEEP);
    engine.docker(&["create", "--name", "new", "busybox"]).ok();
    let format = "{{.Name}} {{.PIDs}} {{.NetIO}}";
    for arguments in [
        &["stats", "--no-stream", "--format", format, "box"][..],
        &["stats", "--no-stream", "--format", format],
        &["stats", "--all", "--no-stream", "--format", format],
    ] {
        // Where figures are late the CLI shows dashes, and is asked again.
        wait_for("the same words", || {
            (engine.gantry(arguments).ok() == engine.docker(arguments).ok()).then_some(())
        });
    }
    let heading = |text: String| text.lines().next().unwrap().to_owned();
    let plain = ["stats", "--no-stream"];
    let ours = heading(engine.gantry(&plain).ok());
    let theirs = heading(engine.docker(&plain).ok());
    let words = |text: &str| {
        text.split("  ")
            .map(str::trim)
            .filter(|w| !w.is_empty())
            .collect::<Vec<_>>()
            .join("|")
    };
    assert_eq!(words(&ours), words(&theirs));
}

fn the_processes_of_one_are_told_with_what_they_use(engine: &Engine) {
    let script = "sleep 1001 & while :; do :; done";
    engine.run_detached("busy", &["--stop-timeout", "0"], &["sh", "-c", script]);
    let mut rounds = lines(engine, "/gantry/v1/containers/busy/processes");
    let row = |round: &Value, command: &str| {
        let rows = round["rows"].as_array().unwrap().iter();
        let mut rows = rows.filter(|row| row["command"].as_str().unwrap().starts_with(command));
        rows.next().cloned()
    };
    let round = rounds
        .find(|round| row(round, "sleep 1001").is_some())
        .expect("both of them");
    let busy = row(&round, "sh -c").expect("the first one");
    assert_eq!(busy["pid"], 1, "{busy}");
    assert_ne!(busy["host_pid"], 1, "{busy}");
    assert!(busy["memory"].as_u64().unwrap() > 4096, "{busy}");
    // As seen from its own start, or over a second: it never rests.
    let works = rounds.find(|round| {
        let busy = row(round, "sh -c");
        busy.is_some_and(|busy| busy["cpu"].as_f64().unwrap() > 5.0)
    });
    assert!(works.is_some(), "it works");
    engine.docker(&["rm", "-f", "busy"]).ok();
    assert_eq!(rounds.last(), None, "its end ends the list");
    let gone = http::get(engine, "/gantry/v1/containers/busy/processes");
    assert_eq!(gone.status, 404);
}
