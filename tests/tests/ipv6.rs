//! IPv6: published ports, who is seen to come, and the way out, each test on a computer of its own
//! with one neighbour.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};

use gantry_tests::neighbour::{HOST_V6, NEIGHBOUR_V6, Neighbour, hears, on_a_host, tells};
use gantry_tests::network::{Tunnels, resolver};
use gantry_tests::{Account, Engine, skip, wait_for};

/// Where interfaces have their switches.
const SWITCHES: &str = "/proc/sys/net/ipv6/conf";

macro_rules! as_both {
    ($($behaviour:ident),+ $(,)?) => {
        mod as_root {
            $(#[test] fn $behaviour() { super::with_ipv6(super::Account::Root, super::$behaviour); })+
        }
        mod as_user {
            $(#[test] fn $behaviour() { super::with_ipv6(super::Account::User, super::$behaviour); })+
        }
    };
}
as_both!(
    published_ports_answer,
    published_ports_answer_without_ipv4,
    containers_reach_the_world,
);

fn with_ipv6(account: Account, behaviour: impl FnOnce(&Engine, &Neighbour)) {
    if !fs::exists(SWITCHES).unwrap() {
        return skip("this kernel has no IPv6");
    }
    on_a_host(account, || (), behaviour);
}

/// Makes the network `six`, and a container `web` there with published ports.
fn publish(engine: &Engine, families: &[&str]) {
    let create = ["network", "create", "--ipv6", "--subnet", "fd00::/64"];
    engine.docker(&[&create, families, &["six"]].concat()).ok();
    let outer = format!("[{HOST_V6}]:8003:7");
    let ports = ["-p", "8001:7", "-p", "[::1]:8002:7", "-p", &outer];
    tells(
        engine,
        &[&["--network", "six"], &ports[..]].concat(),
        "[::]",
    );
}

/// Whoever comes by IPv6 is answered; where the kernel leads there, they are seen as who they are.
fn answer(engine: &Engine, neighbour: &Neighbour) {
    wait_for("the loopback", || hears("::1", 8001));
    assert!(hears("::1", 8002).is_some());
    let (theirs, ours) = if engine.is_root() {
        (NEIGHBOUR_V6, HOST_V6)
    } else {
        ("", "")
    };
    for port in [8001, 8003] {
        let seen = neighbour.hears(HOST_V6, port);
        assert!(!seen.is_empty() && seen.contains(theirs), "{seen}");
        let seen = hears(HOST_V6, port).unwrap();
        assert!(seen.contains(ours), "{seen}");
    }
    assert_eq!(neighbour.hears(HOST_V6, 8002), "");
    assert!(hears("::1", 8003).is_none());
    engine.docker(&["rm", "-f", "web"]).ok();
    assert_eq!(neighbour.hears(HOST_V6, 8001), "");
}

fn published_ports_answer(engine: &Engine, neighbour: &Neighbour) {
    publish(engine, &[]);
    let shown = engine.docker(&["port", "web"]).ok();
    let mut shown: Vec<_> = shown.lines().collect();
    shown.sort_unstable();
    let outer = format!("7/tcp -> [{HOST_V6}]:8003");
    let expected = [
        "7/tcp -> 0.0.0.0:8001",
        &outer,
        "7/tcp -> [::1]:8002",
        "7/tcp -> [::]:8001",
    ];
    assert_eq!(shown, expected);
    let bound = engine.inspect("web", "json .NetworkSettings.Ports");
    for one in [
        r#"{"HostIp":"0.0.0.0","HostPort":"8001"},{"HostIp":"::","HostPort":"8001"}"#,
        r#"{"HostIp":"::1","HostPort":"8002"}"#,
    ] {
        assert!(bound.contains(one), "{bound}");
    }
    answer(engine, neighbour);
}

fn published_ports_answer_without_ipv4(engine: &Engine, neighbour: &Neighbour) {
    publish(engine, &["--ipv4=false"]);
    answer(engine, neighbour);
}

fn containers_reach_the_world(engine: &Engine, neighbour: &Neighbour) {
    let tunnels = Tunnels::open();
    engine
        .docker(&[
            "network",
            "create",
            "--ipv6",
            "--subnet",
            "fd00::/64",
            "six",
        ])
        .ok();
    let script = |script: &str| {
        let script = format!("({script}) 2>&1; true");
        let run = ["run", "--rm", "--network", "six", "busybox", "sh", "-c"];
        engine.docker(&[&run[..], &[&script]].concat()).ok()
    };
    let server = neighbour.does(|| TcpListener::bind((NEIGHBOUR_V6, 0)).unwrap());
    let port = server.local_addr().unwrap().port();
    std::thread::spawn(move || {
        while let Ok((mut stream, from)) = server.accept() {
            let _ = write!(stream, "{}", from.ip());
        }
    });
    let reached = script(&format!("nc -w 20 {NEIGHBOUR_V6} {port} </dev/null"));
    assert_eq!(reached, HOST_V6);
    let refused = script(&format!("nc -w 20 {NEIGHBOUR_V6} 9 </dev/null"));
    assert!(refused.contains("refused"), "{refused}");
    if !engine.is_root() && tunnels.is_none() {
        return skip("/dev/net/tun is not for everybody here, without which only TCP goes out");
    }
    let answer = Ipv4Addr::new(192, 0, 2, 77);
    let resolves = neighbour.does(|| resolver(NEIGHBOUR_V6.parse().unwrap(), answer));
    assert!(resolves.is_some());
    wait_for("a datagram to come back", || {
        let told = script(&format!("nslookup -type=a name.test {NEIGHBOUR_V6}"));
        told.contains(&answer.to_string()).then_some(())
    });
}

#[test]
fn the_host_goes_on_to_believe_its_router_and_no_container() {
    with_ipv6(Account::Root, |engine, _| {
        let believes = |interface: &str| {
            let switch = format!("{SWITCHES}/{interface}/accept_ra");
            fs::read_to_string(switch).unwrap().trim().to_owned()
        };
        assert_eq!(believes("near"), "1");
        publish(engine, &[]);
        assert_eq!(believes("near"), "2");
        let links = fs::read_dir(SWITCHES).unwrap().flatten();
        let names = links.map(|link| link.file_name().to_string_lossy().into_owned());
        let bridges: Vec<_> = names.filter(|name| name.starts_with("gb")).collect();
        assert_eq!(bridges.len(), 1);
        assert_eq!(believes(&bridges[0]), "0");
    });
}
