//! Published ports and the way out as root beside the packet filters of other programs, each test
//! in a network namespace of its own: a host with one neighbour.

mod probe;

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use gantry_tests::{Account, Engine, on, skip, wait_for};
use nix::sched::{CloneFlags, setns, unshare};

const HOST: &str = "198.51.100.1";
const NEIGHBOUR: &str = "198.51.100.2";

/// What Docker writes.
const DOCKER: &str = "*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-FORWARD - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-FORWARD
-A DOCKER-FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-FORWARD -i docker0 -j ACCEPT
-A DOCKER ! -i docker0 -o docker0 -j DROP
COMMIT
";

/// What ufw writes, shortened to what packets go through that are passed on.
const UFW: &str = "*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:ufw-before-forward - [0:0]
:ufw-user-forward - [0:0]
:ufw-reject-forward - [0:0]
-A FORWARD -j ufw-before-forward
-A FORWARD -j ufw-reject-forward
-A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-forward -j ufw-user-forward
-A ufw-reject-forward -j REJECT
COMMIT
";

/// What many an /etc/nftables.conf holds.
const CLOSED: &str =
    "table inet filter { chain forward { type filter hook forward priority 0; policy drop; }; }";

/// The other computer.
struct Neighbour(Child);

impl Neighbour {
    /// Does something on that computer.
    fn does<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
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
    fn hears(&self, port: u16) -> String {
        self.does(|| hears(HOST, port).unwrap_or_default())
    }
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn hears(host: &str, port: u16) -> Option<String> {
    let address = SocketAddr::new(host.parse().unwrap(), port);
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

fn run(program: &[&str], input: &str) {
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

/// Runs a behaviour on a host of its own, once `rules` are there.
fn on_a_host(rules: &[&str], input: &str, behaviour: impl FnOnce(&Engine, &Neighbour)) {
    if !rustix::process::geteuid().is_root() {
        return skip("only root makes network namespaces");
    }
    unshare(CloneFlags::CLONE_NEWNET).unwrap();
    let mut other = Command::new("unshare");
    let neighbour = Neighbour(other.args(["-n", "sleep", "1000"]).spawn().unwrap());
    let pid = neighbour.0.id().to_string();
    wait_for("the neighbour's namespace", || {
        let own = std::fs::read_link("/proc/thread-self/ns/net").ok()?;
        (std::fs::read_link(format!("/proc/{pid}/ns/net")).ok()? != own).then_some(())
    });
    let ip = |line: &str| run(&line.split(' ').collect::<Vec<_>>(), "");
    ip("ip link set lo up");
    ip(&format!(
        "ip link add near type veth peer name far netns {pid}"
    ));
    ip(&format!("ip address add {HOST}/24 dev near"));
    ip("ip link set near up");
    neighbour.does(|| {
        ip(&format!("ip address add {NEIGHBOUR}/24 dev far"));
        ip("ip link set far up");
    });
    if !rules.is_empty() {
        run(rules, input);
    }
    on(Account::Root, |engine| behaviour(engine, &neighbour));
}

/// Starts a container that tells each client who it is.
fn tells(engine: &Engine, ports: &[&str]) {
    let server = r"mkdir -p /www/cgi-bin
        printf '#!/bin/sh\necho Content-type: text/plain; echo; echo $REMOTE_ADDR' >/www/cgi-bin/who
        chmod +x /www/cgi-bin/who
        exec httpd -f -p 0.0.0.0:7 -h /www";
    let run = ["run", "-d", "--name", "web"];
    let serve = ["busybox", "sh", "-c", server];
    engine.docker(&[&run, ports, &serve].concat()).ok();
}

fn neighbours_are_seen_as_who_they_are(engine: &Engine, neighbour: &Neighbour) {
    tells(engine, &["-p", "8001:7", "-p", "127.0.0.1:8002:7"]);
    let gateway = engine.inspect("web", ".NetworkSettings.Networks.bridge.Gateway");
    wait_for("the neighbour to be seen", || {
        (neighbour.hears(8001) == NEIGHBOUR).then_some(())
    });
    let from_here = |host: &str| hears(host, 8001).unwrap_or_default();
    assert_eq!(from_here(HOST), HOST);
    assert_eq!(from_here("127.0.0.1"), gateway);
    assert_eq!(neighbour.hears(8002), "");
    // The port is still held against others.
    assert!(TcpListener::bind((HOST, 8001)).is_err());
    goes_out(engine);
    engine.docker(&["rm", "-f", "web"]).ok();
    assert_eq!(neighbour.hears(8001), "");
}

/// A container reaches the neighbour, or is at least refused by it.
fn goes_out(engine: &Engine) {
    let script = format!("nc -w 5 {NEIGHBOUR} 9 </dev/null 2>&1; true");
    let said = engine.docker(&["run", "--rm", "busybox", "sh", "-c", &script]);
    let said = said.ok();
    assert!(said.contains("refused"), "{said}");
}

#[test]
fn a_published_port_keeps_the_address_of_who_comes() {
    on_a_host(&[], "", neighbours_are_seen_as_who_they_are);
}

#[test]
fn containers_are_reached_beside_docker() {
    on_a_host(&["iptables-restore"], DOCKER, |engine, neighbour| {
        neighbours_are_seen_as_who_they_are(engine, neighbour);
        let listed = || {
            let rules = Command::new("iptables")
                .args(["-S", "DOCKER-USER"])
                .output();
            String::from_utf8(rules.unwrap().stdout).unwrap()
        };
        assert!(listed().contains("-j ACCEPT"), "{}", listed());
        wait_for("our rules to go with the last network", || {
            (!listed().contains("ACCEPT")).then_some(())
        });
    });
}

#[test]
fn containers_are_reached_beside_ufw() {
    on_a_host(
        &["iptables-restore"],
        UFW,
        neighbours_are_seen_as_who_they_are,
    );
}

#[test]
fn a_filter_without_a_place_for_us_leaves_ports_to_their_sockets() {
    on_a_host(&["nft", "-f", "-"], CLOSED, |engine, neighbour| {
        tells(engine, &["-p", "8001:7"]);
        let gateway = engine.inspect("web", ".NetworkSettings.Networks.bridge.Gateway");
        wait_for("the port to answer", || {
            (neighbour.hears(8001) == gateway).then_some(())
        });
        let doctor = engine
            .command(&gantry_tests::built("gantry"))
            .arg("doctor")
            .output();
        let said = String::from_utf8(doctor.unwrap().stdout).unwrap();
        assert!(said.contains("inet filter forward"), "{said}");
    });
}

#[test]
fn datagrams_follow_a_container_that_was_replaced() {
    on_a_host(&[], "", |engine, neighbour| {
        let Some(server) = probe::program(engine, "datagrams") else {
            return skip("no C compiler that links statically");
        };
        let bind = format!("{}:/server:ro", server.display());
        let create = ["network", "create", "--subnet", "10.99.0.0/24", "net"];
        engine.docker(&create).ok();
        let serve = |address: &str| {
            let run = [
                "run",
                "-d",
                "--name",
                "web",
                "-p",
                "8001:7/udp",
                "-v",
                &bind,
            ];
            let place = ["--network", "net", "--ip", address, "busybox", "/server"];
            engine.docker(&[&run[..], &place].concat()).ok();
        };
        // Always from the same port, so that the kernel takes it for one conversation.
        let socket = neighbour.does(|| UdpSocket::bind((NEIGHBOUR, 9001)).unwrap());
        socket
            .set_read_timeout(Some(Duration::from_millis(500)))
            .unwrap();
        let asks = || {
            // Nobody may be there yet, which a later call is told.
            let _ = socket.send_to(b"x", (HOST, 8001));
            socket.recv(&mut [0; 9]).is_ok().then_some(())
        };
        for address in ["10.99.0.10", "10.99.0.11"] {
            serve(address);
            wait_for("an answer", asks);
            engine.docker(&["rm", "-f", "web"]).ok();
        }
    });
}
