//! Running programs without a deadline: what is measured may take its time.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use gantry_pack::{Archive, fixtures};
use gantry_tests::{Account, Engine, built};

/// Runs a command to its end; anything but success ends the measurement.
pub fn run(command: &mut Command) -> String {
    let output = command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned()
}

/// A program by its name, with arguments.
pub fn program<S: AsRef<OsStr>>(name: &str, arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(name);
    command.args(arguments);
    command
}

/// An engine with the image `busybox`, or why there is none.
pub fn engine(account: Account) -> Result<Engine, String> {
    let engine = Engine::start(account.identity()?);
    let image = fixtures::busybox("busybox:latest").map_err(|error| error.to_string())?;
    engine.load(&[image]);
    Ok(engine)
}

/// The account that most people use Gantry with, or the only one there is.
pub fn usual_engine() -> Result<Engine, String> {
    engine(Account::User).or_else(|_| engine(Account::Root))
}

/// `gantry …` for an engine.
pub fn gantry<S: AsRef<OsStr>>(engine: &Engine, arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = engine.command(&built("gantry"));
    command.args(arguments);
    command
}

/// The image `busybox` as a file, for peers to load.
pub fn busybox_archive(folder: &Path) -> PathBuf {
    let path = folder.join("busybox.tar");
    let image = fixtures::busybox("busybox:latest").expect("busybox is installed");
    let archive = Archive::Docker
        .to_vec(&[image])
        .expect("an archive in memory");
    std::fs::write(&path, archive).expect("room for a small file");
    path
}
