//! Pulls and pushes that are shared, cancelled, interrupted and killed: nothing is fetched twice,
//! nothing half is shown, and what is left of it is counted and can be removed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use gantry_pack::{Image, Tree};
use gantry_tests::crooked::{Answer, Asked, Crooked};
use gantry_tests::registry::{Registry, left};
use gantry_tests::{Engine, as_root_and_as_user, http, wait_for};
use rand::RngExt;
use serde_json::{Value, json};

as_root_and_as_user!(
    two_pulls_of_an_image_share_the_work,
    a_cancelled_pull_leaves_nothing_to_be_seen,
    a_cancelled_push_gives_the_registry_no_name,
    what_an_interrupted_pull_left_is_counted_and_pruned,
    engines_are_killed_while_they_pull,
);

/// Two layers of bytes that do not compress.
fn app() -> Image {
    let layer = |image: Image, name: &str, size: usize| {
        let mut noise = vec![0_u8; size];
        rand::rng().fill(&mut noise[..]);
        let tree = Tree::new().file(name, 0o644, &noise);
        image.layer(&format!("COPY {name}"), tree).unwrap()
    };
    layer(
        layer(Image::new("app:1"), "small", 1 << 20),
        "large",
        3 << 20,
    )
}

fn is_layer(asked: &Asked, answer: &Answer) -> bool {
    asked.is("GET", "/blobs/") && answer.body.len() > 1 << 19
}

/// Of engines, as root and as an ordinary user.
const KILLS: usize = 10;

/// Until it is opened whoever comes here waits.
#[derive(Clone, Default)]
struct Gate(Arc<AtomicBool>);

impl Gate {
    fn open(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn pass(&self) {
        wait_for("the gate to be opened", || {
            self.0.load(Ordering::Relaxed).then_some(())
        });
    }
}

/// Starts a task and returns its address.
fn start(engine: &Engine, verb: &str, name: &str) -> String {
    let body = json!({ "reference": name });
    let started = http::post(engine, &format!("/gantry/v1/{verb}"), &body).json();
    format!("/gantry/v1/tasks/{}", started["task"].as_str().unwrap())
}

/// Cancels a task and waits for its end.
fn cancel(engine: &Engine, task: &str) -> Value {
    begin_to_cancel(engine, task);
    wait_for("the task to end", || {
        let found = http::get(engine, task).json();
        (found["state"] != "running").then_some(found)
    })
}

fn begin_to_cancel(engine: &Engine, task: &str) {
    let head = format!("DELETE {task} HTTP/1.1\nConnection: close");
    assert_eq!(http::send(engine, &head, b"").status, 204);
}

fn two_pulls_of_an_image_share_the_work(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    let image = app();
    registry.hold("app:1", &image);
    let gate = Gate::default();
    let closed = gate.clone();
    let crooked = Crooked::start(&registry.host(), move |asked, answer| {
        if is_layer(asked, &answer) {
            closed.pass();
        }
        answer
    });
    let name = format!("{}/app:1", crooked.host());
    let first = engine.start_docker(&["pull", &name]);
    first.says("Pulling fs layer");
    let second = engine.start_docker(&["pull", &name]);
    second.says("Pulling fs layer");
    let task = start(engine, "pull", &name);
    gate.open();
    for pull in [first, second] {
        let said = pull.finish().ok();
        assert!(said.contains("Status: Downloaded newer image"), "{said}");
    }
    wait_for("the task to end", || {
        (http::get(engine, &task).json()["state"] == "done").then_some(())
    });
    assert_eq!(engine.inspect(&name, ".Id"), image.id());
    let mut fetched: Vec<String> = crooked
        .asked()
        .into_iter()
        .filter(|asked| asked.method == "GET" && !asked.path.ends_with("/v2/"))
        .map(|asked| asked.path)
        .collect();
    let all = fetched.len();
    fetched.sort();
    fetched.dedup();
    assert_eq!(fetched.len(), all, "each once: {fetched:?}");
    assert_eq!(all, 4, "a manifest, a config, two layers");
}

fn a_cancelled_pull_leaves_nothing_to_be_seen(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    let image = app();
    registry.hold("app:1", &image);
    let slow = Arc::new(AtomicBool::new(true));
    let slowly = Arc::clone(&slow);
    let crooked = Crooked::start(&registry.host(), move |asked, mut answer| {
        if is_layer(asked, &answer) && slowly.load(Ordering::Relaxed) {
            let length = answer.body.len();
            answer.body.truncate(length / 2);
            answer.hold = true;
            return answer.with("content-length", length);
        }
        answer
    });
    let name = format!("{}/app:1", crooked.host());
    let images = || engine.docker(&["images", "-aq"]).ok();
    let (before, layers) = (images(), layers(engine));
    let task = start(engine, "pull", &name);
    wait_for("a part to be here", || {
        (left(engine) > 1 << 20).then_some(())
    });
    begin_to_cancel(engine, &task);
    // Who asks now does not get what was cancelled.
    let task_after = start(engine, "pull", &name);
    assert_ne!(task_after, task);
    let ended = cancel(engine, &task_after);
    assert_eq!(ended["state"], "cancelled", "{ended}");
    wait_for("the first to end", || {
        (http::get(engine, &task).json()["state"] == "cancelled").then_some(())
    });
    assert_eq!(images(), before);
    wait_for("unpacked halves to be removed", || {
        (self::layers(engine) == layers).then_some(())
    });
    // A client that leaves cancels too, when it is the last.
    let pull = engine.start_docker(&["pull", &name]);
    pull.says("Pulling fs layer");
    drop(pull);
    wait_for("the pull to end", || {
        let tasks = http::get(engine, "/gantry/v1/tasks").json();
        let mut tasks = tasks.as_array().unwrap().iter();
        tasks.all(|task| task["state"] != "running").then_some(())
    });
    // What came is no loss.
    slow.store(false, Ordering::Relaxed);
    engine.docker(&["pull", "-q", &name]).ok();
    let ranges = crooked.asked().into_iter();
    assert!(
        ranges
            .filter(|asked| asked.headers.contains_key("range"))
            .count()
            > 0
    );
    assert_eq!(left(engine), 0);
    assert_eq!(engine.inspect(&name, ".Id"), image.id());
}

/// The names of the layers that are unpacked.
fn layers(engine: &Engine) -> Vec<String> {
    let entries = std::fs::read_dir(engine.root().join("layers")).unwrap();
    let names = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn a_cancelled_push_gives_the_registry_no_name(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    let gate = Gate::default();
    let (closed, reached) = (gate.clone(), Gate::default());
    let arrived = reached.clone();
    let crooked = Crooked::start(&registry.host(), move |asked, answer| {
        // The layers are there, and nobody is told.
        if asked.is("PUT", "/blobs/uploads/") {
            arrived.open();
            closed.pass();
        }
        answer
    });
    let name = format!("{}/app:1", crooked.host());
    engine.load(&[app()]);
    engine.docker(&["tag", "app:1", &name]).ok();
    let task = start(engine, "push", &name);
    reached.pass();
    let ended = cancel(engine, &task);
    assert_eq!(ended["state"], "cancelled", "{ended}");
    gate.open();
    assert!(
        !crooked
            .asked()
            .iter()
            .any(|asked| asked.is("PUT", "/manifests/"))
    );
    let said = engine.docker(&["manifest", "inspect", "--insecure", &registry.name("app:1")]);
    assert_ne!(said.code, 0, "{said:?}");
    // It is as it was, and goes another time.
    assert_eq!(engine.docker(&["push", "-q", &name]).ok(), name);
    assert!(
        engine
            .inspect(&name, ".RepoDigests")
            .contains("app@sha256:")
    );
}

fn what_an_interrupted_pull_left_is_counted_and_pruned(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    registry.hold("app:1", &app());
    let crooked = Crooked::start(&registry.host(), |asked, mut answer| {
        if is_layer(asked, &answer) {
            let length = answer.body.len();
            answer.body.truncate(length / 2);
            return answer.with("content-length", length);
        }
        answer
    });
    engine.terminate();
    let config = engine.write("config.toml", "[registries]\nretries = 0\n");
    engine.launch_with(&["--config", config.to_str().unwrap()]);
    let size = || {
        http::get(engine, "/system/df").json()["LayersSize"]
            .as_u64()
            .unwrap()
    };
    let before = size();
    let name = format!("{}/app:1", crooked.host());
    engine.docker(&["pull", &name]).fails_with(1);
    let kept = left(engine);
    assert!(kept > 1 << 19, "{kept}");
    assert_eq!(size(), before + kept);
    engine
        .docker(&["image", "prune", "-f", "--filter", "until=1h"])
        .ok();
    engine
        .docker(&["image", "prune", "-f", "--filter", "label=x"])
        .ok();
    assert_eq!(left(engine), kept, "these are not meant");
    let pruned = http::send(
        engine,
        "POST /images/prune HTTP/1.1\nConnection: close",
        b"",
    );
    assert_eq!(pruned.json()["SpaceReclaimed"], kept);
    assert_eq!((left(engine), size()), (0, before));
    engine.docker(&["pull", &name]).fails_with(1);
    assert!(left(engine) > 1 << 19);
    engine.docker(&["system", "prune", "-f"]).ok();
    assert_eq!((left(engine), size()), (0, before));
}

fn engines_are_killed_while_they_pull(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    let image = app();
    registry.hold("app:1", &image);
    let calm = Arc::new(AtomicBool::new(false));
    let calmed = Arc::clone(&calm);
    let crooked = Crooked::start(&registry.host(), move |asked, mut answer| {
        if asked.is("GET", "/blobs/") && !calmed.load(Ordering::Relaxed) {
            // Each time a little more gets through, and now and then all of it.
            let length = answer.body.len();
            let part = rand::rng()
                .random_range(0..=length + length / 2)
                .min(length);
            if part < length {
                answer.body.truncate(part);
                answer.hold = true;
                return answer.with("content-length", length);
            }
        }
        answer
    });
    let name = format!("{}/app:1", crooked.host());
    let mut whole = 0;
    for _ in 0..KILLS {
        let mut pull = engine.start_docker(&["pull", &name]);
        // A random moment is what is wanted here.
        std::thread::sleep(Duration::from_millis(rand::rng().random_range(0..250)));
        engine.kill();
        pull.kill();
        engine.launch();
        if engine.docker(&["image", "inspect", &name]).code == 0 {
            assert_eq!(engine.inspect(&name, ".Id"), image.id());
            engine.docker(&["rmi", &name]).ok();
            whole += 1;
        }
        let found = engine.gantry(&["doctor"]);
        assert!(!found.out.contains("damaged"), "{found:?}");
    }
    println!("{whole} of {KILLS} pulls had come to their end");
    calm.store(true, Ordering::Relaxed);
    engine.docker(&["pull", "-q", &name]).ok();
    assert_eq!(engine.inspect(&name, ".Id"), image.id());
    assert_eq!(left(engine), 0);
}
