//! The binaries under test, where every account can run them.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use crate::folder::locked;

/// What one installation of Gantry consists of.
const FILES: [&str; 4] = [
    "gantry",
    "gantry-shim",
    "gantry-desktop",
    "gantry-welcome.tar",
];

/// A file that `./dev` built. The folder of the checkout may be closed to other users, so the test
/// run works with a copy below /tmp; it is made once per build.
pub fn built(name: &str) -> PathBuf {
    static COPY: OnceLock<PathBuf> = OnceLock::new();
    COPY.get_or_init(|| locked("binaries", copy)).join(name)
}

/// A file of a package that `./dev` has unpacked.
pub fn unpacked(package: &str, file: &str) -> PathBuf {
    folder().join("../packages").join(package).join(file)
}

fn copy() -> PathBuf {
    let from = folder();
    // Earlier copies of this checkout go; other checkouts may be at their own tests.
    let prefix = format!("gantry-tested-{:08x}-", hash(&from) >> 32);
    let copy = Path::new("/tmp").join(format!("{prefix}{:016x}", fingerprint(&from)));
    if copy.exists() {
        return copy;
    }
    for old in fs::read_dir("/tmp").unwrap().flatten() {
        if old.file_name().to_string_lossy().starts_with(&prefix) {
            let _ = fs::remove_dir_all(old.path());
        }
    }
    let staged = copy.with_extension("new");
    let _ = fs::remove_dir_all(&staged);
    fs::create_dir(&staged).unwrap();
    for name in FILES {
        let from = from.join(name);
        fs::copy(&from, staged.join(name))
            .unwrap_or_else(|error| panic!("{}: {error}; ./dev test builds it", from.display()));
    }
    fs::rename(&staged, &copy).unwrap();
    copy
}

/// `GANTRY_TEST_BIN`, else the folder above this test's own (`target/debug/deps`).
fn folder() -> PathBuf {
    match env::var_os("GANTRY_TEST_BIN") {
        Some(folder) => folder.into(),
        None => env::current_exe()
            .unwrap()
            .ancestors()
            .nth(2)
            .unwrap()
            .to_owned(),
    }
}

fn fingerprint(folder: &Path) -> u64 {
    let file = |name| {
        let meta = fs::metadata(folder.join(name)).ok()?;
        Some((name, meta.len(), meta.mtime(), meta.mtime_nsec()))
    };
    hash((FILES.map(file), rustix::process::geteuid().as_raw()))
}

fn hash(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}
