//! A computer that passes packets on for containers does not pass on those of others.

use std::fs;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use gantry_tests::Account;
use gantry_tests::neighbour::{HOST, NEIGHBOUR, Neighbour, on_a_host, run, tells};

const SIDE: &str = "203.0.113.1";
const OTHER: &str = "203.0.113.2";
const SWITCH: &str = "/proc/sys/net/ipv4/ip_forward";

/// What becomes of a connection to a port where nobody listens.
fn asks(host: &str) -> ErrorKind {
    let address = SocketAddr::new(host.parse().unwrap(), 9);
    let asked = TcpStream::connect_timeout(&address, Duration::from_secs(2));
    asked.unwrap_err().kind()
}

fn tables() -> String {
    let listed = Command::new("nft").args(["list", "tables"]).output();
    String::from_utf8(listed.unwrap().stdout).unwrap()
}

#[test]
fn a_computer_becomes_no_router() {
    let prepare = || fs::write(SWITCH, "0").unwrap();
    on_a_host(Account::Root, prepare, |engine, neighbour| {
        let other = Neighbour::behind(SIDE, OTHER);
        neighbour.does(|| run(&["ip", "route", "add", "default", "via", HOST], ""));
        tells(engine, &["-p", "8001:7"], "0.0.0.0");
        assert_eq!(fs::read_to_string(SWITCH).unwrap().trim(), "1");
        // Whoever comes to a container does, and containers go out.
        assert_eq!(neighbour.hears(HOST, 8001), NEIGHBOUR);
        assert_eq!(other.hears(SIDE, 8001), OTHER);
        let script = format!("nc -w 5 {OTHER} 9 </dev/null 2>&1; true");
        let said = engine.docker(&["exec", "web", "sh", "-c", &script]).ok();
        assert!(said.contains("refused"), "{said}");
        assert_eq!(neighbour.does(|| asks(OTHER)), ErrorKind::TimedOut);
        assert_eq!(other.does(|| asks(NEIGHBOUR)), ErrorKind::TimedOut);
        // Also once nobody needs it, since the switch stays; and when all rules were flushed.
        run(&["nft", "flush", "ruleset"], "");
        gantry_tests::wait_for("the rules to be back", || {
            tables().contains("gantry-no-router").then_some(())
        });
        engine.docker(&["rm", "-f", "web"]).ok();
        engine.terminate();
        gantry_tests::wait_for("the keeper to leave", || {
            (tables().trim() == "table inet gantry-no-router").then_some(())
        });
        assert_eq!(neighbour.does(|| asks(OTHER)), ErrorKind::TimedOut);
        // It is the table that does it.
        run(&["nft", "delete", "table", "inet", "gantry-no-router"], "");
        assert_eq!(neighbour.does(|| asks(OTHER)), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn a_router_stays_one() {
    let prepare = || fs::write(SWITCH, "1").unwrap();
    on_a_host(Account::Root, prepare, |engine, neighbour| {
        let _other = Neighbour::behind(SIDE, OTHER);
        neighbour.does(|| run(&["ip", "route", "add", "default", "via", HOST], ""));
        tells(engine, &["-p", "8001:7"], "0.0.0.0");
        assert_eq!(neighbour.does(|| asks(OTHER)), ErrorKind::ConnectionRefused);
    });
}
