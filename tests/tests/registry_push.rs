//! Pushing to a registry that is not ours; what arrived is looked at with skopeo.

use gantry_pack::{Image, Tree, fixtures};
use gantry_tests::registry::{PASSWORD, Registry, USER};
use gantry_tests::{Engine, as_root_and_as_user};

as_root_and_as_user!(
    an_image_is_pushed_and_is_the_same_elsewhere,
    only_what_the_registry_lacks_is_sent,
    every_tag_is_pushed,
    what_cannot_be_pushed_is_said,
);

fn app(name: &str) -> Image {
    let tree = Tree::new().file("app", 0o755, b"#!/bin/sh\necho pushed\n");
    fixtures::busybox(name)
        .unwrap()
        .layer("COPY app", tree)
        .unwrap()
}

/// What skopeo says of an image in a registry.
fn remote(registry: &Registry, name: &str, field: &str) -> String {
    let image = format!("docker://{name}");
    let format = format!("{{{{{field}}}}}");
    let said = registry.skopeo(&["inspect", "--tls-verify=false", "--format", &format, &image]);
    said.ok()
}

fn an_image_is_pushed_and_is_the_same_elsewhere(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    let name = registry.name("team/app:1");
    let image = app(&name);
    engine.load(std::slice::from_ref(&image));
    let said = engine.docker(&["push", &name]).ok();
    for part in [
        "The push refers to repository",
        "Pushed",
        "1: digest: sha256:",
    ] {
        assert!(said.contains(part), "{part:?} in {said}");
    }
    let digest = remote(&registry, &name, ".Digest");
    let pinned = engine.inspect(&name, "index .RepoDigests 0");
    assert_eq!(pinned, format!("{}@{digest}", registry.name("team/app")));

    // The layers came uncompressed and were compressed for the push, once.
    let archive = engine.file("copy.tar");
    let source = format!("docker://{name}");
    let target = format!("docker-archive:{}:copy:1", archive.display());
    let copy = [
        "copy",
        "--insecure-policy",
        "--src-tls-verify=false",
        &source,
        &target,
    ];
    registry.skopeo(&copy).ok();
    engine.docker(&["rmi", "-f", &name]).ok();
    engine
        .docker(&["load", "-i", archive.to_str().unwrap()])
        .ok();
    assert_eq!(engine.inspect("copy:1", ".Id"), image.id());
    engine.docker(&["rmi", "copy:1"]).ok();
    engine.docker(&["pull", "--quiet", &name]).ok();
    assert_eq!(
        engine.docker(&["run", "--rm", &name, "/app"]).ok(),
        "pushed"
    );
    // What came compressed goes as it came.
    let other = registry.name("other:1");
    engine.docker(&["tag", &name, &other]).ok();
    engine.gantry(&["push", &other]).ok();
    assert_eq!(remote(&registry, &other, ".Digest"), digest);
}

fn only_what_the_registry_lacks_is_sent(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    let name = registry.name("app:1");
    engine.load(&[app(&name)]);
    engine.docker(&["push", "--quiet", &name]).ok();
    let sent = registry.asked("PUT", "/blobs/uploads/");
    assert_eq!(sent, 3, "two layers and a config");
    let again = engine.docker(&["push", &name]).ok();
    assert!(again.contains("Layer already exists"), "{again}");
    let other = registry.name("else/where:2");
    engine.docker(&["tag", &name, &other]).ok();
    let mounted = engine.docker(&["push", &other]).ok();
    assert!(mounted.contains("Mounted from app"), "{mounted}");
    // The config is small and is sent.
    assert_eq!(registry.asked("PUT", "/blobs/uploads/"), sent + 1);
}

fn every_tag_is_pushed(engine: &Engine) {
    let Some(registry) = Registry::with_password() else {
        return;
    };
    let (one, two) = (registry.name("app:1"), registry.name("app:2"));
    engine.load(&[app(&one)]);
    engine.docker(&["tag", &one, &two]).ok();
    let refused = engine.docker(&["push", &one]).fails_with(1);
    assert!(refused.contains("no basic auth credentials"), "{refused}");
    let host = registry.host();
    let mut login = engine.start_docker(&["login", "-u", USER, "--password-stdin", &host]);
    login.write(PASSWORD);
    login.finish().ok();
    let said = engine.docker(&["push", "-a", &registry.name("app")]).ok();
    assert!(
        said.contains("1: digest:") && said.contains("2: digest:"),
        "{said}"
    );
}

fn what_cannot_be_pushed_is_said(engine: &Engine) {
    let said = engine.docker(&["push", "127.0.0.1:1/none:1"]).fails_with(1);
    assert!(
        said.contains("does not exist locally with the tag"),
        "{said}"
    );
    engine.docker(&["tag", "busybox", "127.0.0.1:1/app:1"]).ok();
    let said = engine.docker(&["push", "127.0.0.1:1/app:1"]).fails_with(1);
    assert!(said.contains("refused"), "{said}");
}
