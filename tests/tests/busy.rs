//! Many requests to one container, and many containers at once.

use std::process::Command;

use gantry_tests::{
    Engine, as_root_and_as_user,
    network::{echo, free_port, nginx},
    skip, wait_for,
};

as_root_and_as_user!(
    nginx_answers_ten_thousand_requests,
    many_containers_with_ports_start_at_once,
);

fn nginx_answers_ten_thousand_requests(engine: &Engine) {
    let Some(options) = nginx(engine) else {
        return skip("no nginx here (./dev test unpacks it)");
    };
    let port = free_port();
    let publish = format!("{port}:80");
    let run = ["run", "-d", "--name", "web", "-p", &publish];
    let options: Vec<_> = options.iter().map(String::as_str).collect();
    engine.docker(&[&run[..], &options].concat()).ok();
    let address = ([127, 0, 0, 1], port).into();
    let request = "GET / HTTP/1.0\r\n\r\n";
    wait_for("nginx", || echo(address, request));
    // A connection for each.
    let url = format!("http://127.0.0.1:{port}/");
    let mut judge = Command::new("ab");
    let judge = judge.args(["-q", "-n", "10000", "-c", "50", &url]).output();
    let Ok(judged) = judge else {
        return skip("no ab here (package apache2-utils)");
    };
    let said = String::from_utf8(judged.stdout).unwrap();
    let count = |what: &str| {
        let mut lines = said.lines();
        let line = lines.find_map(|line| line.strip_prefix(what));
        line.map(str::trim).map(str::to_owned)
    };
    assert_eq!(
        count("Complete requests:").as_deref(),
        Some("10000"),
        "{said}"
    );
    assert_eq!(count("Failed requests:").as_deref(), Some("0"), "{said}");
    assert_eq!(count("Non-2xx responses:"), None, "{said}");
}

fn many_containers_with_ports_start_at_once(engine: &Engine) {
    const MANY: usize = 50;
    let names: Vec<_> = (0..MANY).map(|number| format!("web{number}")).collect();
    let starting = names.iter().map(|name| {
        let run = ["run", "-d", "-p", "7", "--name", name];
        engine.start_docker(&[&run[..], &["busybox", "sleep", "1000"]].concat())
    });
    for started in starting.collect::<Vec<_>>() {
        started.finish().ok();
    }
    let listed = engine.docker(&["ps", "--format", "{{.Ports}}"]).ok();
    let mut ports: Vec<_> = listed.lines().collect();
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), MANY, "{listed}");
}
