//! Loading, saving and committing, beside the same bytes without an engine.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    thread,
};

use gantry_pack::{Archive, Image, Tree};
use gantry_tests::Engine;
use sha2::{Digest, Sha256};

use crate::{
    Effort,
    command::{gantry, program, run, usual_engine},
    report::{Report, Row},
    samples::{Samples, millis},
};

/// Layers of the archive: there is work for several cores.
const LAYERS: u64 = 4;

pub fn measure(effort: Effort, report: &mut Report) {
    let engine = match usual_engine() {
        Ok(engine) => engine,
        Err(why) => return report.skip("images", why),
    };
    let size = effort.of(100 << 20, 1 << 30);
    let rounds = effort.of(1, 3);
    let label = format!("{} MiB of small files", size >> 20);

    // Another image each time: a file system takes long to make files where some were just removed
    // (`recently_deleted` in the kernel's fs/ext4/ialloc.c).
    let (archive, layers) = (engine.file("small-files.tar"), engine.file("layers"));
    let (mut bounds, mut loads) = (Vec::new(), Vec::new());
    for round in 1..=rounds {
        let layers = write_archive(round, &archive, &layers, size);
        engine.identity().own(&archive);
        let folder = engine.file(&format!("bound-{round}"));
        bounds.push(millis(|| unpack(&layers, &folder)));
        loads.push(millis(|| load(&engine, &archive)));
    }
    let (bound, loaded): (Samples, Samples) =
        (bounds.into_iter().collect(), loads.into_iter().collect());
    let row = Row::new(format!("load {label}"), "ms", loaded);
    report.add(row.at_most_of(1.3, "hash and untar", &bound));
    let again = Samples::timed(effort.of(3, 10), || load(&engine, &archive));
    report.add(Row::new(format!("load {label} again, by path"), "ms", again).at_most(300.0));

    let (saved, copied) = (engine.file("saved.tar"), engine.file("copied.tar"));
    let save = || {
        run(gantry(&engine, ["save", "--output"])
            .arg(&saved)
            .arg(format!("small-files:{rounds}")));
    };
    let copy = || {
        run(program("cp", [&archive, &copied]).env("LC_ALL", "C"));
    };
    let (ours, bare) = Samples::in_turn(effort.of(2, 5), save, copy);
    report.add(Row::new(format!("save {label}"), "ms", ours).at_most_of(1.2, "cp", &bare));
    commit(effort, &engine, report);
}

fn load(engine: &Engine, archive: &Path) {
    run(gantry(engine, ["load", "--quiet", "--input"]).arg(archive));
}

/// The image of small files, and each of its layers as a tar.
fn write_archive(number: usize, archive: &Path, folder: &Path, size: u64) -> Vec<PathBuf> {
    fs::create_dir_all(folder).expect("a folder");
    let image = small_files(number, LAYERS, size);
    let paths = (0..LAYERS).map(|layer| folder.join(format!("{layer}.tar")));
    let paths: Vec<PathBuf> = paths.collect();
    for (layer, path) in image.layers().zip(&paths) {
        fs::write(path, layer).expect("room for a layer");
    }
    let mut file = io::BufWriter::new(File::create(archive).expect("a file"));
    Archive::Docker
        .write(&[image], &mut file)
        .expect("room for the archive");
    file.flush().expect("room for the archive");
    paths
}

/// An image `small-files:NUMBER` of layers of files of a few kilobytes. Another number, other bytes.
pub fn small_files(number: usize, layers: u64, size: u64) -> Image {
    const FILE: u64 = 14 << 10;
    let mut image = Image::new(&format!("small-files:{number}"));
    let mut random = Random(7 + number as u64);
    for layer in 0..layers {
        let mut tree = Tree::new();
        let count = size / layers / (FILE + 1024);
        for number in 0..count {
            let (part, within) = (number / 200, number % 200);
            let content = random.bytes(usize::try_from(FILE).expect("a small number"));
            tree = tree.file(&format!("l{layer}/d{part}/f{within}"), 0o644, &content);
        }
        image = image.layer("COPY files", tree).expect("a layer in memory");
    }
    image
}

/// Half noise, half repetition: what files are like.
struct Random(u64);

impl Random {
    fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count + 16);
        while bytes.len() < count {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            bytes.extend(self.0.to_le_bytes());
            bytes.extend(*b"the same");
        }
        bytes.truncate(count);
        bytes
    }
}

/// Hashes and unpacks every layer, on as many cores as there are.
fn unpack(layers: &[PathBuf], folder: &Path) {
    thread::scope(|scope| {
        for (number, layer) in layers.iter().enumerate() {
            let folder = folder.join(number.to_string());
            scope.spawn(move || {
                fs::create_dir_all(&folder).expect("a folder");
                let mut untar = program("tar", ["-xf"]);
                let mut untar = untar
                    .arg(layer)
                    .arg("-C")
                    .arg(&folder)
                    .spawn()
                    .expect("tar");
                hash(layer);
                assert!(untar.wait().expect("a child").success());
            });
        }
    });
}

/// Reads and hashes a file.
pub fn hash(path: &Path) {
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
    let mut file = File::open(path).expect("a file");
    while let Ok(count @ 1..) = file.read(&mut buffer) {
        hash.update(&buffer[..count]);
    }
    std::hint::black_box(hash.finalize());
}

fn commit(effort: Effort, engine: &Engine, report: &mut Report) {
    let script =
        "dd if=/dev/urandom of=/written bs=1M count=100 2>/dev/null; echo written; sleep 1000";
    engine.run_detached("writer", &[], &["sh", "-c", script]);
    let ready = || {
        let log = engine.docker(&["logs", "writer"]).out;
        log.contains("written").then_some(())
    };
    gantry_tests::wait_for("the file", ready);
    let committed = Samples::cold(effort.of(2, 5), || {
        run(&mut gantry(engine, ["commit", "writer", "committed:1"]));
        run(&mut gantry(engine, ["rmi", "committed:1"]));
    });
    report.add(Row::new("commit after writing 100 MB", "ms", committed));
    run(&mut gantry(engine, ["rm", "--force", "writer"]));
}
