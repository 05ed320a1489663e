//! Pulling from a registry on the loopback and pushing to one.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    thread,
};

use gantry_tests::{Engine, registry::Registry};

use super::images::{hash, small_files};
use crate::{
    Effort,
    command::{gantry, program, run, usual_engine},
    report::{Report, Row},
    samples::{Samples, millis},
};

const LAYERS: u64 = 6;

pub fn measure(effort: Effort, report: &mut Report) {
    let engine = match usual_engine() {
        Ok(engine) => engine,
        Err(why) => return report.skip("registry", why),
    };
    let (Some(from), Some(to)) = (Registry::plain(), Registry::plain()) else {
        return report.skip("registry", "no docker-registry here");
    };
    let size = effort.of(100 << 20, 1 << 30);
    let label = format!("{} MiB of small files", size >> 20);
    let rounds = effort.of(1, 3);
    // Another image each time, for the reason that the rows of loading have.
    let hold = |number| {
        from.hold(
            &format!("small-files:{number}"),
            &small_files(number, LAYERS, size),
        )
    };
    let name = hold(1);
    let blobs = blobs(&from.data());
    let names: Vec<String> = std::iter::once(name.clone())
        .chain((2..=rounds).map(hold))
        .collect();

    let bound = Samples::cold(rounds, || on_all_cores(&blobs, unzip));
    let pull = |name: &str| run(&mut gantry(&engine, ["pull", "--quiet", name]));
    let pulled = names.iter().map(|name| {
        millis(|| {
            pull(name);
        })
    });
    let pulled: Samples = pulled.collect();
    report.add(Row::new(format!("pull {label}"), "ms", pulled).at_most_of(1.25, "gunzip", &bound));
    let again = Samples::timed(effort.of(5, 30), || {
        pull(&name);
    });
    report.add(Row::new(format!("pull {label} again"), "ms", again).at_most(30.0));

    let bound = Samples::timed(rounds, || on_all_cores(&blobs, hash));
    // Then the registry has every layer.
    let pushed: Samples = names
        .iter()
        .zip(1..)
        .map(|(name, number)| push(&engine, name, &to.name(&format!("pushed:{number}"))))
        .collect();
    let others: Samples = names.iter().map(|name| push_by_skopeo(name)).collect();
    report.add(
        Row::new(format!("push {label}"), "ms", pushed)
            .at_most_of(1.3, "reading and hashing", &bound)
            .peer("skopeo", &others)
            .note("the registry hashes and writes what comes, on the same cores"),
    );
}

fn push(engine: &Engine, name: &str, target: &str) -> f64 {
    run(&mut gantry(engine, ["tag", name, target]));
    millis(|| {
        run(&mut gantry(engine, ["push", "--quiet", target]));
    })
}

/// The same bytes, from a folder, to a registry that has nothing.
fn push_by_skopeo(name: &str) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let held = format!("dir:{}", folder.path().display());
    let to = Registry::plain().expect("there were two of them");
    let (from, target) = (
        format!("docker://{name}"),
        format!("docker://{}", to.name("pushed:1")),
    );
    let copy = [
        "copy",
        "--quiet",
        "--insecure-policy",
        "--src-tls-verify=false",
        "--dest-tls-verify=false",
    ];
    run(program("skopeo", copy).args([&from, &held]));
    millis(|| {
        run(program("skopeo", copy).args([&held, &target]));
    })
}

/// The layers that a registry holds.
fn blobs(data: &Path) -> Vec<PathBuf> {
    let mut find = program("find", [data]);
    let found = run(find.args(["-path", "*/blobs/*/data", "-size", "+100k"]));
    found.lines().map(PathBuf::from).collect()
}

fn on_all_cores(blobs: &[PathBuf], work: fn(&Path)) {
    thread::scope(|scope| {
        for blob in blobs {
            scope.spawn(move || work(blob));
        }
    });
}

fn unzip(blob: &Path) {
    let file = io::BufReader::with_capacity(1 << 20, File::open(blob).expect("a blob"));
    let mut unzipped = flate2::bufread::GzDecoder::new(file);
    io::copy(&mut unzipped, &mut io::sink()).expect("a whole layer");
}
