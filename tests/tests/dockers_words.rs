//! What scripts read of Docker's answers: refusals, filters, and fields that are there or are not.

use gantry_tests::{Engine, as_root_and_as_user, http};
use serde_json::Value;

as_root_and_as_user!(
    a_kill_names_what_was_asked_for,
    networks_that_are_of_no_use_are_refused,
    names_are_filtered_by_patterns,
    a_list_shows_what_runs_unless_a_state_is_asked_for,
    ports_are_filtered_by_ranges_of_the_host,
    memory_of_the_host_is_no_mount,
    what_is_not_limited_has_no_limit,
    the_network_of_the_host_has_members,
    a_name_that_a_container_needs_stays,
    dates_are_moments,
    an_image_has_one_platform,
    keys_of_an_image_are_there_without_a_value,
);

fn a_kill_names_what_was_asked_for(engine: &Engine) {
    let err = engine.docker(&["kill", "nobody"]).fails_with(1);
    assert!(
        err.contains("cannot kill container: nobody: No such container: nobody"),
        "{err}"
    );
    let id = engine.docker(&["create", "--name", "box", "busybox"]).ok();
    let err = engine.docker(&["kill", &id[..12]]).fails_with(1);
    let expected = format!(
        "cannot kill container: {}: container {id} is not running",
        &id[..12]
    );
    assert!(err.contains(&expected), "{err}");
}

fn fails(engine: &Engine, arguments: &[&str]) -> String {
    engine.docker(arguments).fails_with(1)
}

fn names(engine: &Engine, list: &[&str]) -> Vec<String> {
    let arguments = [list, &["--format", "{{.Names}}"]].concat();
    lines(&engine.docker(&arguments).ok())
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn networks_that_are_of_no_use_are_refused(engine: &Engine) {
    for (option, said) in [
        (
            &["--config-from", "other"][..],
            "--config-from is not supported",
        ),
        (&["--scope", "swarm"], "--scope swarm is not supported"),
        (&["--ingress"], "--ingress is not supported"),
    ] {
        let create = [&["network", "create"], option, &["mine"]].concat();
        let err = fails(engine, &create);
        assert!(err.contains(said), "{err}");
    }
    for name in ["bridge", "host", "default"] {
        let err = fails(engine, &["network", "create", name]);
        let said = format!("operation is not permitted on predefined {name} network");
        assert!(err.contains(&said), "{err}");
    }
    for filter in ["type=odd", "dangling=odd"] {
        fails(engine, &["network", "ls", "--filter", filter]);
    }
}

fn names_are_filtered_by_patterns(engine: &Engine) {
    for kind in ["network", "volume"] {
        for name in ["web", "web2"] {
            engine.docker(&[kind, "create", name]).ok();
        }
        let listed = |filter: &str| {
            let list = [kind, "ls", "--filter", filter, "--format", "{{.Name}}"];
            lines(&engine.docker(&list).ok())
        };
        assert_eq!(listed("name=^web$"), ["web"]);
        assert_eq!(listed("name=eb[0-9]"), ["web2"]);
        assert_eq!(listed("name=web"), ["web", "web2"]);
    }
}

fn a_list_shows_what_runs_unless_a_state_is_asked_for(engine: &Engine) {
    for name in ["one", "two"] {
        engine
            .docker(&["run", "--name", name, "busybox", "true"])
            .ok();
    }
    let listed = |filter: &str| names(engine, &["ps", "--filter", filter]);
    for filter in ["exited=0", "before=two", "since=one"] {
        assert!(listed(filter).is_empty(), "{filter}");
    }
    assert_eq!(listed("status=exited"), ["two", "one"]);
    for filter in ["is-task=odd", "expose=odd", "health=odd"] {
        fails(engine, &["ps", "--filter", filter]);
    }
}

fn ports_are_filtered_by_ranges_of_the_host(engine: &Engine) {
    let run = ["run", "-d", "--name", "web", "-p", "127.0.0.1::80"];
    engine
        .docker(&[&run[..], &["busybox", "sleep", "1000"]].concat())
        .ok();
    let port = engine.docker(&["port", "web", "80"]).ok();
    let port = port.strip_prefix("127.0.0.1:").unwrap();
    let listed = |filter: String| names(engine, &["ps", "--filter", &filter]);
    assert_eq!(listed(format!("publish={port}")), ["web"]);
    assert_eq!(listed("publish=1024-65535/tcp".to_owned()), ["web"]);
    assert!(listed("publish=80".to_owned()).is_empty());
    assert_eq!(listed("expose=75-85".to_owned()), ["web"]);
    assert!(listed("expose=75-85/udp".to_owned()).is_empty());
}

fn memory_of_the_host_is_no_mount(engine: &Engine) {
    let folder = engine.file("folder");
    std::fs::create_dir(&folder).unwrap();
    let bind = format!("type=bind,src={},dst=/b,readonly", folder.display());
    let create = [
        "create",
        "--name",
        "box",
        "--tmpfs",
        "/t:size=1m",
        "-v",
        "data:/d",
        "-v",
        "/a",
        "--mount",
        "type=tmpfs,dst=/m,tmpfs-size=1m",
        "--mount",
        &bind,
        "busybox",
    ];
    engine.docker(&create).ok();
    let format = "{{range .Mounts}}{{.Destination}}={{.Mode}} {{end}}";
    let shown = engine.docker(&["inspect", "--format", format, "box"]).ok();
    let mut shown: Vec<_> = shown.split_whitespace().collect();
    shown.sort_unstable();
    assert_eq!(shown, ["/a=", "/b=", "/d=z", "/m="]);
}

fn what_is_not_limited_has_no_limit(engine: &Engine) {
    engine.docker(&["create", "--name", "box", "busybox"]).ok();
    let format = "{{json .HostConfig.MemorySwappiness}} {{json .HostConfig.PidsLimit}}";
    let shown = engine.docker(&["inspect", "--format", format, "box"]).ok();
    assert_eq!(shown, "null null");
}

fn the_network_of_the_host_has_members(engine: &Engine) {
    let run = ["run", "-d", "--name", "box", "--network", "none"];
    engine
        .docker(&[&run[..], &["busybox", "sleep", "1000"]].concat())
        .ok();
    let network = engine.inspect("box", ".NetworkSettings.Networks.none.NetworkID");
    let id = engine.docker(&["network", "inspect", "none", "--format", "{{.Id}}"]);
    assert_eq!(network, id.ok());
    let format = "{{range .Containers}}{{.Name}}{{end}}";
    let members = || {
        let inspect = ["network", "inspect", "none", "--format", format];
        engine.docker(&inspect).ok()
    };
    assert_eq!(members(), "box");
    engine.docker(&["kill", "box"]).ok();
    assert_eq!(members(), "");
}

fn a_name_that_a_container_needs_stays(engine: &Engine) {
    engine.docker(&["create", "--name", "box", "busybox"]).ok();
    engine.docker(&["commit", "box", "child"]).ok();
    let err = fails(engine, &["rmi", "busybox"]);
    assert!(
        err.contains("unable to remove repository reference \"busybox\" (must force)"),
        "{err}"
    );
    let err = fails(engine, &["rmi", "nothing"]);
    assert!(err.contains("No such image: nothing:latest"), "{err}");
}

fn dates_are_moments(engine: &Engine) {
    engine.docker(&["create", "--name", "box", "busybox"]).ok();
    for date in ["2020-01-02", "2020-01-02T03:04"] {
        let filter = format!("until={date}");
        for kind in ["container", "image", "network"] {
            engine
                .docker(&[kind, "prune", "-f", "--filter", &filter])
                .ok();
        }
    }
    assert_eq!(names(engine, &["ps", "-a"]), ["box"]);
    fails(
        engine,
        &["container", "prune", "-f", "--filter", "until=odd"],
    );
}

fn an_image_has_one_platform(engine: &Engine) {
    for verb in [&["image", "inspect"][..], &["history"]] {
        let asked =
            |platform: &str| engine.docker(&[verb, &["--platform", platform, "busybox"]].concat());
        asked("linux/amd64").ok();
        let err = asked("linux/s390x").fails_with(1);
        let said = "its platform (linux/amd64) does not match the specified platform (linux/s390x)";
        assert!(err.contains(said), "{err}");
    }
}

fn keys_of_an_image_are_there_without_a_value(engine: &Engine) {
    let image = http::get(engine, "/images/busybox/json").json();
    let config = image["Config"].as_object().unwrap();
    for key in ["Entrypoint", "Labels", "OnBuild", "Volumes"] {
        assert!(config.get(key).is_some_and(Value::is_null), "{key}");
    }
    for key in ["User", "WorkingDir"] {
        assert_eq!(config.get(key).and_then(Value::as_str), Some(""), "{key}");
    }
}
