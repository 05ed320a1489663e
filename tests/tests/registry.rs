//! Pulling from a registry that is not ours, with clients that are not ours.

use gantry_tests::registry::{PASSWORD, Registry, USER, app};
use gantry_tests::{Engine, as_root_and_as_user};

as_root_and_as_user!(
    an_image_is_pulled_and_runs,
    only_what_is_missing_is_fetched,
    run_pulls_what_is_missing,
    what_is_not_there_is_said,
    a_password_is_asked_for_and_kept_to_its_registry,
);

fn an_image_is_pulled_and_runs(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    let image = app("#!/bin/sh\necho hello\n");
    let name = registry.hold("team/app:1", &image);
    let said = engine.docker(&["pull", &name]).ok();
    let mut expected = vec![
        "1: Pulling from team/app".to_owned(),
        "Digest: sha256:".to_owned(),
        format!("Status: Downloaded newer image for {name}"),
        name.clone(),
    ];
    expected.extend(["Pulling fs layer", "Download complete", "Pull complete"].map(str::to_owned));
    for part in &expected {
        assert!(said.contains(part), "{part:?} in {said}");
    }
    assert_eq!(engine.inspect(&name, ".Id"), image.id());
    assert_eq!(engine.docker(&["run", "--rm", &name, "/app"]).ok(), "hello");

    let digest = engine.inspect(&name, "index .RepoDigests 0");
    let listed = engine.docker(&[
        "images",
        "--digests",
        "--format",
        "{{.Repository}}@{{.Digest}}",
    ]);
    assert!(listed.ok().lines().any(|line| line == digest), "{digest}");
    let raw = registry.skopeo(&[
        "inspect",
        "--tls-verify=false",
        "--format",
        "{{.Digest}}",
        &format!("docker://{name}"),
    ]);
    assert_eq!(digest.split_once('@').unwrap().1, raw.ok());

    // The same by digest is here already, and so is the tag.
    let again = engine.docker(&["pull", &digest]).ok();
    assert!(again.contains("Image is up to date for"), "{again}");
    let again = engine.docker(&["pull", &name]).ok();
    assert!(again.contains("Image is up to date for"), "{again}");
    engine.docker(&["rmi", &name]).ok();
    engine.docker(&["pull", "--quiet", &digest]).ok();
    assert_eq!(engine.inspect(&digest, ".Id"), image.id());
}

fn only_what_is_missing_is_fetched(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    let name = registry.hold("app:1", &app("one"));
    engine.docker(&["pull", "--quiet", &name]).ok();
    let blobs = registry.asked("GET", "/blobs/");
    engine.docker(&["pull", "--quiet", &name]).ok();
    assert_eq!(registry.asked("GET", "/blobs/"), blobs, "nothing is new");
    assert_eq!(
        registry.asked("GET", "/manifests/"),
        1,
        "the tag was only asked about"
    );

    // The first layer came with the fixture, as another blob, and is not asked for either.
    let other = registry.hold("app:2", &app("two"));
    let said = engine.docker(&["pull", &other]).ok();
    assert!(said.contains("Already exists"), "{said}");
    assert_eq!(
        registry.asked("GET", "/blobs/"),
        blobs + 2,
        "a config and a layer"
    );
    let missing = engine.docker(&["run", "--rm", &other, "cat", "/app"]).ok();
    assert_eq!(missing, "two");
}

fn run_pulls_what_is_missing(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    let name = registry.hold("app:1", &app("one"));
    let refused = engine.gantry(&["run", "--rm", "--pull", "never", &name, "cat", "/app"]);
    assert!(refused.fails_with(125).contains("No such image"));
    let run = engine.gantry(&["run", "--rm", &name, "cat", "/app"]);
    assert!(run.err.contains("Unable to find image"), "{run:?}");
    assert_eq!(run.ok(), "one");
    registry.hold("app:1", &app("two"));
    let stale = engine.gantry(&["run", "--rm", &name, "cat", "/app"]);
    assert_eq!(stale.ok(), "one");
    let fresh = engine.gantry(&["run", "--rm", "--pull", "always", &name, "cat", "/app"]);
    assert_eq!(fresh.ok(), "two");
    let run = engine.docker(&[
        "run",
        "--rm",
        &registry.hold("b:1", &app("b")),
        "cat",
        "/app",
    ]);
    assert_eq!(run.ok(), "b");
    let pulled = engine
        .gantry(&["pull", &registry.hold("c:1", &app("c"))])
        .ok();
    assert!(pulled.contains("Pull complete"), "{pulled}");
}

fn what_is_not_there_is_said(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    let name = registry.hold("app:1", &app("one"));
    let said = engine
        .docker(&["pull", &registry.name("app:2")])
        .fails_with(1);
    assert!(said.contains("manifest unknown"), "{said}");
    let said = engine
        .docker(&["pull", &registry.name("none:1")])
        .fails_with(1);
    assert!(said.contains("unknown"), "{said}");
    let host = registry.host();
    drop(registry);
    let said = engine.docker(&["pull", &name]).fails_with(1);
    assert!(said.contains(&host) && said.contains("refused"), "{said}");
}

fn a_password_is_asked_for_and_kept_to_its_registry(engine: &Engine) {
    let Some(registry) = Registry::with_password() else {
        return;
    };
    let credentials = format!("{USER}:{PASSWORD}");
    let name = registry.hold_as("app:1", &app("one"), &["--dest-creds", &credentials]);
    let said = engine.docker(&["pull", &name]).fails_with(1);
    assert!(said.contains("no basic auth credentials"), "{said}");
    let host = registry.host();
    let login = |password: &str| {
        let mut login = engine.start_docker(&["login", "-u", USER, "--password-stdin", &host]);
        login.write(password);
        login.finish()
    };
    let said = login("wrong").fails_with(1);
    assert!(said.contains("unauthorized"), "{said}");
    assert!(login(PASSWORD).ok().contains("Login Succeeded"));
    engine.docker(&["pull", &name]).ok();
    assert_eq!(
        engine.docker(&["run", "--rm", &name, "cat", "/app"]).ok(),
        "one"
    );
}
