//! Searching registries: by their lists, and Docker Hub by its own API.

use gantry_tests::crooked::{Answer, Crooked};
use gantry_tests::registry::{PASSWORD, Registry, USER, app, with_hub};
use gantry_tests::{Engine, as_root_and_as_user, http};
use serde_json::{Value, json};

as_root_and_as_user!(
    a_private_registry_is_searched,
    a_list_that_comes_in_pages_is_followed_to_a_bound,
    docker_hub_is_searched_by_its_own_api,
);

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
    let all = http::v1(engine, "registry/search", &all);
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

fn a_list_that_comes_in_pages_is_followed_to_a_bound(engine: &Engine) {
    let pages = Crooked::alone(|asked| match asked.path.as_str() {
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
    let found = http::v1(
        engine,
        "registry/search",
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

    let endless = Crooked::alone(|_| {
        Answer::new(200)
            .with("link", "</v2/_catalog?last=x>; rel=\"next\"")
            .body(r#"{"repositories":["x"]}"#)
    });
    http::v1(
        engine,
        "registry/search",
        &json!({ "registry": endless.host(), "term": "x" }),
    );
    assert_eq!(endless.asked().len(), 40);
    let lost = Crooked::alone(|_| {
        Answer::new(200)
            .with("link", "<ftp://elsewhere/>; rel=\"next\"")
            .body(r#"{"repositories":["x"]}"#)
    });
    let body = json!({ "registry": lost.host(), "term": "x" });
    let refused = http::post(engine, "/gantry/v1/registry/search", &body);
    assert_eq!(refused.json()["gantry"]["code"], "registry-redirect");
}

fn docker_hub_is_searched_by_its_own_api(engine: &Engine) {
    let hub = Crooked::alone(|asked| {
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
    let found = http::v1(
        engine,
        "registry/search",
        &json!({ "registry": "", "term": "web", "limit": 2 }),
    );
    assert_eq!(found["total"], 7000);
    assert_eq!(found["results"][0]["pulls"], 9_000_000_000_u64);
    assert_eq!(found["results"][1]["name"], "ann/web");
}
