//! Containers of busybox without a network, in one line.

use crate::{Engine, Finished};

const PLAIN: [&str; 2] = ["--network", "none"];

impl Engine {
    /// Runs a command to its end, with these options of `docker run`.
    #[track_caller]
    pub fn run(&self, options: &[&str], command: &[&str]) -> Finished {
        self.docker(&[&["run", "--rm"], &PLAIN[..], options, &["busybox"], command].concat())
    }

    /// Runs `sh -c SCRIPT` and returns what it printed.
    #[track_caller]
    pub fn shell(&self, options: &[&str], script: &str) -> String {
        self.run(options, &["sh", "-c", script]).ok()
    }

    /// Starts a command in the background; returns the container's id.
    #[track_caller]
    pub fn run_detached(&self, name: &str, options: &[&str], command: &[&str]) -> String {
        let run = ["run", "-d", "--name", name];
        self.docker(&[&run, &PLAIN[..], options, &["busybox"], command].concat())
            .ok()
    }

    /// Asks for a container with options that must be refused, and returns why.
    #[track_caller]
    pub fn refuses(&self, options: &[&str]) -> String {
        self.docker(&[&["create"], options, &["busybox", "true"]].concat())
            .fails_with(1)
    }
}
