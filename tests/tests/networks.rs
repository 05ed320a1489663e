//! Networks of one's own: names, addresses, isolation, members that come and go, ports that change.

use std::net::{SocketAddr, TcpStream};

use gantry_tests::{
    Engine, as_root_and_as_user, command_lines_of, http,
    network::{echo, free_port, own_subnet, traces},
    wait_for,
};
use serde_json::{Value, json};

as_root_and_as_user!(
    containers_find_each_other_by_name,
    names_and_networks_survive_engine_and_keeper,
    networks_do_not_see_each_other,
    a_running_container_comes_and_goes,
    addresses_are_those_that_were_asked_for,
    networks_are_made_listed_and_removed,
    an_internal_network_has_no_way_out,
    published_ports_change_while_it_runs,
    a_link_is_a_name,
    nothing_stays_of_starts_that_were_killed,
);

fn serves(engine: &Engine, name: &str, options: &[&str]) {
    let run = ["run", "-d", "--name", name];
    let serve = ["busybox", "nc", "-ll", "-p", "7", "-e", "cat"];
    engine.docker(&[&run, options, &serve].concat()).ok();
}

/// What a container's shell prints.
fn shell(engine: &Engine, options: &[&str], script: &str) -> String {
    let end = ["busybox", "sh", "-c", script];
    engine
        .docker(&[&["run", "--rm"], options, &end].concat())
        .ok()
}

fn address(engine: &Engine, name: &str, network: &str) -> String {
    let field = format!("(index .NetworkSettings.Networks \"{network}\").IPAddress");
    engine.inspect(name, &field)
}

/// Whether port 7 of an address answers inside a network.
fn answers(engine: &Engine, network: &str, address: &str) -> bool {
    let script = format!("(echo hello; sleep 1) | timeout 3 nc {address} 7; true");
    shell(engine, &["--network", network], &script) == "hello"
}

fn resolves(engine: &Engine, network: &str, name: &str) -> String {
    shell(
        engine,
        &["--network", network],
        &format!("nslookup {name} 2>&1; true"),
    )
}

fn containers_find_each_other_by_name(engine: &Engine) {
    engine.docker(&["network", "create", "mine"]).ok();
    let options = [
        "--network",
        "mine",
        "--network-alias",
        "www",
        "--hostname",
        "inner",
    ];
    serves(engine, "web", &options);
    let web = address(engine, "web", "mine");
    let id = engine.inspect("web", ".Id");
    for name in ["web", "WEB", "www", "inner", &id[..12]] {
        let found = resolves(engine, "mine", name);
        assert!(found.contains(&web), "{name}: {found}");
    }
    let back = resolves(engine, "mine", &web);
    assert!(back.contains("web"), "{back}");
    assert!(!resolves(engine, "mine", "nobody").contains(&web));
    assert!(!resolves(engine, "bridge", "web").contains(&web));
    assert!(answers(engine, "mine", &web));
    let files = shell(
        engine,
        &["--network", "mine"],
        "cat /etc/resolv.conf /etc/hosts",
    );
    assert!(files.contains("nameserver 127.0.0.11\n"), "{files}");
    // A container that serves names itself finds the port free.
    let own = "nc -l -p 53 & sleep 0.3; kill $!";
    assert_eq!(shell(engine, &["--network", "mine"], own), "");
}

fn names_and_networks_survive_engine_and_keeper(engine: &Engine) {
    engine
        .docker(&["network", "create", "--label", "a=b", "mine"])
        .ok();
    serves(engine, "web", &["--network", "mine"]);
    let web = address(engine, "web", "mine");
    engine.kill();
    let record = engine.root().join("networks/keeper/keeper.json");
    let record: Value = serde_json::from_slice(&std::fs::read(record).unwrap()).unwrap();
    let keeper = i32::try_from(record["keeper"]["pid"].as_i64().unwrap()).unwrap();
    let keeper = rustix::process::Pid::from_raw(keeper).unwrap();
    rustix::process::kill_process(keeper, rustix::process::Signal::KILL).unwrap();
    engine.launch();
    assert_eq!(address(engine, "web", "mine"), web);
    assert!(resolves(engine, "mine", "web").contains(&web));
    assert!(answers(engine, "mine", &web));
    let label = ["network", "inspect", "--format", "{{.Labels.a}}", "mine"];
    assert_eq!(engine.docker(&label).ok(), "b");
    // Its address is not given to another.
    serves(engine, "other", &["--network", "mine"]);
    assert_ne!(address(engine, "other", "mine"), web);
}

fn networks_do_not_see_each_other(engine: &Engine) {
    engine.docker(&["network", "create", "one"]).ok();
    engine.docker(&["network", "create", "two"]).ok();
    serves(engine, "web", &["--network", "one"]);
    let web = address(engine, "web", "one");
    assert!(answers(engine, "one", &web));
    assert!(!answers(engine, "two", &web));
    assert!(!answers(engine, "bridge", &web));
}

fn a_running_container_comes_and_goes(engine: &Engine) {
    engine.docker(&["network", "create", "mine"]).ok();
    serves(engine, "web", &[]);
    let connect = ["network", "connect", "--alias", "late", "mine", "web"];
    engine.docker(&connect).ok();
    let web = address(engine, "web", "mine");
    assert!(resolves(engine, "mine", "late").contains(&web));
    assert!(answers(engine, "mine", &web));
    // It asks for names as the others of that network do, and no longer when it left.
    let files = || {
        engine
            .docker(&["exec", "web", "cat", "/etc/resolv.conf"])
            .ok()
    };
    let asks = || engine.docker(&["exec", "web", "nslookup", "late"]).out;
    assert!(files().contains("nameserver 127.0.0.11\n"), "{}", files());
    assert!(asks().contains(&web), "{}", asks());
    let again = engine.docker(&connect).fails_with(1);
    assert!(again.contains("already exists in network mine"), "{again}");
    let listed = [
        "network",
        "inspect",
        "--format",
        "{{range .Containers}}{{.Name}}{{end}}",
        "mine",
    ];
    assert_eq!(engine.docker(&listed).ok(), "web");
    engine.docker(&["restart", "-t", "0", "web"]).ok();
    let web = address(engine, "web", "mine");
    wait_for("an answer", || answers(engine, "mine", &web).then_some(()));
    assert!(asks().contains(&web), "{}", asks());
    engine
        .docker(&["network", "disconnect", "mine", "web"])
        .ok();
    assert!(!answers(engine, "mine", &web));
    assert!(!asks().contains(&web), "{}", asks());
    assert!(!files().contains("ndots:0"), "{}", files());
    assert!(
        engine
            .inspect("web", ".NetworkSettings.Networks")
            .contains("bridge")
    );
    assert!(
        !engine
            .inspect("web", ".NetworkSettings.Networks")
            .contains("mine")
    );
    engine.docker(&["network", "rm", "mine"]).ok();
}

fn addresses_are_those_that_were_asked_for(engine: &Engine) {
    let net = own_subnet();
    let (subnet, gateway) = (format!("{net}.0/24"), format!("{net}.254"));
    let address = format!("{net}.9");
    let create = [
        "network",
        "create",
        "-o",
        "com.docker.network.driver.mtu=1400",
    ];
    let subnet = ["--subnet", &subnet, "--gateway", &gateway, "--ipv6", "mine"];
    engine.docker(&[&create[..], &subnet].concat()).ok();
    let mac = "02:42:0a:00:00:09";
    let options = ["--network", "mine", "--ip", &address, "--mac-address", mac];
    let seen = shell(engine, &options, "ip addr show eth0; ip route");
    for wanted in [
        &format!("inet {address}/24"),
        mac,
        "mtu 1400",
        &format!("default via {gateway}"),
        "inet6 fd",
    ] {
        assert!(seen.contains(wanted), "{wanted}: {seen}");
    }
    let wrong = engine.docker(&[
        "run",
        "--rm",
        "--network",
        "mine",
        "--ip",
        "10.9.9.9",
        "busybox",
        "true",
    ]);
    assert!(wrong.fails_with(125).contains("no configured subnet"));
    let part = format!("{net}.128/25");
    let overlap = ["network", "create", "--subnet", &part, "other"];
    assert!(
        engine
            .docker(&overlap)
            .fails_with(1)
            .contains("Pool overlaps")
    );
}

fn networks_are_made_listed_and_removed(engine: &Engine) {
    let id = engine.docker(&["network", "create", "mine"]).ok();
    let again = engine.docker(&["network", "create", "mine"]).fails_with(1);
    assert!(again.contains("already exists"), "{again}");
    let listed = engine
        .docker(&["network", "ls", "--format", "{{.Name}} {{.Driver}}"])
        .ok();
    assert_eq!(listed, "bridge bridge\nhost host\nmine bridge\nnone null");
    let custom = [
        "network",
        "ls",
        "-q",
        "--no-trunc",
        "--filter",
        "type=custom",
    ];
    assert_eq!(engine.docker(&custom).ok(), id);
    serves(engine, "web", &["--network", "mine"]);
    let used = engine.docker(&["network", "rm", "mine"]).fails_with(1);
    assert!(used.contains("has active endpoints"), "{used}");
    engine.docker(&["rm", "-f", "web"]).ok();
    let pruned = engine.docker(&["network", "prune", "-f"]).ok();
    assert!(pruned.contains("mine"), "{pruned}");
    let predefined = engine.docker(&["network", "rm", "bridge"]).fails_with(1);
    assert!(predefined.contains("pre-defined"), "{predefined}");
    let missing = engine.docker(&["run", "--rm", "--network", "mine", "busybox", "true"]);
    assert!(missing.fails_with(125).contains("network mine not found"));
    let head = "GET /gantry/v1/snapshot HTTP/1.1\nConnection: close";
    let snapshot = http::send(engine, head, b"");
    let snapshot = snapshot.json();
    let names: Vec<_> = snapshot["networks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["bridge", "host", "none"]);
}

fn an_internal_network_has_no_way_out(engine: &Engine) {
    engine
        .docker(&["network", "create", "--internal", "inside"])
        .ok();
    serves(engine, "web", &["--network", "inside"]);
    let web = address(engine, "web", "inside");
    assert!(answers(engine, "inside", &web));
    let routes = shell(engine, &["--network", "inside"], "ip route");
    assert!(!routes.contains("default"), "{routes}");
}

fn change_ports(engine: &Engine, change: &Value) -> u16 {
    let body = change.to_string();
    let head = "POST /gantry/v1/containers/web/ports HTTP/1.1\nConnection: close";
    http::send(engine, head, body.as_bytes()).status
}

fn published_ports_change_while_it_runs(engine: &Engine) {
    let at = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
    let (first, second) = (free_port(), free_port());
    serves(engine, "web", &["-p", &format!("{first}:7")]);
    wait_for("an answer", || echo(at(first), "x"));
    let pid = engine.inspect("web", ".State.Pid");
    let port = |number: u16| json!({ "port": "7/tcp", "host_port": number });
    assert_eq!(change_ports(engine, &json!({ "add": [port(second)] })), 204);
    assert!(echo(at(first), "x").is_some() && echo(at(second), "x").is_some());
    assert_eq!(
        change_ports(engine, &json!({ "remove": [port(first)] })),
        204
    );
    assert!(TcpStream::connect(at(first)).is_err());
    assert!(echo(at(second), "x").is_some());
    assert_eq!(engine.inspect("web", ".State.Pid"), pid);
    // What is taken is refused, and nothing has changed.
    let held = std::net::TcpListener::bind("0.0.0.0:0").unwrap();
    let taken = held.local_addr().unwrap().port();
    let change = json!({ "add": [port(taken)], "remove": [port(second)] });
    assert_eq!(change_ports(engine, &change), 500);
    drop(held);
    assert!(echo(at(second), "x").is_some());
    engine.docker(&["restart", "-t", "0", "web"]).ok();
    wait_for("an answer", || echo(at(second), "x"));
    engine.kill();
    engine.launch();
    assert!(echo(at(second), "x").is_some());
    assert!(TcpStream::connect(at(first)).is_err());
}

fn a_link_is_a_name(engine: &Engine) {
    serves(engine, "web", &[]);
    let web = address(engine, "web", "bridge");
    let hosts = shell(engine, &["--link", "web:db"], "cat /etc/hosts");
    assert!(hosts.contains(&format!("{web}\tdb web")), "{hosts}");
    // On a network of one's own it is a name for this container alone.
    engine.docker(&["network", "create", "mine"]).ok();
    serves(engine, "shop", &["--network", "mine"]);
    let shop = address(engine, "shop", "mine");
    let options = ["--network", "mine", "--link", "shop:db"];
    let found = shell(engine, &options, "nslookup db 2>&1; true");
    assert!(found.contains(&shop), "{found}");
    assert!(!resolves(engine, "mine", "db").contains(&shop));
}

fn nothing_stays_of_starts_that_were_killed(engine: &Engine) {
    engine.docker(&["network", "create", "mine"]).ok();
    let starts: Vec<_> = (0..20)
        .map(|number| {
            let name = format!("c{number}");
            engine.start_docker(&[
                "run",
                "-d",
                "--name",
                &name,
                "--network",
                "mine",
                "busybox",
                "sleep",
                "600",
            ])
        })
        .collect();
    wait_for("some to run", || {
        (engine.docker(&["ps", "-q"]).ok().lines().count() >= 5).then_some(())
    });
    engine.kill();
    drop(starts);
    engine.launch();
    let running = engine.docker(&["ps", "-q", "--no-trunc"]).ok();
    // As many ends as containers that run, each with an address of its own.
    let members = [
        "network",
        "inspect",
        "--format",
        "{{range .Containers}}{{.IPv4Address}}\n{{end}}",
        "mine",
    ];
    let members = engine.docker(&members).ok();
    let mut addresses: Vec<_> = members.lines().filter(|line| !line.is_empty()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    assert_eq!(addresses.len(), running.lines().count());
    let folder = engine.root();
    let folder = folder.parent().unwrap();
    if engine.is_root() {
        let pairs = || {
            traces(folder)
                .iter()
                .filter(|name| name.starts_with("gv"))
                .count()
        };
        wait_for("the others' interfaces to go", || {
            (pairs() == running.lines().count()).then_some(())
        });
    }
    let supervisors = || {
        let lines = command_lines_of(folder).into_iter();
        lines.filter(|line| line.contains("/containers/")).count()
    };
    wait_for("the others' supervisors to go", || {
        (supervisors() == running.lines().count()).then_some(())
    });
    let all = engine.docker(&["ps", "-aq"]).ok();
    let all: Vec<_> = all.lines().collect();
    engine.docker(&[&["rm", "-f"], &all[..]].concat()).ok();
    wait_for("everything to go", || {
        traces(folder).is_empty().then_some(())
    });
    wait_for("every process but the engine to go", || {
        let lines = command_lines_of(folder).into_iter();
        // Where the engine has a user namespace, one looks at the host for it.
        let engines = [" engine ", "gantry-shim outlook"];
        let others = lines.filter(|line| !engines.iter().any(|own| line.contains(own)));
        (others.count() == 0).then_some(())
    });
    // A namespace without a process is one that is mounted somewhere.
    let mounts = std::fs::read_to_string(format!("/proc/{}/mountinfo", engine.pid())).unwrap();
    let pinned = mounts
        .lines()
        .filter(|line| line.contains(" - nsfs ") && line.contains(folder.to_str().unwrap()));
    assert_eq!(pinned.count(), 0, "{mounts}");
}
