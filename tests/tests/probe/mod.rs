//! Programs for containers, built by this machine's C compiler.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use gantry_tests::Engine;

/// Builds a program of this folder and puts it where a container of the engine can have it from;
/// `None` where no compiler links it.
pub fn program(engine: &Engine, name: &str) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/probe/{name}.c"));
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("gantry-{name}"));
    // Beside and renamed: other tests build the same.
    let beside = own_name(&program);
    let mut compiler = Command::new("cc");
    let compiler = compiler.args(["-static", "-O1", "-o"]).arg(&beside);
    let status = compiler.arg(source).status();
    if !status.is_ok_and(|status| status.success()) {
        return None;
    }
    std::fs::rename(beside, &program).unwrap();
    let own = engine.write(name, std::fs::read(program).unwrap());
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&own, mode).unwrap();
    Some(own)
}

/// A name beside a file that no test of this or another process takes.
fn own_name(file: &Path) -> PathBuf {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let number = TAKEN.fetch_add(1, Ordering::Relaxed);
    file.with_extension(format!("{}-{number}", std::process::id()))
}
