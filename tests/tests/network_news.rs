//! What windows and Docker's clients hear of networks, without asking again.

use std::io::BufRead;

use gantry_tests::{Engine, as_root_and_as_user, http, wait_for};
use serde_json::{Value, json};

as_root_and_as_user!(
    windows_hear_of_networks_and_of_who_is_in_them,
    dockers_events_name_network_and_container,
);

/// The lines of `/gantry/v1/events`.
struct News(http::Answer);

impl News {
    fn of(engine: &Engine) -> Self {
        let mut news = Self(http::get(engine, "/gantry/v1/events"));
        news.next("snapshot");
        news
    }

    /// The next change of a kind.
    fn next(&mut self, kind: &str) -> Value {
        loop {
            let mut line = String::new();
            assert_ne!(self.0.stream.read_line(&mut line).unwrap(), 0, "{kind}");
            // Between the lines stand the sizes of HTTP's chunks.
            if !line.starts_with('{') {
                continue;
            }
            let update: Value = serde_json::from_str(&line).unwrap();
            if update["change"]["kind"] == kind {
                return update;
            }
        }
    }

    /// The next row of a kind.
    fn row(&mut self, kind: &str) -> Value {
        self.next(kind)["change"]["value"].take()
    }

    /// The next row of a container that is in these networks, running or not.
    fn member_of(&mut self, networks: &[&str], running: bool) -> Value {
        loop {
            let row = self.row("container");
            let all = row["networks"].as_array().unwrap();
            let mut names: Vec<_> = all
                .iter()
                .filter_map(|one| one["network"].as_str())
                .collect();
            names.sort_unstable();
            let addressed = all.iter().all(|one| one["addresses"][0].is_string());
            if names == networks && addressed == running {
                return row;
            }
        }
    }
}

fn windows_hear_of_networks_and_of_who_is_in_them(engine: &Engine) {
    let mut news = News::of(engine);
    let create = ["network", "create", "--label", "a=b", "--internal", "mine"];
    let id = engine.docker(&create).ok();
    let made = news.next("network");
    let row = &made["change"]["value"];
    assert_eq!(
        (row["id"].as_str(), &row["name"]),
        (Some(&*id), &json!("mine"))
    );
    assert_eq!(
        (&row["labels"]["a"], &row["internal"]),
        (&json!("b"), &json!(true))
    );
    assert!(row["subnets"][0].is_string(), "{row}");

    let options = [
        "--name",
        "web",
        "--network",
        "mine",
        "--network-alias",
        "www",
    ];
    let run = [&["run", "-d"], &options[..], &["busybox", "sleep", "600"]];
    engine.docker(&run.concat()).ok();
    let running = news.member_of(&["mine"], true);
    let end = &running["networks"][0];
    let field = "(index .NetworkSettings.Networks \"mine\").IPAddress";
    assert_eq!(end["addresses"][0], json!(engine.inspect("web", field)));
    assert_eq!(end["aliases"], json!(["www"]));

    engine.docker(&["network", "connect", "bridge", "web"]).ok();
    let both = news.member_of(&["bridge", "mine"], true);
    assert_eq!(both["id"], running["id"]);
    engine
        .docker(&["network", "disconnect", "mine", "web"])
        .ok();
    let one = news.member_of(&["bridge"], true);
    assert_eq!(one["networks"][0]["leads_out"], json!(true));
    engine.docker(&["kill", "web"]).ok();
    news.member_of(&["bridge"], false);

    engine.docker(&["network", "rm", "mine"]).ok();
    let removed = news.next("network-removed");
    assert_eq!(removed["change"]["value"], json!(id));
    assert!(removed["revision"].as_u64() > made["revision"].as_u64());
    let snapshot = http::get(engine, "/gantry/v1/snapshot").json();
    let networks = snapshot["networks"].as_array().unwrap();
    let mut names: Vec<_> = networks
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["bridge", "host", "none"]);
}

fn dockers_events_name_network_and_container(engine: &Engine) {
    let format = "{{.Action}} {{.Actor.Attributes.name}} {{.Actor.Attributes.container}}";
    let events = ["events", "--since", "10m", "--filter", "type=network"];
    let events = [&events[..], &["--format", format]].concat();
    let events = engine.start_docker(&events);
    engine.docker(&["network", "create", "mine"]).ok();
    let run = ["run", "-d", "--name", "web", "busybox", "sleep", "600"];
    let id = engine.docker(&run).ok();
    engine.docker(&["network", "connect", "mine", "web"]).ok();
    engine
        .docker(&["network", "disconnect", "mine", "web"])
        .ok();
    engine.docker(&["rm", "-f", "web"]).ok();
    engine.docker(&["network", "prune", "-f"]).ok();
    let told = [
        "create mine <no value>".to_owned(),
        format!("connect bridge {id}"),
        format!("connect mine {id}"),
        format!("disconnect mine {id}"),
        format!("disconnect bridge {id}"),
        "destroy mine <no value>".to_owned(),
        "prune <no value> <no value>".to_owned(),
    ];
    wait_for("the story", || {
        (events.out().lines().collect::<Vec<_>>() == told).then_some(())
    });
}
