//! Engines that may be installed beside Gantry.

use std::{path::Path, process::Command};

use crate::command::{program, run};

/// A command line that takes Docker's arguments.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    pub name: &'static str,
    program: &'static str,
}

impl Peer {
    /// Those that answer here, with the image `busybox` loaded.
    pub fn all(folder: &Path) -> Vec<Self> {
        let names = [("docker", "docker"), ("podman", "podman")];
        let peers = names.map(|(name, program)| Self { name, program });
        let mut answering = Vec::new();
        for peer in peers {
            let answers = peer.command(["info"]).output();
            if answers.is_ok_and(|output| output.status.success()) {
                let archive = crate::command::busybox_archive(folder);
                run(peer.command(["load", "--input"]).arg(archive));
                answering.push(peer);
            }
        }
        answering
    }

    pub fn command<'a>(self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        program(self.program, arguments)
    }
}
