//! What registries tell of a repository: its tags, and what a pull would bring; and pulling all of it.

use gantry_pack::fixtures;
use gantry_tests::crooked::{Answer, Crooked};
use gantry_tests::registry::{Registry, app, with_hub};
use gantry_tests::{Engine, as_root_and_as_user, http};
use serde_json::{Value, json};

as_root_and_as_user!(
    tags_of_docker_hub_come_with_all_there_is,
    tags_of_other_registries_come_by_name,
    what_a_pull_would_bring_is_told,
    a_manifest_is_looked_at,
    every_tag_is_pulled,
);

fn tags_of_docker_hub_come_with_all_there_is(engine: &Engine) {
    let hub = Crooked::alone(|asked| match asked.path.as_str() {
        "/v2/repositories/library/web/tags?page=1&page_size=100" => Answer::new(200).body(
            r#"{"count":101,"next":"https://elsewhere/?page=2","previous":null,"results":[
              {"name":"latest","full_size":99,"last_updated":"2026-10-01T10:00:00.5Z",
               "digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
               "images":[
                 {"architecture":"amd64","os":"linux","variant":null,"size":70},
                 {"architecture":"arm64","os":"linux","variant":"v8","size":80},
                 {"architecture":"unknown","os":"unknown","variant":null,"size":1}]}]}"#,
        ),
        "/v2/repositories/library/web/tags?page=2&page_size=100" => {
            Answer::new(200).body(r#"{"next":null,"results":[{"name":"old"}]}"#)
        }
        // Not for everybody: then its registry is asked, with whom we are.
        "/v2/ann/secret/tags/list?n=1000" => {
            Answer::new(200).body(r#"{"name":"ann/secret","tags":["1","2"]}"#)
        }
        _ => Answer::new(404).body("{}"),
    });
    with_hub(engine, &hub);
    let page = http::v1(engine, "registry/tags", &json!({ "repository": "web" }));
    let tag = &page["tags"][0];
    assert_eq!(tag["name"], "latest");
    assert_eq!(tag["updated"], "2026-10-01T10:00:00.5Z");
    assert_eq!(tag["platforms"], json!(["linux/amd64", "linux/arm64/v8"]));
    let ours = if cfg!(target_arch = "aarch64") {
        80
    } else {
        70
    };
    assert_eq!(tag["bytes"], ours);
    assert!(tag["digest"].as_str().unwrap().starts_with("sha256:aaa"));
    let rest = json!({ "repository": "web", "from": page["next"] });
    let rest = http::v1(engine, "registry/tags", &rest);
    assert_eq!(
        rest,
        json!({ "tags": [{ "name": "old", "platforms": [] }] })
    );
    let private = http::v1(
        engine,
        "registry/tags",
        &json!({ "repository": "ann/secret" }),
    );
    assert_eq!(private["tags"].as_array().unwrap().len(), 2);
    let wrong = json!({ "repository": "web", "from": "elsewhere" });
    assert_eq!(
        http::post(engine, "/gantry/v1/registry/tags", &wrong).status,
        400
    );
}

fn tags_of_other_registries_come_by_name(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    for tag in ["1", "2", "latest"] {
        registry.hold(&format!("team/app:{tag}"), &app("one"));
    }
    let page = http::v1(
        engine,
        "registry/tags",
        &json!({ "repository": registry.name("team/app") }),
    );
    let names: Vec<&str> = page["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["1", "2", "latest"]);
    let none = json!({ "repository": registry.name("none") });
    let answer = http::post(engine, "/gantry/v1/registry/tags", &none);
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["gantry"]["code"], "registry-denied");
}

fn what_a_pull_would_bring_is_told(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    let name = registry.hold("app:1", &app("one"));
    let told = http::v1(engine, "registry/image", &json!({ "reference": name }));
    let layers = told["layers"].as_array().unwrap();
    // The first came with the fixture, as another blob.
    let here: Vec<bool> = layers
        .iter()
        .map(|layer| layer["here"].as_bool().unwrap())
        .collect();
    assert_eq!(here, [true, false]);
    assert_eq!(told["download"], layers[1]["bytes"]);
    assert_eq!(told["platforms"].as_array().unwrap().len(), 1);
    let image = format!("docker://{name}");
    let inspected = |more: &[&str]| -> Value {
        let arguments = [&["inspect", "--tls-verify=false", &*image], more].concat();
        serde_json::from_str(&registry.skopeo(&arguments).ok()).unwrap()
    };
    assert_eq!(told["digest"], inspected(&[])["Digest"]);
    let raw = &inspected(&["--raw"])["layers"][1];
    assert_eq!(layers[1]["digest"], raw["digest"]);
    assert_eq!(layers[1]["bytes"], raw["size"]);
    engine.docker(&["pull", "-q", &name]).ok();
    let told = http::v1(engine, "registry/image", &json!({ "reference": name }));
    assert_eq!(told["download"], 0);
    let none = json!({ "reference": registry.name("app:2") });
    let answer = http::post(engine, "/gantry/v1/registry/image", &none);
    assert_eq!(answer.json()["gantry"]["code"], "manifest-unknown");
}

fn a_manifest_is_looked_at(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    let name = registry.name("app:1");
    let image = fixtures::busybox(&name).unwrap();
    engine.load(&[image]);
    engine.docker(&["push", "-q", &name]).ok();
    // The docker CLI asks the registry itself.
    let manifest = engine.docker(&["manifest", "inspect", "--insecure", "-v", &name]);
    let manifest: Value = serde_json::from_str(&manifest.ok()).unwrap();
    let found = http::get(engine, &format!("/v1.51/distribution/{name}/json")).json();
    assert_eq!(
        found["Descriptor"]["digest"],
        manifest["Descriptor"]["digest"]
    );
    assert_eq!(found["Descriptor"]["size"], manifest["Descriptor"]["size"]);
    assert_eq!(
        found["Descriptor"]["mediaType"],
        manifest["Descriptor"]["mediaType"]
    );
    let platform = &manifest["Descriptor"]["platform"];
    assert_eq!(
        found["Platforms"][0]["architecture"],
        platform["architecture"]
    );
    assert_eq!(found["Platforms"][0]["os"], platform["os"]);
    let listed = engine.docker(&[
        "image",
        "ls",
        "--digests",
        "--format",
        "{{.Repository}}@{{.Digest}}",
    ]);
    let digest = found["Descriptor"]["digest"].as_str().unwrap();
    let pinned = format!("{}@{digest}", registry.name("app"));
    assert!(listed.ok().lines().any(|line| line == pinned), "{pinned}");
    let none = http::get(
        engine,
        &format!("/distribution/{}/json", registry.name("none")),
    );
    assert_eq!(none.status, 404);
}

fn every_tag_is_pulled(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    for (tag, text) in [("1", "one"), ("2", "two"), ("3", "three")] {
        registry.hold(&format!("app:{tag}"), &app(text));
    }
    let name = registry.name("app");
    let refused = engine.gantry(&["pull", "-a", &format!("{name}:1")]);
    assert!(
        refused
            .fails_with(1)
            .contains("tag can't be used with --all-tags")
    );
    let said = engine.docker(&["pull", "-a", &name]).ok();
    for tag in ["1", "2", "3"] {
        assert!(said.contains(&format!("{tag}: Pulling from app")), "{said}");
        let text = engine.docker(&["run", "--rm", &format!("{name}:{tag}"), "cat", "/app"]);
        assert!(["one", "two", "three"].contains(&text.ok().as_str()));
    }
    let end = format!("Status: Downloaded newer image for {name}");
    assert_eq!(said.matches("Status: ").count(), 1, "{said}");
    assert!(said.contains(&end), "{said}");
    let again = engine.gantry(&["pull", "--all-tags", &name]).ok();
    assert!(again.contains("Status: Image is up to date"), "{again}");
    // Without a tag and without being asked for all it is `latest`.
    let said = engine.gantry(&["pull", &name]).fails_with(1);
    assert!(said.contains("manifest unknown"), "{said}");
    let said = engine
        .docker(&["pull", "-a", &registry.name("none")])
        .fails_with(1);
    assert!(said.contains("pull access denied"), "{said}");
}
