//! What `docker events` tells: of volumes and images, of what was pruned, of the past, by filters.

use std::time::{SystemTime, UNIX_EPOCH};

use gantry_tests::{Engine, as_root_and_as_user};

as_root_and_as_user!(
    volumes_are_mounted_and_let_go,
    images_are_told_of_with_their_labels,
    prunes_are_told_of,
    an_end_alone_asks_for_the_past,
    names_and_ids_are_found_by_their_beginning,
    a_stop_that_ends_in_a_kill_is_told_as_both,
);

/// Everything that happened until now, in this format.
fn past(engine: &Engine, format: &str, filters: &[&str]) -> Vec<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let until = format!("{}.{:09}", now.as_secs(), now.subsec_nanos());
    let mut arguments = vec!["events", "--until", &until, "--format", format];
    for filter in filters {
        arguments.extend(["--filter", filter]);
    }
    let told = engine.docker(&arguments).ok();
    told.lines().map(str::to_owned).collect()
}

/// The action and these attributes.
fn format(attributes: &[&str]) -> String {
    let attributes = attributes
        .iter()
        .map(|name| format!(" {{{{index .Actor.Attributes \"{name}\"}}}}"));
    format!("{{{{.Action}}}}{}", attributes.collect::<String>())
}

fn volumes_are_mounted_and_let_go(engine: &Engine) {
    let run = [
        "run",
        "--name",
        "box",
        "-v",
        "data:/x:ro",
        "busybox",
        "true",
    ];
    engine.docker(&run).ok();
    let id = engine.inspect("box", ".Id");
    let told = past(
        engine,
        &format(&["driver", "container", "destination", "read/write"]),
        &["type=volume"],
    );
    assert_eq!(told[0].split_whitespace().next(), Some("create"));
    assert_eq!(told[1], format!("mount local {id} /x false"));
    assert_eq!(told[2].trim_end(), format!("unmount local {id}"));
}

fn images_are_told_of_with_their_labels(engine: &Engine) {
    engine.docker(&["create", "--name", "box", "busybox"]).ok();
    let change = ["-m", "why", "-c", "LABEL tier=front"];
    let names = ["box", "made:1"];
    let id = engine
        .docker(&[&["commit"][..], &change, &names].concat())
        .ok();
    engine.docker(&["tag", "made:1", "made:2"]).ok();
    let file = engine.file("made.tar");
    let file = file.to_str().unwrap();
    engine.docker(&["save", "-o", file, "made:2"]).ok();
    engine.docker(&["rmi", "made:2", "made:1"]).ok();
    engine.docker(&["load", "-i", file]).ok();
    let told = past(
        engine,
        &format(&["name"]),
        &["type=image", "label=tier=front"],
    );
    let expected = [
        format!("create {id}"),
        "tag made:1".to_owned(),
        "tag made:2".to_owned(),
        format!("save {id}"),
        format!("untag {id}"),
        format!("untag {id}"),
        format!("load {id}"),
    ];
    assert_eq!(told, expected);
    let format = format(&["comment", "imageID", "imageRef"]);
    let commit = past(engine, &format, &["event=commit"]);
    assert_eq!(commit, [format!("commit why {id} made:1")]);
}

fn prunes_are_told_of(engine: &Engine) {
    for kind in ["container", "image", "volume", "network"] {
        engine.docker(&[kind, "prune", "--force"]).ok();
    }
    let told = past(engine, "{{.Type}} {{.Actor.Attributes}}", &["event=prune"]);
    let expected = ["container", "image", "volume", "network"];
    assert_eq!(
        told,
        expected.map(|kind| format!("{kind} map[reclaimed:0]"))
    );
}

fn an_end_alone_asks_for_the_past(engine: &Engine) {
    engine.docker(&["volume", "create", "data"]).ok();
    assert_eq!(past(engine, "{{.Action}}", &["volume=data"]), ["create"]);
    let wrong = ["events", "--since", "100", "--until", "50"];
    let err = engine.docker(&wrong).fails_with(1);
    assert!(err.contains("cannot be after `until` time (50"), "{err}");
}

fn names_and_ids_are_found_by_their_beginning(engine: &Engine) {
    engine
        .docker(&["create", "--name", "webbox", "busybox"])
        .ok();
    assert_eq!(past(engine, "{{.Action}}", &["container=web"]), ["create"]);
    assert!(past(engine, "{{.Action}}", &["container=box"]).is_empty());
}

fn a_stop_that_ends_in_a_kill_is_told_as_both(engine: &Engine) {
    let run = ["run", "-d", "--name", "box", "busybox", "sleep", "1000"];
    engine.docker(&run).ok();
    engine.docker(&["stop", "-t", "0", "box"]).ok();
    let told = past(
        engine,
        &format(&["signal"]),
        &["container=box", "event=kill", "event=die", "event=stop"],
    );
    let told: Vec<_> = told.iter().map(|line| line.trim_end()).collect();
    assert_eq!(told, ["kill 15", "kill 9", "die", "stop"]);
}
