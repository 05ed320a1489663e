//! What Gantry takes while nothing happens.

use std::{fs, thread, time::Duration};

use gantry_tests::Engine;

use crate::{
    Effort,
    command::{gantry, run, usual_engine},
    report::{Report, Row},
    samples::Samples,
};

pub fn measure(effort: Effort, report: &mut Report) {
    let engine = match usual_engine() {
        Ok(engine) => engine,
        Err(why) => return report.skip("memory", why),
    };
    let sleep = ["run", "-d", "--network", "none", "busybox", "sleep", "1000"];
    for _ in 0..effort.of(3, 10) {
        run(&mut gantry(&engine, sleep));
    }
    thread::sleep(Duration::from_secs(2));
    let processes = processes(&engine);
    let memory = |name: &str| {
        let pids = processes.iter().filter(|(_, of)| of == name);
        pids.map(|(pid, _)| private_mib(*pid)).collect::<Samples>()
    };
    report.add(Row::new("private memory of a shim", "MiB", memory("gantry-shim")).at_most(2.0));
    report.add(Row::new("private memory of the engine", "MiB", memory("gantry")).at_most(25.0));

    let seconds = effort.of(5, 30);
    let before: Vec<u64> = processes.iter().map(|(pid, _)| switches(*pid)).collect();
    thread::sleep(Duration::from_secs(seconds));
    let rates = processes
        .iter()
        .zip(before)
        .map(|((pid, _), before)| switches(*pid).saturating_sub(before) as f64 / seconds as f64);
    let busiest = rates.fold(0.0, f64::max);
    report.add(
        Row::new(
            "voluntary context switches, busiest idle process",
            "/s",
            Samples::one(busiest),
        )
        .at_most(1.0),
    );
    run(&mut {
        let all = run(&mut gantry(&engine, ["ps", "-q"]));
        let mut remove = gantry(&engine, ["rm", "--force"]);
        remove.args(all.split_whitespace());
        remove
    });
}

/// The engine and its shims: what names its data on the command line.
fn processes(engine: &Engine) -> Vec<(u32, String)> {
    let root = engine.root().to_string_lossy().into_owned();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("/proc").flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let command = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let name = command.split('\0').next().unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or_default();
        if command.contains(&root) && (name == "gantry" || name == "gantry-shim") {
            found.push((pid, name.to_owned()));
        }
    }
    found
}

fn private_mib(pid: u32) -> f64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let private = rollup.lines().filter(|line| line.starts_with("Private_"));
    let kib: u64 = private
        .filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
        .sum();
    kib as f64 / 1024.0
}

/// Voluntary context switches of all threads.
fn switches(pid: u32) -> u64 {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"));
    let tasks = tasks.into_iter().flatten().flatten();
    tasks
        .filter_map(|task| fs::read_to_string(task.path().join("status")).ok())
        .filter_map(|status| {
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            line?.trim().parse::<u64>().ok()
        })
        .sum()
}
