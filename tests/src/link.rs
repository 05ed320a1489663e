//! A network of one test's own behind a link that can be slow and can break. Only for root.

use std::{net::Ipv4Addr, process::Command};

use crate::{Engine, Running, network::own_subnet, wait_for};

/// The network; it ends with the value.
pub struct Link {
    /// It stands in that network, and the network lives as long as it.
    holder: Running,
    name: String,
    subnet: String,
}

impl Link {
    /// A network with one address, behind a link of its own; it ends with the engine at the latest.
    pub fn new(engine: &Engine) -> Self {
        let mut unshare = engine.command("unshare".as_ref());
        unshare.args(["--net", "sh", "-c", "echo here; exec sleep infinity"]);
        let mut holder = Running::start(&mut unshare);
        wait_for("a network", || {
            assert!(!holder.has_ended(), "{}", holder.err());
            holder.out().contains("here").then_some(())
        });
        let pid = holder.pid().to_string();
        let link = Self {
            name: format!("gt{pid}"),
            subnet: own_subnet(),
            holder,
        };
        let (name, far) = (&*link.name, format!("{}f", link.name));
        ip(&[
            "link", "add", name, "type", "veth", "peer", "name", &far, "netns", &pid,
        ]);
        ip(&["addr", "add", &format!("{}.1/30", link.subnet), "dev", name]);
        ip(&["link", "set", name, "up"]);
        link.inside(&[
            "ip",
            "addr",
            "add",
            &format!("{}.2/30", link.subnet),
            "dev",
            &far,
        ]);
        link.inside(&["ip", "link", "set", &far, "up"]);
        link
    }

    /// The process that holds the network.
    pub fn pid(&self) -> u32 {
        self.holder.pid()
    }

    /// The address at its end.
    pub fn address(&self) -> Ipv4Addr {
        format!("{}.2", self.subnet).parse().unwrap()
    }

    /// Lets through so much from there, in megabits a second; an error where the kernel cannot.
    pub fn slow(&self, megabits: u32) -> Result<(), String> {
        let (device, rate) = (format!("{}f", self.name), format!("{megabits}mbit"));
        let made = self.run(&[
            "tc", "qdisc", "add", "dev", &device, "root", "tbf", "rate", &rate, "burst", "64kb",
            "latency", "200ms",
        ]);
        if made.code == 0 {
            Ok(())
        } else {
            Err(made.err)
        }
    }

    /// Breaks it: nothing comes through, and nobody is told.
    pub fn cut(&self) {
        ip(&["link", "set", &self.name, "down"]);
    }

    /// Makes it whole again.
    pub fn mend(&self) {
        ip(&["link", "set", &self.name, "up"]);
    }

    #[track_caller]
    fn inside(&self, arguments: &[&str]) {
        self.run(arguments).ok();
    }

    fn run(&self, arguments: &[&str]) -> crate::Finished {
        let mut command = Command::new("nsenter");
        command.args(["--net", "--target", &self.pid().to_string()]);
        Running::start(command.args(arguments)).finish()
    }
}

#[track_caller]
fn ip(arguments: &[&str]) {
    Running::start(Command::new("ip").args(arguments))
        .finish()
        .ok();
}
