//! Mending what only root can, with the password of whoever administers this computer.

use std::io;
use std::process::Stdio;

use tokio::process::Command;

use super::{Place, StartError, examine};

/// What pkexec says when its dialog was closed, see pkexec(1).
const DISMISSED: i32 = 126;
/// And when nobody could be asked, or the answer was wrong too often.
const REFUSED: i32 = 127;

/// Keeps the script's own codes apart from those of pkexec.
const SHELL: &str = "/bin/sh -ec \"$1\" || exit 1";

/// Why it was not mended.
#[derive(Debug, thiserror::Error)]
pub enum MendError {
    #[error(transparent)]
    Start(#[from] StartError),
    /// It is gone by now, or needs a person.
    #[error("there is nothing that could be done about {0}")]
    Nothing(String),
    /// It would not be done by what was shown.
    #[error("what would run as root is no longer what was shown")]
    Changed,
    /// There is no pkexec here.
    #[error("there is no pkexec to ask for the administrator's password")]
    NobodyAsks,
    /// Somebody was asked and did not agree.
    #[error("the administrator's password was not given: {0}")]
    Refused(String),
    /// The script failed.
    #[error("it could not be mended: {0}")]
    Failed(String),
}

impl MendError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Start(error) => error.code(),
            Self::Nothing(_) => "nothing-to-mend",
            Self::Changed => "mending-changed",
            Self::NobodyAsks => "no-pkexec",
            Self::Refused(_) => "administrator-refused",
            Self::Failed(_) => "mending-failed",
        }
    }
}

/// Looks again, and runs the script of the finding of that check as root, through pkexec, if it is
/// still the one that was `shown`.
pub async fn mend(place: &Place, check: &str, shown: &str) -> Result<(), MendError> {
    let found = examine(place, false).await?;
    let script = found
        .into_iter()
        .find(|finding| finding.check == check && !finding.fix.is_empty())
        .map(|finding| finding.fix)
        .ok_or_else(|| MendError::Nothing(check.to_owned()))?;
    if script != shown {
        return Err(MendError::Changed);
    }
    let ran = Command::new("pkexec")
        .args(["/bin/sh", "-c", SHELL, "sh", &script])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = match ran.await {
        Ok(output) => output,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(MendError::NobodyAsks),
        Err(error) => return Err(MendError::Failed(error.to_string())),
    };
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    match output.status.code() {
        Some(0) => Ok(()),
        Some(DISMISSED | REFUSED) => Err(MendError::Refused(said)),
        _ => Err(MendError::Failed(said)),
    }
}
