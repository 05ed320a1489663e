//! A container once more, with changes: the dialog comes filled, what it cannot show comes along,
//! and so do the files that the container changed, where that is wished.

use gantry_tests::{
    Account, Engine, skip, wait_for,
    window::{Door, Page, Window},
};
use serde_json::Value;

#[tokio::test]
async fn in_the_application() {
    story(Door::Application).await;
}

#[tokio::test]
async fn in_a_browser() {
    story(Door::Browser).await;
}

/// What inspect says that has to be the same for both.
const SAME: [&str; 18] = [
    ".Config.StopSignal",
    ".Config.StopTimeout",
    ".Config.Domainname",
    ".Config.Hostname",
    ".Config.User",
    ".Config.WorkingDir",
    ".Config.Entrypoint",
    ".Config.Cmd",
    ".Config.Healthcheck",
    ".HostConfig.Binds",
    ".HostConfig.Tmpfs",
    ".HostConfig.RestartPolicy",
    ".HostConfig.CapDrop",
    ".HostConfig.ExtraHosts",
    ".HostConfig.Sysctls",
    ".HostConfig.Ulimits",
    ".HostConfig.ShmSize",
    ".HostConfig.Init",
];

async fn story(door: Door) {
    let window = match Window::open(door, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let (page, engine) = (&window.page, &window.engine);
    page.shows("nav a[aria-current=page]", "Containers").await;
    window.load_busybox();
    let port = two_free_ports();
    let id = container(engine, port);
    page.run(&format!("location.hash = '#/containers/{id}'"), vec![])
        .await;

    the_dialog_comes_filled(page, port).await;
    what_was_made_for_nothing_goes(page, engine).await;
    the_files_of_the_image(page, engine, port).await;
    the_files_of_the_container(page, engine, &id).await;
    window.close().await;
}

/// A port that was free a moment ago, and so was the next one.
fn two_free_ports() -> u16 {
    let bind = |port| std::net::TcpListener::bind(("127.0.0.1", port));
    loop {
        let first = bind(0).unwrap();
        let port = first.local_addr().unwrap().port();
        if port < u16::MAX && bind(port + 1).is_ok() {
            return port;
        }
    }
}

fn container(engine: &Engine, port: u16) -> String {
    let site = engine.file("site");
    std::fs::create_dir_all(&site).unwrap();
    engine.docker(&["network", "create", "shop"]).ok();
    let bind = format!("{}:/srv:ro", site.to_str().unwrap());
    let run = format!(
        "run -d --name web-1 --network shop --network-alias www -p 127.0.0.1:{port}:80 -p 8080 \
        -e COLOUR=red --label tier=front --stop-signal SIGUSR1 --stop-timeout 1 \
        --domainname example.org --hostname shopfront -u 1:1 -w /etc --tmpfs /scratch:size=1m \
        --restart on-failure:3 --cap-drop MKNOD --add-host db:10.0.0.9 --shm-size 32m --init \
        --sysctl net.ipv4.ip_default_ttl=65 --ulimit nofile=200:300 --health-interval 1h \
        --health-cmd true --entrypoint sh -v"
    );
    let mut words: Vec<&str> = run.split_whitespace().collect();
    words.extend([&bind, "busybox", "-c", "id -u > /tmp/wrote; sleep 1000"]);
    let id = engine.docker(&words).ok();
    wait_for("what the container writes", || {
        let wrote = engine.docker(&["exec", "web-1", "grep", "1", "/tmp/wrote"]);
        (wrote.code == 0).then_some(())
    });
    id
}

async fn open(page: &Page) {
    page.press("More actions").await;
    page.press("Duplicate with changes…").await;
    page.find("[data-test=run-dialog]").await;
}

async fn value(page: &Page, css: &str) -> String {
    page.find(css).await;
    let script = "return document.querySelector(arguments[0]).value";
    let value = page.run(script, vec![css.into()]).await;
    value.as_str().unwrap_or_default().to_owned()
}

async fn the_dialog_comes_filled(page: &Page, port: u16) {
    let next = (port + 1).to_string();
    open(page).await;
    for (field, expected) in [
        ("run-image", "busybox"),
        ("run-name", "web-2"),
        ("run-command-field", "-c 'id -u > /tmp/wrote; sleep 1000'"),
        ("run-user", "1:1"),
        ("run-working-dir", "/etc"),
        ("run-network", "shop"),
        ("run-alias", "www"),
        ("limit-restart", "on-failure:3"),
        // The container itself has the one before.
        ("run-port-host", &next),
        ("run-port-container", "80"),
        ("run-variable-name", "COLOUR"),
        ("run-variable-value", "red"),
        ("run-mount-target", "/srv"),
        ("run-label-name", "tier"),
        ("run-label-value", "front"),
    ] {
        assert_eq!(value(page, &format!("[data-test={field}]")).await, expected);
    }
    for carried in ["--cap-drop CAP_MKNOD", "-p 8080", "--init"] {
        page.shows("[data-test=run-carried]", carried).await;
    }
    page.shows("[data-test=run-name-hint]", "web-2 is free")
        .await;
    page.photograph("duplicate").await;
}

fn same(engine: &Engine, other: &str) {
    for what in SAME {
        let format = format!("{{{{json {what}}}}}");
        let of = |name: &str| engine.docker(&["inspect", "-f", &format, name]).ok();
        assert_eq!(of(other), of("web-1"), "{what}");
    }
}

fn environment(engine: &Engine, name: &str) -> Vec<String> {
    let told = engine
        .docker(&["inspect", "-f", "{{json .Config.Env}}", name])
        .ok();
    let told: Vec<Value> = serde_json::from_str(&told).unwrap();
    let words = told.iter().filter_map(Value::as_str).map(str::to_owned);
    words.filter(|word| !word.starts_with("PATH=")).collect()
}

/// The image of a wish that failed and was given up.
async fn what_was_made_for_nothing_goes(page: &Page, engine: &Engine) {
    let unnamed = || {
        let list = ["images", "-q", "--filter", "dangling=true"];
        engine.docker(&list).ok()
    };
    page.click("[data-test=run-keep]").await;
    page.click("[data-test=run-add-folder]").await;
    let last = "[data-test=run-mount]:last-of-type";
    page.fill(
        &format!("{last} [data-test=run-mount-source]"),
        "/is/not/there",
    )
    .await;
    page.fill(&format!("{last} [data-test=run-mount-target]"), "/x")
        .await;
    page.click("[data-test=run-go]").await;
    page.find("[data-test=run-failure]").await;
    assert_ne!(unnamed(), "", "the image that was made of the container");
    page.press("Cancel").await;
    page.loses("[data-test=run-dialog]").await;
    wait_for("the image to go", || unnamed().is_empty().then_some(()));
    assert_eq!(engine.docker(&["ps", "-aq"]).ok().lines().count(), 1);
    open(page).await;
    page.shows("[data-test=run-name-hint]", "web-2 is free")
        .await;
}

async fn the_files_of_the_image(page: &Page, engine: &Engine, port: u16) {
    page.fill("[data-test=run-variable-value]", "blue").await;
    page.fill("[data-test=run-label-value]", "back").await;
    page.shows("[data-test=run-command]", "--label tier=back")
        .await;
    page.click("[data-test=run-go]").await;
    page.loses("[data-test=run-dialog]").await;
    page.shows(".det-h", "web-2").await;
    page.shows(".det-h", "Running").await;
    same(engine, "web-2");
    assert_eq!(environment(engine, "web-2"), ["COLOUR=blue"]);
    let labels = engine.inspect("web-2", "json .Config.Labels");
    assert_eq!(labels, r#"{"tier":"back"}"#);
    assert_eq!(engine.inspect("web-2", ".Config.Image"), "busybox");
    let ports = engine.docker(&["port", "web-2"]).ok();
    let published = format!("80/tcp -> 127.0.0.1:{}", port + 1);
    assert!(ports.contains(&published), "{ports}");
    assert!(ports.contains("8080/tcp -> 0.0.0.0:"), "{ports}");
    let named = ["exec", "web-2", "nslookup", "www"];
    assert_eq!(engine.docker(&named).code, 0, "its alias is in the network");
    engine.docker(&["rm", "-f", "web-2"]).ok();
}

async fn the_files_of_the_container(page: &Page, engine: &Engine, id: &str) {
    page.run(&format!("location.hash = '#/containers/{id}'"), vec![])
        .await;
    page.shows(".det-h", "web-1").await;
    open(page).await;
    // What is said of the name moves what lies below it.
    page.shows("[data-test=run-name-hint]", "web-2 is free")
        .await;
    page.click("[data-test=run-keep]").await;
    page.shows(
        "[data-test=run-command]",
        &format!("\"$(docker commit {})\"", &id[..12]),
    )
    .await;
    page.fill("[data-test=run-command-field]", "-c 'sleep 1000'")
        .await;
    // A variable that is taken away does not come back through the image that is made.
    page.click("[data-test=run-variable] button[aria-label=Remove]")
        .await;
    page.click("[data-test=run-go]").await;
    page.loses("[data-test=run-dialog]").await;
    page.shows(".det-h", "Running").await;
    let wrote = engine.docker(&["exec", "web-2", "cat", "/tmp/wrote"]).ok();
    assert_eq!(wrote, "1", "what the first one wrote");
    assert_eq!(environment(engine, "web-2"), [] as [&str; 0]);
    let image = engine.inspect("web-2", ".Image");
    assert_ne!(image, engine.inspect("web-1", ".Image"));
    assert_eq!(engine.inspect("web-2", ".Config.Image"), image);
    assert_eq!(engine.inspect("web-1", ".State.Status"), "running");
}
