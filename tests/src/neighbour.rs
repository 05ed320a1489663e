//! A computer of its own with one neighbour, for tests of what packets go through: network
//! namespaces, where nobody else has rules or ports.

use std::{
    fs::{File, read_link},
    io::{Read, Write},
    net::{IpAddr, SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use nix::sched::{CloneFlags, setns, unshare};

use crate::{Account, Engine, on, skip, wait_for};

pub const HOST: &str = "198.51.100.1";
pub const NEIGHBOUR: &str = "198.51.100.2";
pub const HOST_V6: &str = "2001:db8:77::1";
pub const NEIGHBOUR_V6: &str = "2001:db8:77::2";

/// The other computer.
pub struct Neighbour(Child);

impl Neighbour {
    fn start() -> Self {
        let mut other = Command::new("unshare");
        let other = Self(other.args(["-n", "sleep", "1000"]).spawn().unwrap());
        let namespace = format!("/proc/{}/ns/net", other.0.id());
        wait_for("another computer's namespace", || {
            let own = read_link("/proc/thread-self/ns/net").ok()?;
            (read_link(&namespace).ok()? != own).then_some(())
        });
        other
    }

    /// One behind another interface of this computer, by the addresses of the two.
    pub fn behind(own: &str, others: &str) -> Self {
        let other = Self::start();
        let pid = other.0.id();
        let ip = |line: &str| run(&line.split(' ').collect::<Vec<_>>(), "");
        ip(&format!(
            "ip link add side type veth peer name far netns {pid}"
        ));
        ip(&format!("ip address add {own}/24 dev side"));
        ip("ip link set side up");
        other.does(|| {
            ip(&format!("ip address add {others}/24 dev far"));
            ip("ip link set far up");
            ip(&format!("ip route add default via {own}"));
        });
        other
    }

    /// Does something on that computer.
    pub fn does<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let namespace = File::open(format!("/proc/{}/ns/net", self.0.id())).unwrap();
        thread::scope(|scope| {
            let there = scope.spawn(|| {
                setns(namespace, CloneFlags::CLONE_NEWNET).unwrap();
                work()
            });
            there.join().unwrap()
        })
    }

    /// What a container that [`tells`] says to it; empty where nobody answers.
    pub fn hears(&self, host: &str, port: u16) -> String {
        self.does(|| hears(host, port).unwrap_or_default())
    }
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a container that [`tells`] says to this computer.
pub fn hears(host: &str, port: u16) -> Option<String> {
    let address = SocketAddr::new(host.parse::<IpAddr>().unwrap(), port);
    let patience = Duration::from_secs(10);
    let mut stream = TcpStream::connect_timeout(&address, patience).ok()?;
    stream.set_read_timeout(Some(patience)).ok()?;
    stream
        .write_all(b"GET /cgi-bin/who HTTP/1.0\r\n\r\n")
        .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer.lines().last()?.to_owned())
}

/// Starts a container that tells each client who it is, on this address of its own.
pub fn tells(engine: &Engine, options: &[&str], address: &str) {
    let server = format!(
        r"mkdir -p /www/cgi-bin
        printf '#!/bin/sh\necho Content-type: text/plain; echo; echo $REMOTE_ADDR' >/www/cgi-bin/who
        chmod +x /www/cgi-bin/who
        exec httpd -f -p {address}:7 -h /www"
    );
    let run = ["run", "-d", "--name", "web"];
    let serve = ["busybox", "sh", "-c", &server];
    engine.docker(&[&run, options, &serve].concat()).ok();
}

/// Runs a program of this computer to its end, which must be a good one.
pub fn run(program: &[&str], input: &str) {
    let mut command = Command::new(program[0]);
    let mut child = command
        .args(&program[1..])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(input.as_bytes()).unwrap();
    drop(pipe);
    assert!(child.wait().unwrap().success(), "{program:?}");
}

/// Runs a behaviour on a computer of its own with a way out over its neighbour, once `prepare` has
/// been there.
pub fn on_a_host(
    account: Account,
    prepare: impl FnOnce(),
    behaviour: impl FnOnce(&Engine, &Neighbour),
) {
    if !rustix::process::geteuid().is_root() {
        return skip("only root makes network namespaces");
    }
    unshare(CloneFlags::CLONE_NEWNET).unwrap();
    let neighbour = Neighbour::start();
    let pid = neighbour.0.id().to_string();
    let ip = |line: &str| run(&line.split(' ').collect::<Vec<_>>(), "");
    let addresses = |interface: &str, v4: &str, v6: &str| {
        ip(&format!("ip address add {v4}/24 dev {interface}"));
        ip(&format!("ip address add {v6}/64 dev {interface} nodad"));
        ip("ip link set lo up");
        ip(&format!("ip link set {interface} up"));
    };
    ip(&format!(
        "ip link add near type veth peer name far netns {pid}"
    ));
    addresses("near", HOST, HOST_V6);
    neighbour.does(|| addresses("far", NEIGHBOUR, NEIGHBOUR_V6));
    ip(&format!("ip route add default via {NEIGHBOUR}"));
    ip(&format!("ip -6 route add default via {NEIGHBOUR_V6}"));
    prepare();
    on(account, |engine| behaviour(engine, &neighbour));
}
