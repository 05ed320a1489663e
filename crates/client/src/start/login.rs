//! An engine at login: a unit of the user's own systemd, so that containers that are to run again
//! (`always`, `unless-stopped`) are up without anybody asking.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use gantry_file::Durability;

use super::spawn::program;
use super::{Place, StartError};

/// The unit's name.
const UNIT: &str = "gantry.service";

/// Whether an engine starts at login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginStart {
    /// There is no systemd that runs units for this user.
    Unavailable,
    Off,
    On {
        /// The user's units start with the machine, before anybody logs in.
        lingers: bool,
    },
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    #[error("no systemd runs units for this user")]
    Unavailable,
    #[error("neither HOME nor XDG_CONFIG_HOME says where units go")]
    NoHome,
    #[error(transparent)]
    Program(#[from] StartError),
    #[error("{doing} {}: {source}", path.display())]
    File {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("systemctl {arguments}: {said}")]
    Systemctl { arguments: String, said: String },
}

impl LoginError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable => "no-user-systemd",
            Self::NoHome => "no-home",
            Self::Program(error) => error.code(),
            Self::File { .. } => "unit-not-written",
            Self::Systemctl { .. } => "unit-refused",
        }
    }
}

/// Says whether an engine starts at login. Blocks while systemd is asked.
pub fn login_start() -> LoginStart {
    if !is_here() {
        return LoginStart::Unavailable;
    }
    if systemctl(&["is-enabled", "--quiet", UNIT]).is_err() {
        return LoginStart::Off;
    }
    LoginStart::On { lingers: lingers() }
}

/// Writes and enables the unit for the engine of a place. It starts with the next login.
pub fn install_unit(place: &Place) -> Result<LoginStart, LoginError> {
    if !is_here() {
        return Err(LoginError::Unavailable);
    }
    let path = unit_path()?;
    let text = unit(&program()?, &place.arguments());
    let failed = |doing| {
        let path = path.clone();
        move |source| LoginError::File {
            doing,
            path,
            source,
        }
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed("make the folder of"))?;
    }
    gantry_file::replace(&path, &text, Durability::Durable).map_err(failed("write"))?;
    systemctl(&["daemon-reload"])?;
    systemctl(&["enable", "--quiet", UNIT])?;
    Ok(login_start())
}

/// Disables the unit and takes it away. The engine that runs goes on.
pub fn remove_unit() -> Result<LoginStart, LoginError> {
    if !is_here() {
        return Err(LoginError::Unavailable);
    }
    let path = unit_path()?;
    if path.exists() {
        systemctl(&["disable", "--quiet", UNIT])?;
        fs::remove_file(&path).map_err(|source| LoginError::File {
            doing: "remove",
            path,
            source,
        })?;
        systemctl(&["daemon-reload"])?;
    }
    Ok(login_start())
}

/// Whether a systemd of this user listens; see sd_booted(3) for the machine's.
fn is_here() -> bool {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    Path::new("/run/systemd/system").is_dir()
        && !rustix::process::geteuid().is_root()
        && runtime.is_some_and(|folder| folder.join("systemd/private").exists())
}

fn lingers() -> bool {
    let user = rustix::process::geteuid().as_raw().to_string();
    let told = Command::new("loginctl")
        .args(["show-user", &user, "--property=Linger", "--value"])
        .stdin(Stdio::null())
        .output();
    told.is_ok_and(|told| told.stdout.starts_with(b"yes"))
}

fn unit_path() -> Result<PathBuf, LoginError> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let config = variable("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
    let config = config.or_else(|| Some(variable("HOME")?.join(".config")));
    let folder = config.ok_or(LoginError::NoHome)?.join("systemd/user");
    Ok(folder.join(UNIT))
}

/// Containers live in a scope of their own: neither the end of this service nor the engine's takes
/// them along. An engine that serves already is none that failed.
fn unit(program: &Path, arguments: &[(&'static str, PathBuf)]) -> Vec<u8> {
    let mut start = quoted(program.as_os_str());
    start.extend(b" engine");
    for (option, value) in arguments {
        start.extend([b" ", option.as_bytes(), b" "].concat());
        start.extend(quoted(value.as_os_str()));
    }
    [
        &b"# Written by Gantry. `gantry engine remove-unit` takes it away again.\n\
           [Unit]\n\
           Description=Gantry: containers that start at login\n\n\
           [Service]\n\
           Type=exec\n\
           ExecStart="[..],
        &start,
        b"\n\
          SuccessExitStatus=75\n\
          KillMode=process\n\n\
          [Install]\n\
          WantedBy=default.target\n",
    ]
    .concat()
}

/// A word of a command line as systemd.service(5) reads it.
fn quoted(word: &OsStr) -> Vec<u8> {
    let mut quoted = vec![b'"'];
    for &byte in word.as_bytes() {
        match byte {
            b'"' | b'\\' => quoted.extend([b'\\', byte]),
            b'%' | b'$' => quoted.extend([byte, byte]),
            0..=31 | 127 => quoted.extend(format!("\\x{byte:02x}").into_bytes()),
            _ => quoted.push(byte),
        }
    }
    quoted.push(b'"');
    quoted
}

fn systemctl(arguments: &[&str]) -> Result<Output, LoginError> {
    let refused = |said: String| LoginError::Systemctl {
        arguments: arguments.join(" "),
        said,
    };
    let output = Command::new("systemctl")
        .arg("--user")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| refused(error.to_string()))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(refused(said.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_starts_the_engine_of_that_place() {
        let place = [("--root", PathBuf::from("/data/50% of \"it\""))];
        let unit = unit(Path::new("/usr/bin/gantry"), &place);
        let unit = String::from_utf8(unit).unwrap();
        let start = unit.lines().find(|line| line.starts_with("ExecStart="));
        assert_eq!(
            start,
            Some(r#"ExecStart="/usr/bin/gantry" engine --root "/data/50%% of \"it\"""#)
        );
        assert!(unit.contains("\nWantedBy=default.target\n"), "{unit}");
        assert!(unit.lines().all(|line| !line.starts_with(' ')), "{unit}");
    }
}
