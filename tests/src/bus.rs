//! A session bus of one test's own.

use std::process::Command;

use crate::{Engine, Running, wait_for};

/// As on desktops, but that the tests may have services on it while another account uses it.
const SETTINGS: &str = r#"<busconfig>
  <include>/usr/share/dbus-1/session.conf</include>
  <policy context="default"><allow user="*"/></policy>
</busconfig>"#;

/// As a desktop starts one for the engine's account; it ends with the value.
pub struct Bus {
    address: String,
    _process: Running,
}

impl Bus {
    pub fn start(engine: &Engine) -> Self {
        let settings = engine.write("bus.conf", SETTINGS);
        let mut bus = engine.command("dbus-daemon".as_ref());
        bus.arg(format!("--config-file={}", settings.display()))
            .args(["--print-address", "--nofork", "--nopidfile"]);
        let process = Running::start(&mut bus);
        let address = wait_for("the session bus", || {
            let out = process.out();
            Some(out.split_once('\n')?.0.trim().to_owned())
        });
        Self {
            address,
            _process: process,
        }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn give_to(&self, command: &mut Command) {
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address);
    }
}
