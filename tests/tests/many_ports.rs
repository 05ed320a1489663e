//! More published ports than a packet between engine and keeper could name one by one.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU32, Ordering},
};

use gantry_tests::{Engine, as_root_and_as_user, network::echo, wait_for};

as_root_and_as_user!(a_thousand_ports_are_published_and_go_again);

/// An address of the loopback that no other test uses.
fn own_loopback() -> String {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let number = std::process::id() + ASKED.fetch_add(4001, Ordering::Relaxed);
    let [_, a, b, c] = number.to_be_bytes();
    format!("127.{}.{b}.{c}", 64 + a)
}

fn a_thousand_ports_are_published_and_go_again(engine: &Engine) {
    let host = own_loopback();
    let at = |port| SocketAddr::new(host.parse().unwrap(), port);
    let run = |name: &str, ports: &str| {
        let publish = format!("{host}:{ports}");
        let run = ["run", "-d", "--name", name, "-p", &publish];
        let serve = ["busybox", "nc", "-ll", "-p", "20007", "-e", "cat"];
        engine.docker(&[&run[..], &serve].concat()).ok();
    };
    let answers = |port: u16| {
        wait_for(&format!("an answer on {}", at(port)), || {
            (echo(at(port), "hello\n")? == "hello\n").then_some(())
        });
    };
    run("small", "30007:20007");
    run("large", "20000-20999:20000-20999");
    answers(20007);
    let published = || engine.docker(&["port", "large"]).ok().lines().count();
    assert_eq!(published(), 1000);
    // A new engine tells the keeper, and a new keeper is told.
    engine.kill();
    engine.launch();
    assert_eq!(published(), 1000);
    for port in [20007, 30007] {
        answers(port);
    }
    engine.docker(&["rm", "-f", "large"]).ok();
    assert!(echo(at(20007), "x\n").is_none());
    answers(30007);
    run("again", "20000-20999:20000-20999");
    answers(20007);
}
