//! The default network: addresses, the way out, published ports, and what survives whom.

mod probe;

use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::Path;

use gantry_tests::{
    Engine, as_root_and_as_user,
    network::{Tunnels, echo, echo_datagram, exchange, free_port, keeper, own_address, traces},
    skip, wait_for,
};
use rustix::process::{Signal, kill_process};

as_root_and_as_user!(
    a_published_port_answers_on_every_address,
    a_port_of_the_loopback_is_there_only,
    a_free_port_is_found_for_all_that_is_exposed,
    datagrams_find_their_way_back,
    a_taken_port_names_the_container_that_has_it,
    a_taken_port_names_the_process_that_has_it,
    low_ports_are_for_root,
    containers_reach_each_other_and_the_world,
    connections_outlast_the_engine,
    a_killed_keeper_is_started_again_and_publishes,
    nothing_stays_when_the_last_container_is_gone,
    a_container_shares_the_network_of_another,
);

/// Starts a container that echoes what it is sent on port 7.
fn echoes(engine: &Engine, name: &str, options: &[&str]) {
    let run = ["run", "-d", "--name", name];
    let serve = ["busybox", "nc", "-ll", "-p", "7", "-e", "cat"];
    engine.docker(&[&run, options, &serve].concat()).ok();
}

fn at(host: &str, port: u16) -> SocketAddr {
    SocketAddr::new(host.parse().unwrap(), port)
}

/// The port of the host that leads to one of a container.
fn published(engine: &Engine, name: &str, port: &str) -> u16 {
    let told = engine.docker(&["port", name, port]).ok();
    let first = told.lines().next().unwrap();
    first.rsplit(':').next().unwrap().parse().unwrap()
}

fn answers(address: SocketAddr) {
    wait_for(&format!("an answer on {address}"), || {
        (echo(address, "hello\n")? == "hello\n").then_some(())
    });
}

fn a_published_port_answers_on_every_address(engine: &Engine) {
    let port = free_port();
    echoes(engine, "web", &["-p", &format!("{port}:7")]);
    answers(at("127.0.0.1", port));
    answers(at("::1", port));
    if let Some(own) = own_address() {
        answers(SocketAddr::new(own, port));
    }
    let listed = engine.docker(&["ps", "--format", "{{.Ports}}"]).ok();
    assert_eq!(listed, format!("0.0.0.0:{port}->7/tcp, [::]:{port}->7/tcp"));
    let address = engine.inspect("web", ".NetworkSettings.Networks.bridge.IPAddress");
    address.parse::<IpAddr>().unwrap();
    // A large answer, so that more than one way of carrying is used.
    let long = "x".repeat(3 << 20);
    let mut stream = TcpStream::connect(at("127.0.0.1", port)).unwrap();
    let mut back = stream.try_clone().unwrap();
    let writer = std::thread::spawn({
        let long = long.clone();
        move || std::io::Write::write_all(&mut stream, long.as_bytes()).map(|()| stream)
    });
    let mut read = vec![0; long.len()];
    std::io::Read::read_exact(&mut back, &mut read).unwrap();
    writer.join().unwrap().unwrap();
    assert!(read == long.as_bytes());
    engine.docker(&["rm", "-f", "web"]).ok();
    assert!(TcpStream::connect(at("127.0.0.1", port)).is_err());
}

fn a_port_of_the_loopback_is_there_only(engine: &Engine) {
    let port = free_port();
    echoes(engine, "web", &["-p", &format!("127.0.0.1:{port}:7")]);
    answers(at("127.0.0.1", port));
    assert!(echo(at("127.0.0.2", port), "x").is_none());
    if let Some(own) = own_address() {
        assert!(echo(SocketAddr::new(own, port), "x").is_none());
    }
}

fn a_free_port_is_found_for_all_that_is_exposed(engine: &Engine) {
    echoes(engine, "web", &["-P", "--expose", "7", "--expose", "9/udp"]);
    answers(at("127.0.0.1", published(engine, "web", "7/tcp")));
    assert_ne!(published(engine, "web", "9/udp"), 0);
    let port = free_port();
    let range = format!("{port}-{}:7", port + 20);
    echoes(engine, "one", &["-p", &range]);
    echoes(engine, "two", &["-p", &range]);
    let ports = ["one", "two"].map(|name| published(engine, name, "7/tcp"));
    assert_ne!(ports[0], ports[1]);
    answers(at("127.0.0.1", ports[0]));
    answers(at("127.0.0.1", ports[1]));
}

fn datagrams_find_their_way_back(engine: &Engine) {
    let port = free_port();
    let publish = format!("{port}:7/udp");
    let Some(server) = probe::program(engine, "datagrams") else {
        return skip("no C compiler that links statically");
    };
    let bind = format!("{}:/server:ro", server.display());
    let run = [
        "run", "-d", "-p", &publish, "-v", &bind, "busybox", "/server",
    ];
    engine.docker(&run).ok();
    // An answer counts only if it comes from the address that was asked.
    for host in ["127.0.0.1", "127.0.0.2", "::1"] {
        wait_for("an echo", || {
            (echo_datagram(at(host, port), "hello")? == "hello").then_some(())
        });
    }
}

fn a_taken_port_names_the_container_that_has_it(engine: &Engine) {
    let port = free_port();
    let publish = format!("{port}:7");
    echoes(engine, "first", &["-p", &publish]);
    let second = ["run", "--name", "second", "-p", &publish, "busybox", "true"];
    let error = engine.docker(&second).fails_with(125);
    assert!(error.contains("port is already allocated"), "{error}");
    assert!(error.contains("\"first\""), "{error}");
    assert_eq!(engine.inspect("second", ".State.Status"), "created");
    engine.docker(&["rm", "-f", "first"]).ok();
    engine.docker(&["start", "second"]).ok();
}

fn a_taken_port_names_the_process_that_has_it(engine: &Engine) {
    let taken = |what: &str, listener: &TcpListener| {
        let port = listener.local_addr().unwrap().port();
        let run = ["run", "--rm", "-p", &format!("{port}:7"), "busybox", "true"];
        let error = engine.docker(&run).fails_with(125);
        assert!(error.contains("port is already allocated"), "{error}");
        assert!(error.contains(what), "{error}");
    };
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    // What another user's process has open is hidden from everybody but root.
    let ours = if engine.is_root() {
        format!("process {} (", std::process::id())
    } else {
        "a process of user root has it".to_owned()
    };
    taken(&ours, &listener);
    let mut command = engine.command(Path::new("sleep"));
    let theirs = listener.try_clone().unwrap();
    let command = command.arg("1000").stdin(OwnedFd::from(theirs));
    let mut holder = command.spawn().unwrap();
    if !engine.is_root() {
        taken(&format!("process {} (sleep)", holder.id()), &listener);
    }
    holder.kill().unwrap();
    holder.wait().unwrap();
}

fn low_ports_are_for_root(engine: &Engine) {
    let first = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    if first.is_ok_and(|first| first.trim().parse().is_ok_and(|first: u16| first < 1000)) {
        return skip("everybody may take low ports here");
    }
    let run = engine.docker(&["run", "--rm", "-p", "997:7", "busybox", "true"]);
    if engine.is_root() {
        run.ok();
        return;
    }
    let error = run.fails_with(125);
    assert!(error.contains("ip_unprivileged_port_start=997"), "{error}");
}

fn containers_reach_each_other_and_the_world(engine: &Engine) {
    let tunnels = Tunnels::open();
    if !engine.is_root() && tunnels.is_none() {
        return skip("/dev/net/tun is not for everybody here");
    }
    echoes(engine, "web", &[]);
    let web = engine.inspect("web", ".NetworkSettings.Networks.bridge.IPAddress");
    let ask = |address: &str, port: u16| {
        // Some ways out do not tell that the other side has closed.
        let script = format!("(echo hello; sleep 1) | timeout 3 nc {address} {port}; true");
        engine
            .docker(&["run", "--rm", "busybox", "sh", "-c", &script])
            .ok()
    };
    wait_for("the other container", || {
        (ask(&web, 7) == "hello").then_some(())
    });
    let Some(own) = own_address() else {
        return skip("this computer has no network");
    };
    let server = TcpListener::bind((own, 0)).unwrap();
    let port = server.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        // What is not read breaks the connection off when it is closed.
        std::io::Read::read_exact(&mut stream, &mut [0; 6]).unwrap();
        std::io::Write::write_all(&mut stream, b"outside").unwrap();
    });
    assert_eq!(ask(&own.to_string(), port), "outside");
}

fn connections_outlast_the_engine(engine: &Engine) {
    let port = free_port();
    echoes(engine, "web", &["-p", &format!("{port}:7")]);
    answers(at("127.0.0.1", port));
    let mut stream = TcpStream::connect(at("127.0.0.1", port)).unwrap();
    assert_eq!(exchange(&mut stream, "one\n").unwrap(), "one\n");
    engine.kill();
    assert_eq!(exchange(&mut stream, "two\n").unwrap(), "two\n");
    answers(at("127.0.0.1", port));
    engine.launch();
    assert_eq!(exchange(&mut stream, "three\n").unwrap(), "three\n");
    assert_eq!(published(engine, "web", "7/tcp"), port);
    let second = ["run", "--rm", "-p", &format!("{port}:7"), "busybox", "true"];
    let error = engine.docker(&second).fails_with(125);
    assert!(error.contains("\"web\""), "{error}");
    engine.docker(&["rm", "-f", "web"]).ok();
    assert!(TcpStream::connect(at("127.0.0.1", port)).is_err());
}

fn a_killed_keeper_is_started_again_and_publishes(engine: &Engine) {
    let port = free_port();
    echoes(engine, "web", &["-p", &format!("{port}:7")]);
    answers(at("127.0.0.1", port));
    for engine_is_there in [true, false] {
        let before = keeper(engine).unwrap();
        if !engine_is_there {
            engine.kill();
        }
        kill_process(before, Signal::KILL).unwrap();
        if !engine_is_there {
            engine.launch();
        }
        answers(at("127.0.0.1", port));
        assert_ne!(keeper(engine), Some(before));
    }
    let web = engine.inspect("web", ".NetworkSettings.Networks.bridge.IPAddress");
    let script = format!("echo hello | nc -w 5 {web} 7");
    let run = engine.docker(&["run", "--rm", "busybox", "sh", "-c", &script]);
    assert_eq!(run.ok(), "hello");
}

fn nothing_stays_when_the_last_container_is_gone(engine: &Engine) {
    echoes(engine, "web", &["-p", "7"]);
    let folder = engine.root();
    let folder = folder.parent().unwrap();
    assert_eq!(traces(folder).is_empty(), !engine.is_root());
    engine.docker(&["rm", "-f", "web"]).ok();
    wait_for("the keeper to leave", || {
        keeper(engine).is_none().then_some(())
    });
    wait_for("its traces to go", || {
        traces(folder).is_empty().then_some(())
    });
    engine.docker(&["run", "--rm", "busybox", "true"]).ok();
}

fn a_container_shares_the_network_of_another(engine: &Engine) {
    echoes(engine, "web", &[]);
    let script = "echo hello | nc -w 5 127.0.0.1 7";
    let run = [
        "run",
        "--rm",
        "--network",
        "container:web",
        "busybox",
        "sh",
        "-c",
        script,
    ];
    wait_for("an answer", || {
        (engine.docker(&run).ok() == "hello").then_some(())
    });
    let wrong = [
        "run",
        "--rm",
        "--network",
        "container:web",
        "-p",
        "7",
        "busybox",
        "true",
    ];
    let error = engine.docker(&wrong).fails_with(125);
    assert!(error.contains("conflicting options"), "{error}");
}
