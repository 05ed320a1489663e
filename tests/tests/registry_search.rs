//! What registries tell of themselves: search, tags, and what a pull would bring.

use gantry_pack::{Image, Tree, fixtures};
use gantry_tests::crooked::{Answer, Asked, Crooked};
use gantry_tests::registry::{PASSWORD, Registry, USER};
use gantry_tests::{Engine, as_root_and_as_user, http};
use serde_json::{Value, json};

as_root_and_as_user!(
    a_private_registry_is_searched,
    a_list_that_comes_in_pages_is_followed_to_a_bound,
    docker_hub_is_searched_by_its_own_api,
    tags_of_docker_hub_come_with_all_there_is,
    tags_of_other_registries_come_by_name,
    what_a_pull_would_bring_is_told,
    a_manifest_is_looked_at,
    every_tag_is_pulled,
);

fn app(text: &str) -> Image {
    let tree = Tree::new().file("app", 0o755, text.as_bytes());
    fixtures::busybox("app:1")
        .unwrap()
        .layer("COPY app", tree)
        .unwrap()
}

/// Asks `/gantry/v1/registry/…`.
#[track_caller]
fn ask(engine: &Engine, verb: &str, body: &Value) -> Value {
    let answer = http::post(engine, &format!("/gantry/v1/registry/{verb}"), body);
    let (status, told) = (answer.status, answer.json());
    assert_eq!(status, 200, "{told}");
    told
}

/// Both clients print the same.
#[track_caller]
fn same(engine: &Engine, arguments: &[&str]) -> String {
    let (docker, gantry) = (engine.docker(arguments).ok(), engine.gantry(arguments).ok());
    assert_eq!(docker, gantry, "{arguments:?}");
    docker
}

fn a_private_registry_is_searched(engine: &Engine) {
    let Some(registry) = Registry::with_password() else {
        return;
    };
    let credentials = format!("{USER}:{PASSWORD}");
    for name in ["team/app:1", "app-tools:1", "snapper:1", "other:1"] {
        registry.hold_as(name, &app("one"), &["--dest-creds", &credentials]);
    }
    let (host, term) = (registry.host(), registry.name("app"));
    let said = engine.docker(&["search", &term]).fails_with(1);
    assert!(said.contains("no basic auth credentials"), "{said}");
    let mut login = engine.start_docker(&["login", "-u", USER, "--password-stdin", &host]);
    login.write(PASSWORD);
    login.finish().ok();

    let said = same(engine, &["search", &term]);
    let found: Vec<&str> = said.lines().skip(1).map(str::trim_end).collect();
    let named = |name: &str| registry.name(name);
    let expected = [named("team/app"), named("app-tools"), named("snapper")];
    for (line, name) in found.iter().zip(&expected) {
        assert!(line.starts_with(&**name), "{name} in {said}");
    }
    assert_eq!(found.len(), 3, "{said}");
    same(engine, &["search", "--limit", "1", &term]);
    let none = same(engine, &["search", "--filter", "stars=1", &term]);
    assert_eq!(none.lines().count(), 1, "{none}");
    // What is found can be pulled.
    engine
        .docker(&["pull", "-q", &format!("{}:1", expected[0])])
        .ok();

    let auth = json!({ "username": USER, "password": PASSWORD });
    let all = json!({ "registry": host, "term": "", "limit": 3, "auth": auth });
    let all = ask(engine, "search", &all);
    assert_eq!(all["total"], 4);
    assert_eq!(all["results"].as_array().unwrap().len(), 3);
    assert_eq!(
        all["results"][0]["stars"],
        Value::Null,
        "nobody counts them"
    );
    for limit in ["-1", "101"] {
        let said = engine
            .gantry(&["search", "--limit", limit, &term])
            .fails_with(1);
        assert!(said.contains("outside the range of [1, 100]"), "{said}");
    }
    let said = engine.docker(&["search", "--filter", "pulls=1", &term]);
    assert!(said.fails_with(1).contains("invalid filter 'pulls'"));
}

/// Where nothing is behind: it answers only what the test says.
fn alone(alter: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Crooked {
    Crooked::start("127.0.0.1:1", move |asked, _| alter(asked))
}

fn a_list_that_comes_in_pages_is_followed_to_a_bound(engine: &Engine) {
    let pages = alone(|asked| match asked.path.as_str() {
        "/v2/_catalog?n=500" => Answer::new(200)
            .with("link", "</v2/_catalog?last=a%2Fone&n=500>; rel=\"next\"")
            .body(r#"{"repositories":["a/one"]}"#),
        "/v2/_catalog?last=a%2Fone&n=500" => Answer::new(200)
            .with(
                "link",
                format!(
                    "<http://{}/v2/_catalog?last=b>; rel=\"next\"",
                    asked.headers["host"]
                ),
            )
            .body(r#"{"repositories":["b/one","UPPER/one"]}"#),
        _ => Answer::new(200).body(r#"{"repositories":null}"#),
    });
    let found = ask(
        engine,
        "search",
        &json!({ "registry": pages.host(), "term": "one" }),
    );
    let names: Vec<&str> = found["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|find| find["name"].as_str().unwrap())
        .collect();
    let host = pages.host();
    assert_eq!(names, [format!("{host}/a/one"), format!("{host}/b/one")]);

    let endless = alone(|_| {
        Answer::new(200)
            .with("link", "</v2/_catalog?last=x>; rel=\"next\"")
            .body(r#"{"repositories":["x"]}"#)
    });
    ask(
        engine,
        "search",
        &json!({ "registry": endless.host(), "term": "x" }),
    );
    assert_eq!(endless.asked().len(), 40);
    let lost = alone(|_| {
        Answer::new(200)
            .with("link", "<ftp://elsewhere/>; rel=\"next\"")
            .body(r#"{"repositories":["x"]}"#)
    });
    let body = json!({ "registry": lost.host(), "term": "x" });
    let refused = http::post(engine, "/gantry/v1/registry/search", &body);
    assert_eq!(refused.json()["gantry"]["code"], "registry-redirect");
}

/// Has the engine take another place for Docker Hub's API.
fn with_hub(engine: &Engine, hub: &Crooked) {
    engine.terminate();
    let text = format!(
        "[registries]\nhub = \"http://{}\"\nretries = 0\n\
         [registries.hosts.\"docker.io\"]\nmirrors = [\"http://{}\"]\n",
        hub.host(),
        hub.host()
    );
    let config = engine.write("config.toml", text);
    engine.launch_with(&["--config", config.to_str().unwrap()]);
}

fn docker_hub_is_searched_by_its_own_api(engine: &Engine) {
    let hub = alone(|asked| {
        assert!(!asked.headers.contains_key("authorization"));
        if !asked
            .path
            .starts_with("/v2/search/repositories/?query=web&page=1&page_size=")
        {
            return Answer::new(404);
        }
        let long =
            "A server of pages, \\u001b[31mand of much else that nobody would think of at once";
        Answer::new(200).body(format!(
            r#"{{"count":7000,"next":"x","previous":"","results":[
              {{"repo_name":"webserver","short_description":"{long}","star_count":20000,"pull_count":9000000000,"repo_owner":"","is_automated":false,"is_official":true}},
              {{"repo_name":"ann/web","short_description":"","star_count":3,"pull_count":5,"is_automated":true,"is_official":false}},
              {{"repo_name":"../etc","short_description":"x","star_count":9,"pull_count":5,"is_official":false}}
            ]}}"#
        ))
    });
    with_hub(engine, &hub);
    let said = same(engine, &["search", "web"]);
    assert!(
        said.contains("A server of pages") && said.contains("[OK]"),
        "{said}"
    );
    assert!(!said.contains('\u{1b}') && !said.contains("etc"), "{said}");
    assert_eq!(said.lines().count(), 3, "{said}");
    same(engine, &["search", "--no-trunc", "web"]);
    same(
        engine,
        &[
            "search",
            "--format",
            "{{.Name}} {{.StarCount}} {{.IsOfficial}}",
            "web",
        ],
    );
    for (filter, name) in [
        ("is-official=true", "webserver"),
        ("is-official=false", "ann/web"),
        ("stars=4", "webserver"),
    ] {
        let said = same(
            engine,
            &["search", "--filter", filter, "--format", "{{.Name}}", "web"],
        );
        assert_eq!(said, name, "{filter}");
    }
    let found = ask(
        engine,
        "search",
        &json!({ "registry": "", "term": "web", "limit": 2 }),
    );
    assert_eq!(found["total"], 7000);
    assert_eq!(found["results"][0]["pulls"], 9_000_000_000_u64);
    assert_eq!(found["results"][1]["name"], "ann/web");
}

fn tags_of_docker_hub_come_with_all_there_is(engine: &Engine) {
    let hub = alone(|asked| match asked.path.as_str() {
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
    let page = ask(engine, "tags", &json!({ "repository": "web" }));
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
    let rest = ask(engine, "tags", &rest);
    assert_eq!(
        rest,
        json!({ "tags": [{ "name": "old", "platforms": [] }] })
    );
    let private = ask(engine, "tags", &json!({ "repository": "ann/secret" }));
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
    let page = ask(
        engine,
        "tags",
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
    let told = ask(engine, "image", &json!({ "reference": name }));
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
    let told = ask(engine, "image", &json!({ "reference": name }));
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
