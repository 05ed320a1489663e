//! Registries that break, lie and lead astray, and engines that are killed: a clear error or none at
//! all, and never anything wrong in the store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use gantry_pack::{Image, Tree};
use gantry_tests::crooked::{Answer, Asked, Crooked};
use gantry_tests::registry::{Registry, left};
use gantry_tests::{Engine, as_root_and_as_user, wait_for};
use rand::RngExt;

as_root_and_as_user!(
    a_broken_download_goes_on_where_it_was,
    a_killed_engine_goes_on_where_it_was,
    what_passes_is_tried_again,
    lies_are_found_out,
    a_password_stays_with_its_registry,
);

/// An image with a layer that takes a few pieces, as bytes that do not compress.
fn app() -> Image {
    let mut noise = vec![0_u8; 6 << 20];
    rand::rng().fill(&mut noise[..]);
    let tree = Tree::new().file("noise", 0o644, &noise);
    Image::new("app:1").layer("COPY noise", tree).unwrap()
}

fn is_layer(asked: &Asked, answer: &Answer) -> bool {
    asked.is("GET", "/blobs/") && answer.body.len() > 1 << 20
}

/// A registry with the image, and another in front of it that alters.
fn crooked(
    image: &Image,
    alter: impl Fn(&Asked, Answer) -> Answer + Send + Sync + 'static,
) -> Option<(Registry, Crooked, String)> {
    let registry = Registry::plain()?;
    registry.hold("app:1", image);
    let crooked = Crooked::start(&registry.host(), alter);
    let name = format!("{}/app:1", crooked.host());
    Some((registry, crooked, name))
}

/// Says how long the body is and sends a part of it.
fn cut(answer: Answer, at: usize) -> Answer {
    let length = answer.body.len();
    let body = answer.body[..at].to_vec();
    answer.with("content-length", length).body(body)
}

fn a_broken_download_goes_on_where_it_was(engine: &Engine) {
    let image = app();
    let Some((_registry, crooked, name)) = crooked(&image, |asked, answer| {
        if is_layer(asked, &answer) && asked.before < 2 {
            return cut(answer, 1 << 20);
        }
        answer
    }) else {
        return;
    };
    engine.docker(&["pull", &name]).ok();
    assert_eq!(engine.inspect(&name, ".Id"), image.id());
    let asked = crooked.asked();
    let ranges: Vec<&str> = asked
        .iter()
        .filter_map(|asked| Some(asked.headers.get("range")?.as_str()))
        .collect();
    assert_eq!(ranges, ["bytes=1048576-", "bytes=2097152-"]);
    assert_eq!(left(engine), 0);
}

fn a_killed_engine_goes_on_where_it_was(engine: &Engine) {
    let image = app();
    let slow = Arc::new(AtomicBool::new(true));
    let slowly = Arc::clone(&slow);
    let Some((_registry, crooked, name)) = crooked(&image, move |asked, answer| {
        if is_layer(asked, &answer) && slowly.load(Ordering::Relaxed) {
            // A part, and then nothing for as long as the engine lives.
            let length = answer.body.len();
            let at = rand::rng().random_range(1 << 20..2 << 20);
            let mut held = cut(answer, at);
            held.headers
                .insert("content-length".to_owned(), length.to_string());
            held.hold = true;
            return held;
        }
        answer
    }) else {
        return;
    };
    for _ in 0..3 {
        let before = left(engine);
        let pull = engine.start_docker(&["pull", &name]);
        wait_for("more to be here", || (left(engine) > before).then_some(()));
        engine.kill();
        drop(pull);
        engine.launch();
        assert!(left(engine) > before, "what came is kept");
    }
    let had = left(engine);
    slow.store(false, Ordering::Relaxed);
    engine.docker(&["pull", &name]).ok();
    assert_eq!(engine.inspect(&name, ".Id"), image.id());
    let last = crooked
        .asked()
        .into_iter()
        .rev()
        .find(|asked| asked.headers.contains_key("range"));
    assert_eq!(last.unwrap().headers["range"], format!("bytes={had}-"));
    assert_eq!(left(engine), 0);
    let found = engine.gantry(&["doctor"]);
    assert!(!found.out.contains("damaged"), "{found:?}");
}

fn what_passes_is_tried_again(engine: &Engine) {
    let image = app();
    let Some((_registry, _crooked, name)) = crooked(&image, |asked, answer| match asked.before {
        0 if asked.method == "GET" => Answer::new(503).body("<html>"),
        1 if asked.is("GET", "/manifests/") => Answer::new(429).with("retry-after", 1),
        _ => answer,
    }) else {
        return;
    };
    engine.docker(&["pull", &name]).ok();
    assert_eq!(engine.inspect(&name, ".Id"), image.id());
    let Some((_registry, _crooked, name)) = crooked(&image, |asked, answer| {
        if asked.is("GET", "/manifests/") {
            let said = r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"You have enough"}]}"#;
            return Answer::new(429).with("retry-after", 3600).body(said);
        }
        answer
    }) else {
        return;
    };
    let said = engine.docker(&["pull", &name]).fails_with(1);
    assert!(said.contains("toomanyrequests: You have enough"), "{said}");
}

fn lies_are_found_out(engine: &Engine) {
    type Lie = fn(&Asked, Answer) -> Answer;
    let lies: [(Lie, &str); 6] = [
        (
            |asked, mut answer| {
                if is_layer(asked, &answer) {
                    answer.body[1000] ^= 1;
                }
                answer
            },
            "does not match its digest",
        ),
        (
            // Without a length, and longer than it should be.
            |asked, mut answer| {
                if is_layer(asked, &answer) {
                    answer.body.extend([0; 100]);
                    return answer.with("content-length", "");
                }
                answer
            },
            "another size",
        ),
        (
            |asked, answer| {
                if is_layer(asked, &answer) {
                    return answer.body("short");
                }
                answer
            },
            "another size",
        ),
        (
            |asked, answer| {
                if asked.is("GET", "/manifests/") {
                    Answer::new(200).body("{\"schemaVersion\":")
                } else {
                    answer
                }
            },
            "not valid",
        ),
        (
            |asked, answer| {
                if asked.is("GET", "/manifests/") {
                    Answer::new(200).body(vec![b' '; 5 << 20])
                } else {
                    answer
                }
            },
            "more than 4194304 bytes",
        ),
        (
            |asked, answer| {
                if asked.is("GET", "/manifests/") {
                    Answer::new(302).with("location", &asked.path)
                } else {
                    answer
                }
            },
            "leads",
        ),
    ];
    let image = app();
    for (lie, expected) in lies {
        let Some((_registry, _crooked, name)) = crooked(&image, move |asked, mut answer| {
            if asked.is("HEAD", "/manifests/") {
                answer.headers.remove("docker-content-digest");
            }
            lie(asked, answer)
        }) else {
            return;
        };
        let said = engine.docker(&["pull", &name]).fails_with(1);
        assert!(said.contains(expected), "{expected:?} in {said}");
        assert_eq!(left(engine), 0, "{expected}: nothing wrong is kept");
    }
    assert_eq!(engine.docker(&["images", "-q"]).ok().lines().count(), 1);
    // The bytes of a trickle would take a month.
    engine.terminate();
    let config = engine.write(
        "config.toml",
        "[registries]\nidle_timeout = 1\nretries = 0\n",
    );
    engine.launch_with(&["--config", config.to_str().unwrap()]);
    let Some((_registry, _crooked, name)) = crooked(&image, |asked, mut answer| {
        if is_layer(asked, &answer) {
            answer.pause = Some(Duration::from_millis(200));
        }
        answer
    }) else {
        return;
    };
    let said = engine.docker(&["pull", &name]).fails_with(1);
    assert!(said.contains("next to nothing"), "{said}");
}

fn a_password_stays_with_its_registry(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    registry.hold("app:1", &app());
    let elsewhere = Crooked::start(&registry.host(), |_, answer| answer);
    let other = elsewhere.host();
    // Tokens, and blobs that lie at another place.
    let crooked = Crooked::start(&registry.host(), move |asked, answer| {
        let authorization = asked.headers.get("authorization").map(String::as_str);
        if asked.path.starts_with("/token") {
            return if authorization == Some("Basic YW5uOnNlY3JldA==") {
                Answer::new(200).body(r#"{"access_token":"good","refresh_token":"again"}"#)
            } else if asked.method == "POST" {
                Answer::new(200).body(r#"{"access_token":"good"}"#)
            } else {
                Answer::new(401)
            };
        }
        let host = &asked.headers["host"];
        if authorization != Some("Bearer good") {
            let realm = format!("Bearer realm=\"http://{host}/token\",service=\"here\"");
            return Answer::new(401).with("www-authenticate", realm);
        }
        if asked.is("GET", "/blobs/") {
            let location = format!("http://{other}{}", asked.path);
            return Answer::new(307).with("location", location);
        }
        answer
    });
    let name = format!("{}/app:1", crooked.host());
    let login = |password: &str| {
        let host = crooked.host();
        let mut login = engine.start_docker(&["login", "-u", "ann", "--password-stdin", &host]);
        login.write(password);
        login.finish()
    };
    assert!(login("wrong").fails_with(1).contains("unauthorized"));
    login("secret").ok();
    engine.docker(&["pull", &name]).ok();
    engine.docker(&["push", &name]).ok();
    let asked = elsewhere.asked();
    assert!(!asked.is_empty());
    for asked in asked {
        assert!(!asked.headers.contains_key("authorization"), "{asked:?}");
    }
    // In place of the password the client keeps what it was given at login.
    let tokens = crooked.asked();
    let tokens = tokens.iter().filter(|asked| asked.is("POST", "/token"));
    assert!(tokens.count() > 0);
    let scopes = crooked.asked();
    assert!(
        scopes
            .iter()
            .any(|asked| asked.path.contains("offline_token=true"))
    );
}
