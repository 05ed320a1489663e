//! A virtual display and a session bus, as a desktop has them.

use std::process::Command;

use crate::{Engine, Running, wait_for};

/// What the application finds in its environment.
pub struct Display {
    name: String,
    bus: String,
    _processes: [Running; 2],
}

impl Display {
    pub fn start(engine: &Engine) -> Self {
        let mut xvfb = Command::new("Xvfb");
        xvfb.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1440x900x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ]);
        let xvfb = Running::start(&mut xvfb);
        let mut bus = engine.command("dbus-daemon".as_ref());
        bus.args(["--session", "--print-address", "--nofork", "--nopidfile"]);
        let bus = Running::start(&mut bus);
        let first_line = |process: &Running, what: &str| {
            wait_for(what, || {
                process
                    .out()
                    .split_once('\n')
                    .map(|(line, _)| line.trim().to_owned())
            })
        };
        let name = format!(":{}", first_line(&xvfb, "the display"));
        let address = first_line(&bus, "the session bus");
        Self {
            name,
            bus: address,
            _processes: [xvfb, bus],
        }
    }

    pub fn give_to(&self, command: &mut Command) {
        command
            .env("DISPLAY", &self.name)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
        // No screen reader here: without this GTK looks for its bus and complains.
        command.env("NO_AT_BRIDGE", "1");
        // Software rendering: WebKit's DMABUF path manages a few frames a second without a GPU.
        command
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1");
    }
}
