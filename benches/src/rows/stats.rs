//! What it costs to know what containers use.

use std::{fs, io::BufRead};

use gantry_tests::{Engine, http};

use crate::{
    Effort,
    command::{gantry, run, usual_engine},
    report::{Report, Row},
    samples::Samples,
};

const MANY: usize = 100;

pub fn measure(effort: Effort, report: &mut Report) {
    let what = format!("processor time of one reading of {MANY} containers");
    let engine = match usual_engine() {
        Ok(engine) => engine,
        Err(why) => return report.skip(what, why),
    };
    for _ in 0..MANY {
        let sleep = ["run", "-d", "--network", "none", "busybox", "sleep", "1000"];
        run(&mut gantry(&engine, sleep));
    }
    let mut rounds = http::get(&engine, "/gantry/v1/stats").stream.lines();
    let mut round = || {
        let line = rounds.find(|line| line.as_ref().is_ok_and(|line| line.starts_with('{')));
        line.expect("a round").expect("the engine answers")
    };
    // The first one opens the files.
    let first = round();
    let read = (0..effort.of(10, 60)).map(|_| {
        let before = processor_ms(&engine);
        round();
        processor_ms(&engine) - before
    });
    let read = read.collect::<Samples>();
    let source = if first.contains("\"processes\"") {
        "the whole engine; memory summed over processes"
    } else {
        "the whole engine; from control groups"
    };
    report.add(Row::new(what, "ms", read).at_most(10.0).note(source));
    let all = run(&mut gantry(&engine, ["ps", "-q"]));
    let mut remove = gantry(&engine, ["rm", "--force"]);
    remove.args(all.split_whitespace());
    run(&mut remove);
}

/// What all threads of the engine spent, as the scheduler counts it.
fn processor_ms(engine: &Engine) -> f64 {
    let tasks = fs::read_dir(format!("/proc/{}/task", engine.pid()));
    let spent = tasks.into_iter().flatten().flatten().filter_map(|task| {
        let schedstat = fs::read_to_string(task.path().join("schedstat")).ok()?;
        schedstat.split(' ').next()?.parse::<u64>().ok()
    });
    spent.sum::<u64>() as f64 / 1e6
}
