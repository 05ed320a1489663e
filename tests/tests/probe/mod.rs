//! Programs for containers, built by this machine's C compiler.

use std::path::{Path, PathBuf};
use std::process::Command;

use gantry_tests::Engine;

/// Builds a program of this folder and puts it where a container of the engine can have it from;
/// `None` where no compiler links it.
pub fn program(engine: &Engine, name: &str) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/probe/{name}.c"));
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("gantry-{name}"));
    // Beside and renamed: tests of other processes build the same.
    let beside = program.with_extension(std::process::id().to_string());
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
