//! Finding and executing the command, and telling why that failed.

use std::ffi::{CString, OsStr};
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};
use rustix::io::Errno;

use crate::failure::{FailureKind, StartFailure, Step};

/// Docker's default, for an image that sets none.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A command in the form that execve(2) takes.
#[derive(Debug)]
pub struct Command {
    arguments: Vec<CString>,
    environment: Vec<CString>,
    search: String,
}

impl Command {
    /// `home` is used where the environment has no `HOME`.
    pub fn new(
        arguments: &[String],
        environment: &[String],
        home: &str,
    ) -> Result<Self, StartFailure> {
        let text = |text: &str| {
            let nul = || failure(FailureKind::InvalidBundle, 0, "a NUL byte in an argument");
            CString::new(text).map_err(|_| nul())
        };
        if arguments.first().is_none_or(String::is_empty) {
            return Err(failure(FailureKind::CommandNotFound, 0, "no command given"));
        }
        let arguments = arguments
            .iter()
            .map(|a| text(a))
            .collect::<Result<_, _>>()?;
        let value = |name: &str| environment.iter().rev().find_map(|v| v.strip_prefix(name));
        let mut strings: Vec<_> = environment
            .iter()
            .map(|v| text(v))
            .collect::<Result<_, _>>()?;
        if value("HOME=").is_none_or(str::is_empty) {
            strings.retain(|variable| variable.as_bytes() != b"HOME=");
            strings.push(text(&format!("HOME={home}"))?);
        }
        let search = value("PATH=").unwrap_or(DEFAULT_PATH).to_owned();
        Ok(Self {
            arguments,
            environment: strings,
            search,
        })
    }

    /// Becomes the command; returns only if that failed.
    pub fn execute(&self) -> StartFailure {
        let name = OsStr::from_bytes(self.arguments[0].as_bytes());
        let shown = name.to_string_lossy();
        if name.as_bytes().contains(&b'/') {
            return Self::explain(Path::new(name), self.try_path(Path::new(name)));
        }
        for directory in self.search.split(':') {
            let directory = if directory.is_empty() { "." } else { directory };
            let candidate = Path::new(directory).join(name);
            match self.try_path(&candidate) {
                // As a shell and Docker do: what cannot be executed is as if it were not there.
                Errno::NOENT | Errno::NOTDIR | Errno::ACCESS if !is_command(&candidate) => {}
                errno => return Self::explain(&candidate, errno),
            }
        }
        let detail = format!("\"{shown}\" was not found in $PATH");
        failure(
            FailureKind::CommandNotFound,
            Errno::NOENT.raw_os_error(),
            detail,
        )
    }

    fn try_path(&self, path: &Path) -> Errno {
        let Ok(path) = CString::new(path.as_os_str().as_bytes()) else {
            return Errno::INVAL;
        };
        let Err(errno) = nix::unistd::execve(&path, &self.arguments, &self.environment);
        Errno::from_raw_os_error(errno as i32)
    }

    fn explain(path: &Path, errno: Errno) -> StartFailure {
        let shown = path.display();
        let (kind, detail) = match errno {
            Errno::NOENT | Errno::NOTDIR if path.exists() => (
                FailureKind::CommandNotFound,
                format!("\"{shown}\" is there, but its interpreter or loader is not"),
            ),
            Errno::NOENT | Errno::NOTDIR => (FailureKind::CommandNotFound, format!("\"{shown}\"")),
            Errno::NOEXEC | Errno::LIBBAD => match foreign_architecture(path) {
                Some(name) => (
                    FailureKind::WrongArchitecture,
                    format!(
                        "\"{shown}\" is built for {name}, this machine is {}",
                        std::env::consts::ARCH
                    ),
                ),
                None => (
                    FailureKind::NotExecutable,
                    format!(
                        "\"{shown}\" is neither a program nor a script that names its interpreter"
                    ),
                ),
            },
            _ => (FailureKind::NotExecutable, format!("\"{shown}\"")),
        };
        failure(kind, errno.raw_os_error(), detail)
    }
}

fn failure(kind: FailureKind, errno: i32, detail: impl Into<String>) -> StartFailure {
    StartFailure {
        kind,
        step: Step::Exec,
        errno,
        detail: detail.into(),
    }
}

/// A file that may be executed, so that its failure is worth telling.
fn is_command(path: &Path) -> bool {
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}

/// The architecture a program, or the interpreter of a script, is built for, if it is not ours.
fn foreign_architecture(path: &Path) -> Option<&'static str> {
    let head = head_of(path).ok()?;
    if let Some(line) = head.strip_prefix(b"#!") {
        let line = line.split(|byte| *byte == b'\n').next()?;
        let line = line.trim_ascii_start();
        let interpreter = line.split(u8::is_ascii_whitespace).next()?;
        let interpreter = PathBuf::from(OsStr::from_bytes(interpreter));
        return machine(&head_of(&interpreter).ok()?);
    }
    machine(&head)
}

fn head_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(256);
    File::open(path)?.take(256).read_to_end(&mut head)?;
    Ok(head)
}

/// `e_machine` of an ELF header (elf(5)), by the names that image platforms use.
fn machine(head: &[u8]) -> Option<&'static str> {
    if !head.starts_with(b"\x7fELF") || head.len() < 20 {
        return None;
    }
    let bytes = [head[18], head[19]];
    let big_endian = head[5] == 2;
    let number = if big_endian {
        u16::from_be_bytes(bytes)
    } else {
        u16::from_le_bytes(bytes)
    };
    let name = match number {
        3 => "386",
        8 => "mips",
        21 => "ppc64",
        22 => "s390x",
        40 => "arm",
        62 => "amd64",
        183 => "arm64",
        243 => "riscv64",
        258 => "loong64",
        _ => "another architecture",
    };
    let ours = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "powerpc64" => "ppc64",
        "loongarch64" => "loong64",
        other => other,
    };
    (name != ours).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(list: &[&str]) -> Vec<String> {
        list.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn home_is_set_where_it_is_missing() {
        let has = |environment: &[&str], wanted: &str| {
            let command = Command::new(&strings(&["a"]), &strings(environment), "/root").unwrap();
            command
                .environment
                .iter()
                .any(|variable| variable.to_str() == Ok(wanted))
        };
        assert!(has(&["A=1"], "HOME=/root"));
        assert!(has(&["HOME="], "HOME=/root"));
        assert!(has(&["HOME=/x"], "HOME=/x"));
    }

    #[test]
    fn tells_a_foreign_program() {
        let mut head = [0; 20];
        head[..6].copy_from_slice(b"\x7fELF\x02\x01");
        head[18] = 183;
        assert_eq!(machine(&head), Some("arm64"));
        assert_eq!(machine(b"#!/bin/sh"), None);
    }
}
