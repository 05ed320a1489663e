//! How the program ends: exit codes, and what it says about a failure.

use std::io;
use std::process::ExitCode;

use gantry_client::Error;

/// An end with a code of its own; silent when there is nothing to say.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Exit {
    code: u8,
    message: String,
}

impl Exit {
    /// Ends with that code, silently: a container's.
    pub(crate) fn silent(code: u8) -> Self {
        Self::with(code, String::new())
    }

    /// Ends with that code and a message.
    pub(crate) fn with(code: u8, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// Ends as `docker run` does when the container did not start: 127 no such command, 126 not
    /// executable, 125 everything else.
    pub(crate) fn run_failed(error: &Error) -> Self {
        let code = error
            .failure()
            .facts
            .get("exit_code")
            .and_then(|code| code.as_str()?.parse().ok())
            .unwrap_or(125);
        Self::with(code, describe(error))
    }
}

/// The end of the program.
pub(crate) fn finish(outcome: anyhow::Result<()>) -> ExitCode {
    let Err(error) = outcome else {
        return ExitCode::SUCCESS;
    };
    if let Some(exit) = error.downcast_ref::<Exit>() {
        if !exit.message.is_empty() {
            eprintln!("gantry: {}", exit.message);
        }
        return ExitCode::from(exit.code);
    }
    if reader_left(&error) {
        return ExitCode::SUCCESS;
    }
    match error.downcast_ref::<Error>() {
        Some(error) => eprintln!("gantry: {}", describe(error)),
        None => eprintln!("gantry: {error:#}"),
    }
    ExitCode::FAILURE
}

/// What happened and what to do about it.
pub(crate) fn describe(error: &Error) -> String {
    let failure = error.failure();
    let mut text = error.to_string();
    for more in [failure.why, failure.next] {
        // Messages in Docker's words often say the reason already.
        if !more.is_empty() && !text.contains(more.trim_end_matches('.')) {
            text.push('\n');
            text.push_str(&more);
        }
    }
    text
}

/// `gantry ps | head -1`: whoever read our output has enough.
fn reader_left(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
