//! Who an engine runs as.
//!
//! Run by root, the tests make an ordinary user `gantry-test` and work as that one too. Run by an
//! ordinary user, that is the user, and what needs root is skipped.

use std::{fs, path::Path, process::Command};

use rustix::process::geteuid;

use crate::folder::locked;

const NAME: &str = "gantry-test";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    Root,
    User,
}

/// Where programs are looked for.
pub(crate) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// An account that exists here.
#[derive(Clone, Debug)]
pub struct Identity {
    pub uid: u32,
    pub gid: u32,
    /// Whether commands must change to it first.
    switch: bool,
}

impl Account {
    /// The account on this computer, or why there is none.
    pub fn identity(self) -> Result<Identity, String> {
        let myself = Identity {
            uid: geteuid().as_raw(),
            gid: rustix::process::getegid().as_raw(),
            switch: false,
        };
        match (self, geteuid().is_root()) {
            (Self::Root, true) | (Self::User, false) => Ok(myself),
            (Self::Root, false) => Err("the tests do not run as root".to_owned()),
            (Self::User, true) => ordinary_user(),
        }
    }
}

impl Identity {
    /// A command of this account with a small, known environment.
    pub fn command(&self, program: &Path, home: &Path, runtime_dir: &Path) -> Command {
        let mut command = if self.switch {
            let mut command = Command::new("setpriv");
            command
                .arg(format!("--reuid={}", self.uid))
                .arg(format!("--regid={}", self.gid));
            command.args(["--init-groups", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.env_clear();
        command.env("PATH", PATH);
        command
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", runtime_dir)
            .env("LANG", "C.UTF-8");
        command
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"));
        command
            .env("DOCKER_CONFIG", home.join("docker"))
            .current_dir(home);
        command
    }

    /// Gives a path to this account.
    pub fn own(&self, path: &Path) {
        std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid)).unwrap();
    }

    /// Whether it is another account than the one that runs the tests.
    pub fn is_another(&self) -> bool {
        self.switch
    }
}

fn ordinary_user() -> Result<Identity, String> {
    locked("account", || {
        if look_up("/etc/passwd").is_none() {
            // useradd adds the subordinate ranges that newuidmap looks up.
            let mut useradd = Command::new("useradd");
            useradd.args(["--create-home", "--shell", "/bin/sh", NAME]);
            match useradd.output() {
                Ok(output) if output.status.success() => {}
                other => return Err(format!("no user {NAME}: {other:?}")),
            }
        }
        let (uid, gid) = look_up("/etc/passwd").ok_or("useradd made no user")?;
        for table in ["/etc/subuid", "/etc/subgid"] {
            let ranges = fs::read_to_string(table).unwrap_or_default();
            if !ranges
                .lines()
                .any(|line| line.starts_with(&format!("{NAME}:")))
            {
                return Err(format!("{NAME} has no range in {table}"));
            }
        }
        Ok(Identity {
            uid,
            gid,
            switch: true,
        })
    })
}

fn look_up(passwd: &str) -> Option<(u32, u32)> {
    let text = fs::read_to_string(passwd).ok()?;
    let line = text
        .lines()
        .find(|line| line.starts_with(&format!("{NAME}:")))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}
