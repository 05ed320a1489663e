//! What nobody needs any more and is still there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{Engine, processes};

/// Deleting and writing to a busy disk go on in the background.
const TIME: Duration = Duration::from_mins(1);

/// What belongs into a data root.
const TOP: [&str; 17] = [
    "base",
    "blobs",
    "containers",
    "engine.lock",
    "gantry.db",
    "gantry.db-shm",
    "gantry.db-wal",
    "images.json",
    "l",
    "layers",
    "networks",
    "partial",
    "removals",
    "seccomp",
    "staging",
    "trash",
    "volumes",
];

/// Looks for a while whether everything is tidy and returns what is not; `seen` are the ids of all
/// containers that ever were.
pub fn look(engine: &Engine, seen: &BTreeSet<String>, running: &BTreeSet<String>) -> Vec<String> {
    let deadline = Instant::now() + TIME;
    loop {
        let mut left = files(&engine.root(), seen);
        left.extend(cgroups(seen, running));
        left.extend(mounts(engine));
        left.extend(supervisors(engine, running));
        if left.is_empty() || Instant::now() > deadline {
            return left;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    entries.map(name).collect()
}

fn files(root: &Path, seen: &BTreeSet<String>) -> Vec<String> {
    let mut left = Vec::new();
    for folder in ["staging", "trash"] {
        let found = names(&root.join(folder));
        left.extend(found.into_iter().map(|name| format!("{folder}/{name}")));
    }
    // What came of an interrupted pull stays until its blob is here.
    let partials = names(&root.join("partial")).into_iter();
    let needless = partials.filter(|name| root.join("blobs/sha256").join(name).exists());
    left.extend(needless.map(|name| format!("partial/{name}")));
    let top = names(root).into_iter();
    left.extend(top.filter(|name| !TOP.contains(&name.as_str())));
    let containers = names(&root.join("containers")).into_iter();
    left.extend(containers.filter(|id| !seen.contains(id)));

    let images = fs::read(root.join("images.json")).unwrap_or_default();
    let images: Value = serde_json::from_slice(&images).unwrap_or_default();
    let (blobs, mut layers) = used(&images);
    // A container keeps the layers of an image that was removed by force.
    let records = seen.iter().flat_map(|id| {
        let folder = root.join("containers").join(id);
        ["config.json", "recent.json"].map(|name| fs::read_to_string(folder.join(name)))
    });
    let records: String = records.flatten().collect();
    let of_containers = names(&root.join("layers")).into_iter();
    layers.extend(of_containers.filter(|layer| records.contains(layer.as_str())));
    for (folder, used) in [("blobs/sha256", blobs), ("layers", layers)] {
        let found = names(&root.join(folder)).into_iter();
        left.extend(
            found
                .filter(|name| !used.contains(name))
                .map(|name| format!("{folder}/{name}")),
        );
    }
    left
}

/// The blobs and the layers that the catalogue speaks of.
fn used(images: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let hex = |digest: &str| digest.trim_start_matches("sha256:").to_owned();
    let text = |value: &Value| hex(value.as_str().unwrap_or_default());
    let (mut blobs, mut layers) = (BTreeSet::new(), BTreeSet::new());
    let kinds = ["images", "kept"].map(|kind| images[kind].as_object());
    for (id, image) in kinds.into_iter().flatten().flatten() {
        blobs.insert(hex(id));
        blobs.insert(text(&image["manifest"]["digest"]));
        for layer in image["layers"].as_array().into_iter().flatten() {
            blobs.insert(text(&layer["blob"]["digest"]));
            layers.insert(text(&layer["diff_id"]));
        }
    }
    (blobs, layers)
}

/// Groups of containers that do not run.
fn cgroups(seen: &BTreeSet<String>, running: &BTreeSet<String>) -> Vec<String> {
    let mut left = Vec::new();
    let mut folders = vec![PathBuf::from("/sys/fs/cgroup")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            if seen.contains(&name) && !running.contains(&name) {
                left.push(entry.path().display().to_string());
            }
            folders.push(entry.path());
        }
    }
    left
}

/// Mounts of the host in the engine's folder: there are none, containers mount in their own.
fn mounts(engine: &Engine) -> Vec<String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let root = engine.root().display().to_string();
    let found = mounts.lines().filter(|line| line.contains(&root));
    found.map(str::to_owned).collect()
}

/// Shims whose container does not run.
fn supervisors(engine: &Engine, running: &BTreeSet<String>) -> Vec<String> {
    let lines = processes::command_lines_of(&engine.root()).into_iter();
    lines
        .filter(|line| line.contains("gantry-shim container"))
        .filter(|line| !running.iter().any(|id| line.contains(id.as_str())))
        .collect()
}
