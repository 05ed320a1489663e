//! Published ports and the way out as root beside the packet filters of other programs, each test
//! in a network namespace of its own: a host with one neighbour.

mod probe;

use std::net::{TcpListener, UdpSocket};
use std::process::Command;
use std::time::Duration;

use gantry_tests::neighbour::{HOST, NEIGHBOUR, Neighbour, hears, on_a_host, run, tells};
use gantry_tests::{Account, Engine, skip, wait_for};

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

/// What Red Hat's iptables and the images of some clouds hold.
const REFUSING: &str = "*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -j REJECT --reject-with icmp-host-prohibited
COMMIT
";

/// Runs a behaviour on a host of its own with rules that this program reads.
fn with_rules(program: &[&str], rules: &str, behaviour: impl FnOnce(&Engine, &Neighbour)) {
    let prepare = || {
        if !program.is_empty() {
            run(program, rules);
        }
    };
    on_a_host(Account::Root, prepare, behaviour);
}

/// The same beside rules of `iptables-legacy`, which nf_tables knows nothing of.
fn with_legacy_rules(rules: &str, behaviour: impl FnOnce(&Engine, &Neighbour)) {
    let mut list = Command::new("unshare");
    let listed = list.args(["-n", "iptables-legacy", "-S"]).output();
    if !listed.is_ok_and(|output| output.status.success()) {
        return skip("this kernel has no rules of iptables-legacy, or it is not installed");
    }
    with_rules(&["iptables-legacy-restore"], rules, behaviour);
}

/// The rules of a chain, in the words of iptables.
fn listed(program: &str, chain: &str) -> String {
    let rules = Command::new(program).args(["-S", chain]).output();
    String::from_utf8(rules.unwrap().stdout).unwrap()
}

fn neighbours_are_seen_as_who_they_are(engine: &Engine, neighbour: &Neighbour) {
    tells(
        engine,
        &["-p", "8001:7", "-p", "127.0.0.1:8002:7"],
        "0.0.0.0",
    );
    let gateway = engine.inspect("web", ".NetworkSettings.Networks.bridge.Gateway");
    wait_for("the neighbour to be seen", || {
        (neighbour.hears(HOST, 8001) == NEIGHBOUR).then_some(())
    });
    let from_here = |host: &str| hears(host, 8001).unwrap_or_default();
    assert_eq!(from_here(HOST), HOST);
    assert_eq!(from_here("127.0.0.1"), gateway);
    assert_eq!(neighbour.hears(HOST, 8002), "");
    // The port is still held against others.
    assert!(TcpListener::bind((HOST, 8001)).is_err());
    goes_out(engine);
    engine.docker(&["rm", "-f", "web"]).ok();
    assert_eq!(neighbour.hears(HOST, 8001), "");
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
    with_rules(&[], "", neighbours_are_seen_as_who_they_are);
}

/// Rules of ours are in Docker's chain for others, and go with the last network.
fn has_its_place_beside_docker(engine: &Engine, neighbour: &Neighbour, program: &str) {
    neighbours_are_seen_as_who_they_are(engine, neighbour);
    let listed = || listed(program, "DOCKER-USER");
    assert_eq!(listed().matches("-j ACCEPT").count(), 2, "{}", listed());
    wait_for("our rules to go with the last network", || {
        (!listed().contains("ACCEPT")).then_some(())
    });
}

#[test]
fn containers_are_reached_beside_docker() {
    with_rules(&["iptables-restore"], DOCKER, |engine, neighbour| {
        has_its_place_beside_docker(engine, neighbour, "iptables");
    });
}

#[test]
fn containers_are_reached_beside_docker_with_iptables_legacy() {
    with_legacy_rules(DOCKER, |engine, neighbour| {
        has_its_place_beside_docker(engine, neighbour, "iptables-legacy");
    });
}

#[test]
fn containers_are_reached_beside_ufw() {
    with_rules(
        &["iptables-restore"],
        UFW,
        neighbours_are_seen_as_who_they_are,
    );
}

#[test]
fn containers_are_reached_beside_ufw_with_iptables_legacy() {
    with_legacy_rules(UFW, |engine, neighbour| {
        neighbours_are_seen_as_who_they_are(engine, neighbour);
        wait_for("our rules to go with the last network", || {
            (!listed("iptables-legacy", "FORWARD").contains("ACCEPT")).then_some(())
        });
    });
}

#[test]
fn containers_are_reached_beside_a_last_rule_that_refuses() {
    with_rules(
        &["iptables-restore"],
        REFUSING,
        neighbours_are_seen_as_who_they_are,
    );
}

#[test]
fn containers_are_reached_beside_a_last_rule_of_iptables_legacy() {
    with_legacy_rules(REFUSING, neighbours_are_seen_as_who_they_are);
}

#[test]
fn rules_that_come_later_or_empty_everything_are_noticed() {
    with_rules(&[], "", |engine, neighbour| {
        tells(engine, &["-p", "8001:7"], "0.0.0.0");
        let is_seen = |what: &str| {
            wait_for(what, || {
                (neighbour.hears(HOST, 8001) == NEIGHBOUR).then_some(())
            });
        };
        is_seen("the neighbour to be seen");
        run(&["iptables-restore"], UFW);
        is_seen("a way through rules that came later");
        goes_out(engine);
        // As the first line of many an /etc/nftables.conf does.
        run(&["nft", "flush", "ruleset"], "");
        is_seen("our own rules to be back");
        goes_out(engine);
    });
}

#[test]
fn a_filter_without_a_place_for_us_leaves_ports_to_their_sockets() {
    with_rules(&["nft", "-f", "-"], CLOSED, |engine, neighbour| {
        tells(engine, &["-p", "8001:7"], "0.0.0.0");
        let gateway = engine.inspect("web", ".NetworkSettings.Networks.bridge.Gateway");
        wait_for("the port to answer", || {
            (neighbour.hears(HOST, 8001) == gateway).then_some(())
        });
        let doctor = engine
            .command(&gantry_tests::built("gantry"))
            .arg("doctor")
            .output();
        let said = String::from_utf8(doctor.unwrap().stdout).unwrap();
        assert!(said.contains("inet filter forward"), "{said}");
        let second = engine.docker(&["create", "busybox", "true"]);
        assert!(second.err.contains("inet filter forward"), "{second:?}");
    });
}

#[test]
fn datagrams_follow_a_container_that_was_replaced() {
    with_rules(&[], "", |engine, neighbour| {
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
