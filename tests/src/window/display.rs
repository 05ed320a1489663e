//! A virtual display and a session bus, as a desktop has them.

use std::process::Command;

use crate::{Engine, Running, bus::Bus, wait_for};

/// What the application finds in its environment.
pub struct Display {
    name: String,
    bus: Bus,
    _process: Running,
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
        let name = wait_for("the display", || {
            let out = xvfb.out();
            Some(format!(":{}", out.split_once('\n')?.0.trim()))
        });
        Self {
            name,
            bus: Bus::start(engine),
            _process: xvfb,
        }
    }

    pub fn give_to(&self, command: &mut Command) {
        command.env("DISPLAY", &self.name);
        self.bus.give_to(command);
        // No screen reader here: without this GTK looks for its bus and complains.
        command.env("NO_AT_BRIDGE", "1");
        // Software rendering: WebKit's DMABUF path manages a few frames a second without a GPU.
        command
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1");
    }
}
