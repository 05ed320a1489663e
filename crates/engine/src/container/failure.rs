//! Why a container did not start, worded so that Docker's clients find the right exit code.
//!
//! `docker run` reads the message: "executable file not found" and "no such file or directory" make
//! 127, "permission denied" and "is a directory" make 126, anything else 125. So these words may
//! only appear where the command itself is at fault.

use gantry_runtime::{FailureKind, StartFailure as Found, Step};
use gantry_wire::ExecConfig;

use super::record::View;
use crate::host::rootless::mapping;
use crate::{Error, StartFailure};

const PREFIX: &str = "failed to create task for container: OCI runtime create failed";

/// The supervisor's finding as an error of the engine.
pub(crate) fn start_failed(found: &Found, view: &View) -> Error {
    let command = &view.definition.path;
    let exec = |why: &str| {
        format!(
            "{PREFIX}: unable to start container process: error during container init: exec: {command:?}: {why}"
        )
    };
    let (code, message) = match found.kind {
        FailureKind::CommandNotFound if command.contains('/') => (
            "command-not-found",
            exec(&format!("stat {command}: no such file or directory")),
        ),
        FailureKind::CommandNotFound => (
            "command-not-found",
            exec("executable file not found in $PATH"),
        ),
        FailureKind::NotExecutable => ("command-not-executable", exec(reason(found))),
        FailureKind::WrongArchitecture => ("platform-mismatch", exec(reason(found))),
        FailureKind::NoSuchUser => (
            "user-not-found",
            format!(
                "unable to find user {}: no matching entries in passwd file",
                view.definition
                    .config
                    .user
                    .split(':')
                    .next()
                    .unwrap_or_default()
            ),
        ),
        FailureKind::NoSuchGroup => (
            "group-not-found",
            format!(
                "unable to find group {}: no matching entries in group file",
                found.detail
            ),
        ),
        FailureKind::LimitUnavailable => ("limit-unavailable", other(found)),
        FailureKind::InvalidBundle | FailureKind::Other => ("start-failed", other(found)),
    };
    let exit_code = i32::from(found.exit_code());
    Error::StartFailed(Box::new(StartFailure {
        exit_code,
        code,
        message,
    }))
}

/// The same for a further process. Docker's exit codes: 127 where there is no such command or
/// directory, 126 for everything else.
pub(crate) fn exec_failed(found: &Found, config: &ExecConfig) -> Error {
    const PREFIX: &str = "OCI runtime exec failed: exec failed: unable to start container process";
    let command = config.cmd.first().map_or("", String::as_str);
    let (exit_code, code, message) = match found.kind {
        FailureKind::CommandNotFound if command.contains('/') => (
            127,
            "command-not-found",
            format!("{PREFIX}: exec: {command:?}: stat {command}: no such file or directory"),
        ),
        FailureKind::CommandNotFound => (
            127,
            "command-not-found",
            format!("{PREFIX}: exec: {command:?}: executable file not found in $PATH"),
        ),
        FailureKind::NotExecutable | FailureKind::WrongArchitecture => (
            126,
            "command-not-executable",
            format!("{PREFIX}: exec: {command:?}: {}", reason(found)),
        ),
        FailureKind::NoSuchUser => (
            126,
            "user-not-found",
            format!(
                "unable to find user {}: no matching entries in passwd file",
                config.user
            ),
        ),
        FailureKind::NoSuchGroup => (
            126,
            "group-not-found",
            format!(
                "unable to find group {}: no matching entries in group file",
                found.detail
            ),
        ),
        _ if found.step == Step::WorkingDirectory && found.errno == libc::ENOENT => (
            127,
            "start-failed",
            format!(
                "{PREFIX}: chdir to cwd ({:?}) set in config.json failed: no such file or directory",
                config.working_dir
            ),
        ),
        _ => (126, "start-failed", format!("{PREFIX}: {found}")),
    };
    Error::StartFailed(Box::new(StartFailure {
        exit_code,
        code,
        message,
    }))
}

/// Why a command that is there cannot be executed.
fn reason(found: &Found) -> &'static str {
    match (found.kind, found.errno) {
        (FailureKind::WrongArchitecture, _) => {
            "exec format error: the program was made for another kind of computer"
        }
        (_, libc::EISDIR) => "is a directory",
        _ => "permission denied",
    }
}

/// What the engine's failure was, and where an ordinary user's ids explain it, how they are mapped.
fn other(found: &Found) -> String {
    let mapping = match (found.step, found.errno) {
        (Step::Mount, libc::EACCES | libc::EPERM | libc::EINVAL) => mapping::of_this_process(),
        _ => None,
    };
    let hint = mapping.map_or_else(String::new, |words| {
        format!(". {words}: files of others are not the engine's to open or to give")
    });
    let found = found
        .to_string()
        .replace("no such file or directory", "it does not exist")
        .replace("permission denied", "it is not permitted")
        .replace("is a directory", "a directory is there");
    format!("{PREFIX}: {found}{hint}")
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::view;
    use super::*;

    /// What the docker CLI makes of a message.
    fn docker_exit_code(message: &str) -> i32 {
        let has = |words: &str| message.contains(words);
        if has("executable file not found") || has("no such file or directory") {
            127
        } else if has("permission denied") || has("is a directory") {
            126
        } else {
            125
        }
    }

    #[test]
    fn the_words_lead_to_dockers_exit_codes() {
        for (kind, errno, code) in [
            (FailureKind::CommandNotFound, libc::ENOENT, 127),
            (FailureKind::NotExecutable, libc::EACCES, 126),
            (FailureKind::NotExecutable, libc::EISDIR, 126),
            (FailureKind::Other, libc::ENOENT, 125),
            (FailureKind::Other, libc::EACCES, 125),
            (FailureKind::NoSuchUser, 0, 125),
        ] {
            let found = Found {
                errno,
                ..Found::new(kind, Step::Mount, "bind /x")
            };
            let error = start_failed(&found, &view());
            assert_eq!(docker_exit_code(&error.to_string()), code, "{error}");
        }
    }
}
