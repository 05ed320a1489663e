//! A log of a million lines, as /gantry/v1 and `docker logs` give it.

use gantry_tests::{Engine, http};

use crate::{
    Effort,
    command::{gantry, run, usual_engine},
    peers::Peer,
    report::{Report, Row},
    samples::Samples,
};

pub const LINES: usize = 1_000_000;

/// Prints a million lines of a hundred letters.
pub const SCRIPT: &str = "yes 'INFO 2026-01-31 14:31:57 GET /api/products?page=1&per=48 200 38 ms \
    client=10.2.3.4 agent=curl id=' | head -n 1000000 | awk '{ print $0 NR }'";

pub fn measure(effort: Effort, report: &mut Report) {
    let engine = match usual_engine() {
        Ok(engine) => engine,
        Err(why) => return report.skip("1 M log lines", why),
    };
    let written = print_a_million(&engine);
    let rate = LINES as f64 / written * 1000.0;
    report.add(Row::new(
        "lines written and logged",
        "/s",
        Samples::one(rate),
    ));

    let count = effort.of(5, 20);
    let ask = |path: &str| {
        let head =
            format!("GET /gantry/v1/containers/printer/log{path} HTTP/1.1\nConnection: close");
        http::send_early(&engine, &head, b"").body()
    };
    let range = |path: &str| Samples::timed(count, || assert!(ask(path).len() > 4000));
    let tail = range("/stream?tail=60");
    report.add(Row::new("1 M log lines: the last 60", "ms", tail).at_most(300.0));
    let middle = range("/stream?from=500000&limit=60");
    report.add(Row::new("1 M log lines: 60 in the middle", "ms", middle).at_most(100.0));
    for (what, path) in [
        ("rare find", "/search?q=id=777777"),
        ("a find in every line", "/search?q=products"),
        ("regular expression", "/search?regex=1&q=id=%5Cd*77777%24"),
    ] {
        let found = Samples::timed(count, || assert!(ask(path).ends_with(b"true}\n")));
        let what = format!("1 M log lines: search all, {what}");
        report.add(Row::new(what, "ms", found).at_most(1000.0));
    }

    let read = Samples::timed(effort.of(1, 5), || {
        let out = gantry(&engine, ["logs", "printer"])
            .output()
            .expect("gantry");
        assert!(out.stdout.len() > 100 * LINES);
    });
    let mut row = Row::new("gantry logs, 1 M lines", "ms", read);
    if effort == Effort::Full {
        let folder = tempfile::tempdir().expect("a folder");
        for peer in Peer::all(folder.path()) {
            let create = [
                "run",
                "--name",
                "gantry-bench-log",
                "--network",
                "none",
                "busybox",
            ];
            let mut command = peer.command(create);
            run(command.args(["sh", "-c", SCRIPT]));
            let theirs = Samples::timed(2, || {
                run(&mut peer.command(["logs", "gantry-bench-log"]));
            });
            run(&mut peer.command(["rm", "gantry-bench-log"]));
            row = row.peer(peer.name, &theirs);
        }
    }
    report.add(row);
}

/// Runs `printer` to its end; how long that took in milliseconds.
pub fn print_a_million(engine: &Engine) -> f64 {
    let create = [
        "create",
        "--name",
        "printer",
        "--network",
        "none",
        "busybox",
    ];
    run(gantry(engine, create).args(["sh", "-c", SCRIPT]));
    crate::samples::millis(|| {
        run(&mut gantry(engine, ["start", "printer"]));
        run(&mut gantry(engine, ["wait", "printer"]));
    })
}
