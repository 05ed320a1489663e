//! Containers whose networks, names and ports change while they run, or are taken from them.

use std::net::{SocketAddr, TcpListener};

use gantry_tests::{
    Engine, as_root_and_as_user, http,
    network::{echo, free_port, keeper, own_subnet},
    wait_for,
};
use rustix::process::{Signal, kill_process};
use serde_json::{Value, json};

as_root_and_as_user!(
    published_ports_follow_the_way_out,
    the_way_out_is_the_one_docker_takes,
    a_container_is_found_by_its_new_name,
    an_address_is_refused_where_docker_refuses_it,
    a_port_that_was_taken_meanwhile_is_lost_until_the_next_start,
);

fn at(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

fn serves(engine: &Engine, name: &str, options: &[&str]) {
    let run = ["run", "-d", "--name", name];
    let serve = ["busybox", "nc", "-ll", "-p", "7", "-e", "cat"];
    engine.docker(&[&run, options, &serve].concat()).ok();
}

fn answers(port: u16) {
    wait_for("an answer", || {
        (echo(at(port), "hello")? == "hello").then_some(())
    });
}

fn networks(engine: &Engine, verb: &str, network: &str) {
    engine.docker(&["network", verb, network, "web"]).ok();
}

/// Where what leaves the container goes: the default route's interface.
fn way_out(engine: &Engine) -> String {
    let pid = engine.inspect("web", ".State.Pid");
    // Interface, target, gateway.
    let routes = std::fs::read_to_string(format!("/proc/{pid}/net/route")).unwrap();
    let mut ways = routes.lines().filter_map(|line| {
        let mut fields = line.split_whitespace();
        let interface = fields.next()?;
        (fields.next() == Some("00000000")).then(|| interface.to_owned())
    });
    let way = ways.next().unwrap_or_default();
    assert_eq!(ways.next(), None, "{routes}");
    way
}

fn published_ports_follow_the_way_out(engine: &Engine) {
    engine.docker(&["network", "create", "mine"]).ok();
    engine
        .docker(&["network", "create", "--internal", "within"])
        .ok();
    let port = free_port();
    serves(engine, "web", &["-p", &format!("{port}:7")]);
    answers(port);
    for network in ["mine", "within"] {
        networks(engine, "connect", network);
        answers(port);
    }
    networks(engine, "disconnect", "bridge");
    answers(port);
    assert_eq!(way_out(engine), "eth1");
    let listed = engine.docker(&["ps", "--format", "{{.Ports}}"]).ok();
    assert_eq!(listed, format!("0.0.0.0:{port}->7/tcp, [::]:{port}->7/tcp"));
    // Without a network there is no way in, and with the next one there is again.
    networks(engine, "disconnect", "within");
    networks(engine, "disconnect", "mine");
    assert!(echo(at(port), "hello").is_none());
    assert_eq!(
        engine.inspect("web", "json .NetworkSettings.Networks"),
        "{}"
    );
    networks(engine, "connect", "bridge");
    answers(port);
    networks(engine, "connect", "mine");
    engine.kill();
    engine.launch();
    networks(engine, "disconnect", "bridge");
    answers(port);
    engine.docker(&["restart", "-t", "0", "web"]).ok();
    answers(port);
}

fn the_way_out_is_the_one_docker_takes(engine: &Engine) {
    for name in ["a", "z"] {
        engine.docker(&["network", "create", name]).ok();
    }
    engine
        .docker(&["network", "create", "--internal", "0"])
        .ok();
    serves(engine, "web", &["--network", "z"]);
    assert_eq!(way_out(engine), "eth0");
    // By name, and never an internal one.
    networks(engine, "connect", "a");
    networks(engine, "connect", "0");
    assert_eq!(way_out(engine), "eth1");
    networks(engine, "disconnect", "z");
    let first = ["network", "connect", "--gw-priority", "1", "z", "web"];
    engine.docker(&first).ok();
    assert_eq!(way_out(engine), "eth0");
    networks(engine, "disconnect", "z");
    assert_eq!(way_out(engine), "eth1");
    networks(engine, "disconnect", "a");
    assert_eq!(way_out(engine), "");
}

fn a_container_is_found_by_its_new_name(engine: &Engine) {
    engine.docker(&["network", "create", "mine"]).ok();
    let options = ["--network", "mine", "--network-alias", "www"];
    serves(engine, "web", &options);
    let address = engine.inspect(
        "web",
        "(index .NetworkSettings.Networks \"mine\").IPAddress",
    );
    let asks = |name: &str| {
        let script = format!("nslookup {name} 2>&1; true");
        let run = ["run", "--rm", "--network", "mine", "busybox", "sh", "-c"];
        engine.docker(&[&run[..], &[&script]].concat()).ok()
    };
    assert!(asks("web").contains(&address));
    engine.docker(&["rename", "web", "shop"]).ok();
    assert!(!asks("web").contains(&address));
    for name in ["shop", "www"] {
        assert!(asks(name).contains(&address), "{name}");
    }
    assert!(asks(&address).contains("shop"));
    let names = engine.inspect(
        "shop",
        "json (index .NetworkSettings.Networks \"mine\").DNSNames",
    );
    assert!(names.contains("shop") && !names.contains("web"), "{names}");
    engine.kill();
    engine.launch();
    assert!(asks("shop").contains(&address));
}

fn an_address_is_refused_where_docker_refuses_it(engine: &Engine) {
    let net = own_subnet();
    let subnet = format!("{net}.0/24");
    engine
        .docker(&["network", "create", "--subnet", &subnet, "mine"])
        .ok();
    engine.docker(&["network", "create", "chosen"]).ok();
    let (first, gateway) = (format!("{net}.9"), format!("{net}.1"));
    serves(engine, "web", &["--network", "mine", "--ip", &first]);
    for (network, address, why) in [
        ("mine", &*first, "Address already in use"),
        ("mine", &gateway, "Address already in use"),
        ("bridge", &first, "user defined networks only"),
        ("chosen", &first, "user configured subnets"),
    ] {
        let run = ["run", "--rm", "--network", network, "--ip", address];
        let error = engine.docker(&[&run[..], &["busybox", "true"]].concat());
        let error = error.fails_with(125);
        assert!(error.contains(why), "{network} {address}: {error}");
    }
    let body = json!({ "Image": "busybox", "HostConfig": { "NetworkMode": "mine" },
        "NetworkingConfig": { "EndpointsConfig": { "mine": {
            "IPAMConfig": { "IPv4Address": first } } } } });
    let made = http::post(engine, "/containers/create", &body).json();
    let start = format!("/containers/{}/start", made["Id"].as_str().unwrap());
    let refused = http::post(engine, &start, &json!({})).json();
    let facts = &refused["gantry"];
    assert_eq!(facts["code"], "address-in-use");
    assert_eq!(facts["why"], "Container \"web\" has it.");
    assert_eq!(facts["facts"]["container"], "web");
    let alias = ["run", "--rm", "--network-alias", "x", "busybox", "true"];
    engine.docker(&alias).fails_with(125);
}

fn a_port_that_was_taken_meanwhile_is_lost_until_the_next_start(engine: &Engine) {
    engine.docker(&["network", "create", "mine"]).ok();
    let (port, other) = (free_port(), free_port());
    let ports = [
        format!("127.0.0.1:{port}:7"),
        format!("127.0.0.1:{other}:7"),
    ];
    let options = ["--network", "mine", "-p", &ports[0], "-p", &ports[1]];
    serves(engine, "web", &options);
    answers(port);
    // Nobody is there who would start another keeper before the port is taken.
    engine.kill();
    kill_process(keeper(engine).unwrap(), Signal::KILL).unwrap();
    let taken = wait_for("the port to be free", || TcpListener::bind(at(port)).ok());
    engine.launch();
    // The rest is served: another port, and names.
    answers(other);
    let run = [
        "run",
        "--rm",
        "--network",
        "mine",
        "busybox",
        "nslookup",
        "web",
    ];
    engine.docker(&run).ok();
    let lost = wait_for("the loss to be told", || {
        let inspect: Value = http::get(engine, "/containers/web/json").json();
        let lost = inspect["NetworkSettings"]["LostPorts"][0].clone();
        lost.is_object().then_some(lost)
    });
    assert_eq!(lost["port"]["PublicPort"], json!(port));
    assert!(lost["why"].as_str().unwrap().ends_with("has it."), "{lost}");
    let snapshot = http::get(engine, "/gantry/v1/snapshot").json();
    assert_eq!(snapshot["containers"][0]["lost_ports"][0], lost);
    let listed = engine.docker(&["port", "web"]).ok();
    assert!(!listed.contains(&port.to_string()), "{listed}");
    let doctor = engine.gantry(&["doctor"]).out;
    assert!(
        doctor.contains(&format!("127.0.0.1:{port} no longer leads")),
        "{doctor}"
    );
    drop(taken);
    engine.docker(&["restart", "-t", "0", "web"]).ok();
    answers(port);
    let inspect = http::get(engine, "/containers/web/json").json();
    assert!(inspect["NetworkSettings"]["LostPorts"].is_null());
}
