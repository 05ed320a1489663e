//! What this computer lacks for containers, without an engine.

use std::process::Stdio;

use gantry_wire::gantry::Finding;
use tokio::process::Command;

use super::{Place, StartError};

/// Runs `gantry doctor` for the engine of that place, which need not run; with `repair` it mends what
/// can be mended without losing anything.
///
/// A process of its own looks: some things are only known by trying, in a process of one thread.
pub async fn examine(place: &Place, repair: bool) -> Result<Vec<Finding>, StartError> {
    let program = super::spawn::program()?;
    let mut command = Command::new(&program);
    command.args(["doctor", "--format", "json"]);
    if repair {
        command.arg("--repair");
    }
    place.name_to(&mut command);
    let ran = command.stdin(Stdio::null()).kill_on_drop(true).output();
    let output = ran
        .await
        .map_err(|source| StartError::Spawn { program, source })?;
    // Its exit code says whether something was found; whether it looked, its output does.
    serde_json::from_slice(&output.stdout).map_err(|_| StartError::Failed {
        last_words: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}
