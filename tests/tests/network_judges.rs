//! Networks under load and under a host that changes.
//!
//! `./dev campaign networks 200` has the two loads run in full (`GANTRY_CONTAINERS` says with how many
//! containers); without it they run with a few.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use gantry_tests::{
    Account, Engine, as_root_and_as_user,
    network::{Tunnels, echo, helper, own_address, resolver},
    on, skip, wait_for,
};
use rustix::process::{Signal, kill_process};

as_root_and_as_user!(
    names_are_right_while_containers_come_and_go,
    many_published_ports_start_at_once,
);

/// How many containers a load has.
fn load() -> usize {
    let wanted = std::env::var("GANTRY_CONTAINERS").ok();
    wanted.map_or(16, |text| text.parse().expect("GANTRY_CONTAINERS"))
}

/// Containers that are started at the same time.
const BATCH: usize = 8;

/// What a container's resolver says, asked from its namespace.
fn resolve(pid: &str, name: &str) -> Option<String> {
    let mut ask = Command::new("nsenter");
    ask.args(["-t", pid, "-n", "busybox", "nslookup", "-type=a", name]);
    let told = ask.arg("127.0.0.11").output().unwrap();
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    // The first is the resolver itself.
    let mut addresses = told.lines().filter(|line| line.starts_with("Address"));
    let found = addresses.nth(1)?.split_whitespace().last()?;
    Some(found.to_owned())
}

/// A container that only stands in a network, and its process.
fn stands(engine: &Engine, name: &str, network: &str) -> String {
    let run = ["run", "-d", "--name", name, "--network", network];
    let sleep = ["busybox", "sleep", "6000"];
    engine.docker(&[&run[..], &sleep].concat()).ok();
    engine.inspect(name, ".State.Pid")
}

fn address(engine: &Engine, name: &str) -> String {
    let field = "(index .NetworkSettings.Networks \"mine\").IPAddress";
    engine.inspect(name, field)
}

fn names_are_right_while_containers_come_and_go(engine: &Engine) {
    engine.docker(&["network", "create", "mine"]).ok();
    let observer = stands(engine, "observer", "mine");
    stands(engine, "steady", "mine");
    let steady = Some(address(engine, "steady"));
    let (over, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    let names: Vec<_> = (0..load()).map(|number| format!("c{number}")).collect();
    std::thread::scope(|scope| {
        let steadily = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                assert_eq!(resolve(&observer, "steady"), steady);
                asked.fetch_add(1, Ordering::Relaxed);
            }
        });
        let mut leaving = Vec::new();
        for batch in names.chunks(BATCH) {
            let run = |name: &String| {
                let run = ["run", "-d", "--name", name, "--network", "mine"];
                engine.start_docker(&[&run[..], &["busybox", "sleep", "6000"]].concat())
            };
            let starting: Vec<_> = batch.iter().map(run).collect();
            for one in starting.into_iter().chain(leaving.drain(..)) {
                one.finish().ok();
            }
            for name in batch {
                assert_eq!(resolve(&observer, name), Some(address(engine, name)));
            }
            let remove = |name: &String| engine.start_docker(&["rm", "-f", name]);
            leaving.extend(batch.iter().map(remove));
        }
        for one in leaving {
            one.finish().ok();
        }
        over.store(true, Ordering::Relaxed);
        steadily.join().unwrap();
    });
    for name in &names {
        assert_eq!(resolve(&observer, name), None, "{name}");
    }
    let asked = asked.into_inner();
    assert!(asked > 0);
    println!("{asked} questions were answered meanwhile");
}

fn many_published_ports_start_at_once(engine: &Engine) {
    let serve = ["busybox", "nc", "-ll", "-p", "7", "-e", "cat"];
    let run = ["run", "-d", "-p", "127.0.0.1::7"];
    let begun = Instant::now();
    let starting: Vec<_> = (0..load())
        .map(|_| engine.start_docker(&[&run[..], &serve].concat()))
        .collect();
    let ids: Vec<_> = starting.into_iter().map(|one| one.finish().ok()).collect();
    println!("{} containers in {:.1?}", ids.len(), begun.elapsed());
    let listed = engine.docker(&["ps", "--format", "{{.Ports}}"]).ok();
    let mut ports: Vec<u16> = listed
        .lines()
        .map(|line| {
            let (address, _) = line.split_once("->").unwrap();
            address.rsplit(':').next().unwrap().parse().unwrap()
        })
        .collect();
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), ids.len());
    for port in ports {
        let address = ([127, 0, 0, 1], port).into();
        wait_for("an answer", || {
            (echo(address, "hello")? == "hello").then_some(())
        });
    }
}

#[test]
fn the_resolver_that_the_host_has_now_is_asked() {
    on(Account::Root, |engine| {
        let first = Ipv4Addr::new(127, 77, 0, 1);
        let second = Ipv4Addr::new(127, 77, 0, 2);
        let told = [first, second].map(|listen| {
            let answer = Ipv4Addr::new(192, 0, 2, listen.octets()[3]);
            resolver(listen.into(), answer).map(|()| answer.to_string())
        });
        let [Some(one), Some(other)] = told else {
            return skip("port 53 of the loopback is not ours");
        };
        engine.terminate();
        let file = engine.write("resolv.conf", format!("nameserver {first}\n"));
        let script = format!(
            "mount --bind {} /etc/resolv.conf; exec \"$@\"",
            file.display()
        );
        let alone = ["unshare", "-m", "--propagation", "private"];
        engine.launch_behind(&[&alone[..], &["sh", "-ec", &script, "sh"]].concat());
        engine.docker(&["network", "create", "mine"]).ok();
        let observer = stands(engine, "observer", "mine");
        assert_eq!(resolve(&observer, "somewhere.test"), Some(one));
        std::fs::write(&file, format!("nameserver {second}\n")).unwrap();
        wait_for("the other resolver to be asked", || {
            (resolve(&observer, "elsewhere.test").as_deref() == Some(&other)).then_some(())
        });
    });
}

#[test]
fn the_way_out_comes_back_when_its_helper_is_killed() {
    on(Account::User, |engine| {
        let _tunnels = Tunnels::open();
        let Some(own) = own_address() else {
            return skip("this computer has no network");
        };
        let observer = stands(engine, "observer", "bridge");
        let Some(before) = helper(engine) else {
            return skip("neither pasta nor slirp4netns leads out here");
        };
        let server = TcpListener::bind((own, 0)).unwrap();
        let address = server.local_addr().unwrap();
        // Whoever connects is told nothing.
        std::thread::spawn(move || while server.accept().is_ok() {});
        let reaches = |address: SocketAddr| {
            let mut connect = Command::new("nsenter");
            connect.args(["-t", &observer, "-n", "busybox", "nc", "-w", "2"]);
            let connect = connect.arg(address.ip().to_string());
            let done = connect.arg(address.port().to_string()).output().unwrap();
            done.status.success().then_some(())
        };
        wait_for("the world to be reached", || reaches(address));
        kill_process(before, Signal::KILL).unwrap();
        wait_for("another helper", || {
            helper(engine).filter(|after| *after != before)
        });
        wait_for("the world to be reached again", || reaches(address));
    });
}
