//! Why a container did not start.

use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};

/// Why a container did not start: what kind of failure, in which step, and the kernel's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{step}: {detail}{}", Reason(*errno))]
pub struct StartFailure {
    pub kind: FailureKind,
    pub step: Step,
    /// The `errno` of the call that failed, 0 where no call did.
    pub errno: i32,
    /// What was being done: a path, a name, an option. Lower case, one line.
    pub detail: String,
}

/// What a caller can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The command is not in the root, or not in any directory of `$PATH` (exit code 127).
    CommandNotFound,
    /// The command is there and cannot be executed (exit code 126).
    NotExecutable,
    /// The command was built for another architecture (exit code 126).
    WrongArchitecture,
    /// The user is neither in the root's /etc/passwd nor a number that can be used.
    NoSuchUser,
    /// The same for a group.
    NoSuchGroup,
    /// A limit cannot be enforced: its controller is not there, or refused the value.
    LimitUnavailable,
    /// The bundle contradicts itself or asks for what this version does not know.
    InvalidBundle,
    /// Anything else; `step` and `errno` tell.
    Other,
}

/// What the shim or the container's first process was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    Bundle,
    Log,
    Cgroup,
    Limit,
    DeviceRules,
    Stdio,
    Clone,
    Namespace,
    Propagation,
    Overlay,
    Root,
    Mount,
    Devices,
    Terminal,
    MaskedPaths,
    PivotRoot,
    Loopback,
    Hostname,
    Sysctl,
    Rlimits,
    User,
    WorkingDirectory,
    Capabilities,
    Seccomp,
    SecurityModule,
    Exec,
    /// The first process died before it said anything.
    Init,
}

impl StartFailure {
    pub fn new(kind: FailureKind, step: Step, detail: impl Into<String>) -> Self {
        Self {
            kind,
            step,
            errno: 0,
            detail: detail.into(),
        }
    }

    /// The exit code Docker's clients expect: 127, 126, or 125 for all that is not the command.
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            FailureKind::CommandNotFound => 127,
            FailureKind::NotExecutable | FailureKind::WrongArchitecture => 126,
            _ => 125,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bundle => "bundle",
            Self::Log => "log",
            Self::Cgroup => "control group",
            Self::Limit => "limit",
            Self::DeviceRules => "device rules",
            Self::Stdio => "standard streams",
            Self::Clone => "clone",
            Self::Namespace => "namespace",
            Self::Propagation => "mount propagation",
            Self::Overlay => "overlay",
            Self::Root => "root filesystem",
            Self::Mount => "mount",
            Self::Devices => "devices",
            Self::Terminal => "terminal",
            Self::MaskedPaths => "masked paths",
            Self::PivotRoot => "pivot_root",
            Self::Loopback => "loopback interface",
            Self::Hostname => "host name",
            Self::Sysctl => "sysctl",
            Self::Rlimits => "resource limits",
            Self::User => "user",
            Self::WorkingDirectory => "working directory",
            Self::Capabilities => "capabilities",
            Self::Seccomp => "seccomp filter",
            Self::SecurityModule => "security module",
            Self::Exec => "exec",
            Self::Init => "first process",
        })
    }
}

/// Shows an errno as `: no such file or directory`, and 0 as nothing.
struct Reason(i32);

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return Ok(());
        }
        let text = io::Error::from_raw_os_error(self.0).to_string();
        let text = text.split(" (os error").next().unwrap_or_default();
        write!(f, ": {}", text.to_lowercase())
    }
}

/// Turns a failed call into a [`StartFailure`].
pub(crate) trait During<T> {
    /// `detail` says what was being done, and is only asked for on failure.
    fn during<D: Into<String>>(
        self,
        step: Step,
        detail: impl FnOnce() -> D,
    ) -> Result<T, StartFailure>;
}

impl<T, E: Into<io::Error>> During<T> for Result<T, E> {
    fn during<D: Into<String>>(
        self,
        step: Step,
        detail: impl FnOnce() -> D,
    ) -> Result<T, StartFailure> {
        self.map_err(|error| StartFailure {
            kind: FailureKind::Other,
            step,
            errno: error.into().raw_os_error().unwrap_or_default(),
            detail: detail().into(),
        })
    }
}
