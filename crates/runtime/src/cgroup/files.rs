//! Reading and writing the files of a control group.

use std::fs;
use std::io;
use std::path::Path;

use crate::failure::{FailureKind, StartFailure, Step};

/// Writes a limit. A file that is not there means that its controller is not.
pub fn set(directory: &Path, file: &str, value: &str) -> Result<(), StartFailure> {
    fs::write(directory.join(file), value).map_err(|error| refused(file, value, &error))
}

pub fn refused(file: &str, value: &str, error: &io::Error) -> StartFailure {
    StartFailure {
        kind: FailureKind::LimitUnavailable,
        step: Step::Limit,
        errno: error.raw_os_error().unwrap_or_default(),
        detail: format!("{file} = {value}"),
    }
}

/// The number after a key in a file of `key number` lines.
pub fn keyed_value(file: &Path, key: &str) -> Option<u64> {
    let content = fs::read_to_string(file).ok()?;
    content.lines().find_map(|line| {
        line.strip_prefix(key)?
            .strip_prefix(' ')?
            .trim()
            .parse()
            .ok()
    })
}

/// Whether a cgroup2 directory holds a living process.
pub fn is_populated(directory: &Path) -> bool {
    keyed_value(&directory.join("cgroup.events"), "populated") == Some(1)
}

/// The processes of a group.
pub fn processes(directory: &Path) -> Vec<i32> {
    let content = fs::read_to_string(directory.join("cgroup.procs")).unwrap_or_default();
    content
        .lines()
        .filter_map(|line| line.trim().parse().ok())
        .collect()
}
