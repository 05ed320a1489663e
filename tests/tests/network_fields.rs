//! What `docker network inspect` shows, field by field.

use gantry_tests::{
    Engine, as_root_and_as_user, http,
    network::{echo, own_subnet},
    wait_for,
};
use serde_json::{Value, json};

as_root_and_as_user!(
    a_network_shows_what_it_was_made_with,
    the_default_network_shows_dockers_options,
    reserved_addresses_and_ranges_are_kept,
    a_network_of_ipv6_alone_has_ports_and_names,
);

fn inspect(engine: &Engine, network: &str) -> Value {
    let out = engine.docker(&["network", "inspect", "-v", network]).ok();
    let mut all: Value = serde_json::from_str(&out).unwrap();
    all[0].take()
}

fn a_network_shows_what_it_was_made_with(engine: &Engine) {
    let net = own_subnet();
    let v4 = |end: &str| format!("{net}.{end}");
    // No group is zero, so the text is the one that is shown.
    let own = net.replace('.', ":1");
    let v6 = |end: &str| format!("fd00:{own}::{end}");
    let mtu = "com.docker.network.driver.mtu";
    let options = [
        ("--subnet", v4("0/24")),
        ("--gateway", v4("254")),
        ("--ip-range", v4("128/25")),
        ("--aux-address", format!("router={}", v4("129"))),
        ("--subnet", v6("/64")),
        ("--label", "a=b".to_owned()),
        ("--opt", format!("{mtu}=1400")),
    ];
    let mut create = vec!["network", "create", "--ipv6", "--attachable"];
    for (option, value) in &options {
        create.extend([*option, value]);
    }
    create.push("mine");
    let id = engine.docker(&create).ok();
    let run = ["run", "-d", "--name", "web", "--network", "mine"];
    let mac = [
        "--mac-address",
        "02:42:0a:00:00:09",
        "busybox",
        "sleep",
        "600",
    ];
    let container = engine.docker(&[&run[..], &mac].concat()).ok();
    let field = "(index .NetworkSettings.Networks \"mine\").EndpointID";
    let endpoint = engine.inspect("web", field);
    let mut shown = inspect(engine, "mine");
    let created = shown["Created"].take();
    assert!(created.as_str().is_some_and(|time| time.contains('T')));
    assert_eq!(
        shown,
        json!({
            "Name": "mine",
            "Id": id,
            "Created": null,
            "Scope": "local",
            "Driver": "bridge",
            "EnableIPv4": true,
            "EnableIPv6": true,
            "IPAM": {
                "Driver": "default",
                "Options": {},
                "Config": [
                    {
                        "Subnet": v4("0/24"),
                        "IPRange": v4("128/25"),
                        "Gateway": v4("254"),
                        "AuxiliaryAddresses": { "router": v4("129") },
                    },
                    { "Subnet": v6("/64"), "Gateway": v6("1") },
                ],
            },
            "Internal": false,
            "Attachable": true,
            "Ingress": false,
            "ConfigFrom": { "Network": "" },
            "ConfigOnly": false,
            "Containers": {
                container: {
                    "Name": "web",
                    "EndpointID": endpoint,
                    "MacAddress": "02:42:0a:00:00:09",
                    "IPv4Address": v4("128/24"),
                    "IPv6Address": v6("2/64"),
                },
            },
            "Options": { mtu: "1400" },
            "Labels": { "a": "b" },
        })
    );
}

fn the_default_network_shows_dockers_options(engine: &Engine) {
    let shown = inspect(engine, "bridge");
    let options = &shown["Options"];
    for (key, value) in [
        ("default_bridge", "true"),
        ("enable_icc", "true"),
        ("enable_ip_masquerade", "true"),
        ("host_binding_ipv4", "0.0.0.0"),
    ] {
        let key = format!("com.docker.network.bridge.{key}");
        assert_eq!(options[key], json!(value));
    }
    assert!(options["com.docker.network.bridge.name"].is_string());
    assert!(options["com.docker.network.driver.mtu"].is_string());
    for (name, driver) in [("host", "host"), ("none", "null")] {
        let shown = inspect(engine, name);
        assert_eq!(shown["Driver"], json!(driver));
        assert_eq!(shown["IPAM"]["Driver"], json!("default"));
    }
}

fn reserved_addresses_and_ranges_are_kept(engine: &Engine) {
    let net = own_subnet();
    let v4 = |end: &str| format!("{net}.{end}");
    let (whole, range) = (v4("0/24"), v4("4/30"));
    let aux = format!("router={}", v4("5"));
    let create = [
        "network",
        "create",
        "--subnet",
        &whole,
        "--ip-range",
        &range,
    ];
    engine
        .docker(&[&create[..], &["--aux-address", &aux, "mine"]].concat())
        .ok();
    let run = |name: &str, more: &[&str]| {
        let run = ["run", "-d", "--name", name, "--network", "mine"];
        let sleep = ["busybox", "sleep", "600"];
        engine.docker(&[&run[..], more, &sleep].concat())
    };
    let mut given: Vec<_> = ["one", "two", "three"]
        .map(|name| {
            run(name, &[]).ok();
            engine.inspect(name, "(index .NetworkSettings.Networks \"mine\").IPAddress")
        })
        .into();
    given.sort();
    assert_eq!(given, [v4("4"), v4("6"), v4("7")]);
    let full = run("four", &[]).fails_with(125);
    assert!(full.contains("no available"), "{full}");
    let taken = run("five", &["--ip", &v4("5")]).fails_with(125);
    assert!(taken.contains("Address already in use"), "{taken}");
    // Outside of the range everything is free to those who ask.
    run("six", &["--ip", &v4("99")]).ok();
    let body = json!({ "Name": "wrong", "IPAM": { "Config": [{
        "Subnet": whole, "AuxiliaryAddresses": { "router": "10.1.1.1" } }] } });
    assert_eq!(http::post(engine, "/networks/create", &body).status, 400);
}

fn a_network_of_ipv6_alone_has_ports_and_names(engine: &Engine) {
    let create = ["network", "create", "--ipv4=false"];
    let refused = engine.docker(&[&create[..], &["none6"]].concat());
    assert!(refused.fails_with(1).contains("IPv4 or IPv6"));
    engine
        .docker(&[&create[..], &["--ipv6", "six"]].concat())
        .ok();
    let shown = inspect(engine, "six");
    assert_eq!(shown["EnableIPv4"], json!(false));
    assert_eq!(shown["IPAM"]["Config"].as_array().unwrap().len(), 1);
    let port = gantry_tests::network::free_port();
    let run = ["run", "-d", "--name", "web", "--network", "six", "-p"];
    let serve = ["busybox", "nc", "-ll", "-p", "7", "-e", "cat"];
    engine
        .docker(&[&run[..], &[&format!("{port}:7")], &serve].concat())
        .ok();
    let end = "index .NetworkSettings.Networks \"six\"";
    assert_eq!(engine.inspect("web", &format!("({end}).IPAddress")), "");
    let address = engine.inspect("web", &format!("({end}).GlobalIPv6Address"));
    assert!(address.starts_with("fd"), "{address}");
    wait_for("an answer", || {
        (echo(([127, 0, 0, 1], port).into(), "hello")? == "hello").then_some(())
    });
    let run = ["run", "--rm", "--network", "six", "busybox", "sh", "-c"];
    let script = "nslookup -type=aaaa web; ip -6 route";
    let told = engine.docker(&[&run[..], &[script]].concat()).ok();
    assert!(told.contains(&address), "{told}");
    assert!(told.contains("default via"), "{told}");
}
