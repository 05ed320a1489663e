//! version, info, events, df, ping.

use gantry_tests::{Engine, as_root_and_as_user, http, wait_for};

as_root_and_as_user!(
    ping_says_what_clients_ask_first,
    version_and_info_name_the_engine,
    old_and_missing_version_prefixes_are_accepted,
    events_tell_the_story_of_a_container,
    events_of_the_past_can_be_asked_for,
    df_counts_images_and_containers,
    what_is_not_there_is_a_404_in_json,
);

fn ping_says_what_clients_ask_first(engine: &Engine) {
    for method in ["GET", "HEAD"] {
        let answer = http::send(
            engine,
            &format!("{method} /_ping HTTP/1.1\nConnection: close"),
            b"",
        );
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("api-version"), Some("1.51"));
        assert_eq!(answer.header("ostype"), Some("linux"));
        assert_eq!(answer.header("docker-experimental"), Some("false"));
        assert_eq!(
            answer.body(),
            if method == "GET" { &b"OK"[..] } else { b"" }
        );
    }
}

fn version_and_info_name_the_engine(engine: &Engine) {
    let version = engine
        .docker(&["version", "--format", "{{.Server.Os}}/{{.Server.Arch}}"])
        .ok();
    assert_eq!(version, "linux/amd64");
    let info = engine.docker(&[
        "info",
        "--format",
        "{{.Images}} {{.Containers}} {{.DockerRootDir}}",
    ]);
    assert_eq!(info.ok(), format!("1 0 {}", engine.root().display()));
    let security = engine
        .docker(&["info", "--format", "{{.SecurityOptions}}"])
        .ok();
    assert!(security.contains("seccomp"), "{security}");
    assert_eq!(
        security.contains("rootless"),
        !engine.is_root(),
        "{security}"
    );
    engine.docker(&["info"]).ok();
    engine.docker(&["version"]).ok();
}

fn old_and_missing_version_prefixes_are_accepted(engine: &Engine) {
    for prefix in ["", "/v1.24", "/v1.41", "/v1.51"] {
        let head = format!("GET {prefix}/containers/json HTTP/1.1\nConnection: close");
        assert_eq!(http::send(engine, &head, b"").status, 200, "{prefix}");
    }
    let head = "GET /v1.23/containers/json HTTP/1.1\nConnection: close";
    assert_eq!(http::send(engine, head, b"").status, 400);
}

fn events_tell_the_story_of_a_container(engine: &Engine) {
    let format = "{{.Type}} {{.Action}} {{index .Actor.Attributes \"name\"}}";
    let events = engine.start_docker(&["events", "--format", format]);
    // The stream has begun when it tells of something.
    wait_for("the events to begin", || {
        engine.docker(&["tag", "busybox", "probe:latest"]).ok();
        events.out().contains("image tag").then_some(())
    });
    engine
        .docker(&["run", "--name", "box", "busybox", "true"])
        .ok();
    engine.docker(&["rm", "box"]).ok();
    events.says("container destroy box\n");
    let seen = events.out();
    let story: Vec<&str> = seen
        .lines()
        .filter_map(|line| line.strip_prefix("container ")?.strip_suffix(" box"))
        .filter(|action| ["create", "start", "die", "destroy"].contains(action))
        .collect();
    assert_eq!(story, ["create", "start", "die", "destroy"]);
}

fn events_of_the_past_can_be_asked_for(engine: &Engine) {
    engine
        .docker(&["run", "--name", "box", "busybox", "sh", "-c", "exit 2"])
        .fails_with(2);
    let format = "{{.Action}} {{index .Actor.Attributes \"exitCode\"}}";
    let past = [
        "events",
        "--since",
        "10m",
        "--filter",
        "event=die",
        "--format",
        format,
    ];
    engine.start_docker(&past).says("die 2\n");
}

fn df_counts_images_and_containers(engine: &Engine) {
    engine
        .docker(&[
            "run",
            "--name",
            "box",
            "busybox",
            "sh",
            "-c",
            "head -c 100000 /dev/zero > /x",
        ])
        .ok();
    let out = engine
        .docker(&[
            "system",
            "df",
            "--format",
            "{{.Type}} {{.TotalCount}} {{.Active}}",
        ])
        .ok();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[..2], ["Images 1 1", "Containers 1 0"], "{out}");
    engine.docker(&["system", "df", "--verbose"]).ok();
    engine.docker(&["volume", "create", "data"]).ok();
    let df = |query: &str| http::get(engine, &format!("/system/df{query}"));
    assert_eq!(df("").json()["Volumes"].as_array().unwrap().len(), 1);
    let images = df("?type=image&type=container").json();
    assert_eq!(images["Volumes"].as_array().unwrap().len(), 0);
    assert_eq!(images["Images"].as_array().unwrap().len(), 1);
    assert_eq!(df("?type=nonsense").status, 400);
}

fn what_is_not_there_is_a_404_in_json(engine: &Engine) {
    for path in [
        "/containers/nothing/json",
        "/images/nothing/json",
        "/no/such/path",
    ] {
        let answer = http::send(
            engine,
            &format!("GET {path} HTTP/1.1\nConnection: close"),
            b"",
        );
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.json()["message"].is_string(), "{path}");
    }
}
