//! What is left of connections when the network keeper is killed: as root all that the kernel
//! carries by itself, as an ordinary user the way out of everything but TCP.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};

use gantry_tests::neighbour::{HOST, NEIGHBOUR, Neighbour, on_a_host};
use gantry_tests::network::{Tunnels, exchange, helper, keeper};
use gantry_tests::{Account, Engine, PATIENCE, skip, wait_for};
use rustix::process::{Signal, kill_process};

/// Kills the keeper and waits for the next.
fn another_keeper(engine: &Engine) {
    let before = keeper(engine).unwrap();
    kill_process(before, Signal::KILL).unwrap();
    wait_for("another keeper", || {
        keeper(engine).filter(|after| *after != before)
    });
}

/// Connects to a published port of this computer.
fn connects(neighbour: &Neighbour) -> TcpStream {
    let address = SocketAddr::new(HOST.parse().unwrap(), 8001);
    wait_for("an echo", || {
        let mut stream = neighbour.does(|| TcpStream::connect(address)).ok()?;
        (exchange(&mut stream, "one\n")? == "one\n").then_some(stream)
    })
}

fn connections_go_on(engine: &Engine, neighbour: &Neighbour) {
    let run = ["run", "-d", "--name", "web", "-p", "8001:7", "busybox"];
    let serve = ["nc", "-ll", "-p", "7", "-e", "cat"];
    engine.docker(&[&run[..], &serve].concat()).ok();
    let mut inward = connects(neighbour);
    let server = neighbour.does(|| TcpListener::bind((NEIGHBOUR, 0)).unwrap());
    let port = server.local_addr().unwrap().port();
    let talk = format!("while sleep 0.2; do echo word; done | nc {NEIGHBOUR} {port}");
    let run = ["run", "-d", "busybox", "sh", "-c", &talk];
    engine.docker(&run).ok();
    let (outward, _) = server.accept().unwrap();
    outward.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut outward = BufReader::new(outward);
    let mut word = || {
        let mut line = String::new();
        outward.read_line(&mut line).unwrap();
        line
    };
    assert_eq!(word(), "word\n");
    another_keeper(engine);
    assert_eq!(exchange(&mut inward, "two\n").unwrap(), "two\n");
    // More than what was on its way.
    for _ in 0..10 {
        assert_eq!(word(), "word\n");
    }
    connects(neighbour);
}

#[test]
fn as_root_connections_go_on_without_their_keeper() {
    on_a_host(Account::Root, || (), connections_go_on);
}

#[test]
fn the_way_out_of_a_user_is_taken_over_by_the_next_keeper() {
    on_a_host(
        Account::User,
        || (),
        |engine, _| {
            let tunnels = Tunnels::open();
            let run = ["run", "-d", "--name", "web", "busybox", "sleep", "1000"];
            engine.docker(&run).ok();
            let (Some(before), Some(_tunnels)) = (helper(engine), tunnels) else {
                return skip("neither pasta nor slirp4netns leads out here");
            };
            another_keeper(engine);
            wait_for("the same helper", || {
                (helper(engine) == Some(before)).then_some(())
            });
        },
    );
}
