//! Health checks: run by the supervisor, told as Docker tells them.

use gantry_tests::{Engine, as_root_and_as_user, http, wait_for};
use serde_json::{Value, json};

as_root_and_as_user!(
    a_check_that_succeeds_makes_it_healthy,
    failures_make_it_unhealthy_and_a_success_heals,
    a_check_that_takes_too_long_is_killed,
    what_a_check_writes_is_cut,
    a_check_that_cannot_be_started_says_why,
    failures_do_not_count_while_it_starts,
    nothing_is_checked_while_it_is_paused,
    checks_go_on_without_an_engine,
    an_image_brings_its_check_and_the_caller_may_refuse_it,
    nonsense_is_refused,
);

/// Checks come ten times a second.
const OFTEN: [&str; 2] = ["--health-interval", "100ms"];
const SLEEP: [&str; 2] = ["sleep", "1000"];

fn run(engine: &Engine, options: &[&str], command: &[&str]) {
    engine.run_detached("box", &[&OFTEN[..], options].concat(), command);
}

fn health(engine: &Engine) -> Value {
    let text = engine.docker(&["inspect", "--format", "{{json .State.Health}}", "box"]);
    serde_json::from_str(&text.ok()).unwrap()
}

fn becomes(engine: &Engine, status: &str) -> Value {
    wait_for(&format!("the container to be {status}"), || {
        Some(health(engine)).filter(|health| health["Status"] == status)
    })
}

fn last(health: &Value) -> Value {
    health["Log"].as_array().unwrap().last().unwrap().clone()
}

fn a_check_that_succeeds_makes_it_healthy(engine: &Engine) {
    let mut events = engine.start_docker(&["events", "--format", "{{.Action}}"]);
    let check = "echo $A; test -e /marker";
    let patient = ["--health-retries", "100000"];
    let options = [&["--health-cmd", check, "-e", "A=yes"], &patient[..]];
    run(engine, &options.concat(), &SLEEP);
    let status = || engine.docker(&["ps", "--format", "{{.Status}}"]).ok();
    assert!(status().ends_with("(health: starting)"), "{}", status());
    // From now on nothing is missed.
    events.says("exec_die");
    engine.docker(&["exec", "box", "touch", "/marker"]).ok();
    let health = becomes(engine, "healthy");
    assert_eq!(health["FailingStreak"], 0);
    assert_eq!(last(&health)["ExitCode"], 0);
    assert_eq!(last(&health)["Output"], "yes\n");
    assert!(health["Log"].as_array().unwrap().len() <= 5);
    assert!(status().ends_with("(healthy)"), "{}", status());
    for (filter, shown) in [("healthy", "box"), ("unhealthy", ""), ("none", "")] {
        let filter = format!("health={filter}");
        let list = ["ps", "--filter", &filter, "--format", "{{.Names}}"];
        assert_eq!(engine.docker(&list).ok(), shown, "{filter}");
    }
    let command = "exec_start: /bin/sh -c echo $A; test -e /marker";
    for expected in [command, "exec_die", "health_status: healthy"] {
        events.says(expected);
    }
    events.kill();
    engine.docker(&["kill", "box"]).ok();
    engine.wait_for_state("box", "exited");
    // As Docker has it of what does not run.
    assert_eq!(self::health(engine)["Status"], "unhealthy");
}

fn failures_make_it_unhealthy_and_a_success_heals(engine: &Engine) {
    run(
        engine,
        &["--health-cmd", "test -e /marker", "--health-retries", "2"],
        &SLEEP,
    );
    let health = becomes(engine, "unhealthy");
    assert!(health["FailingStreak"].as_u64() >= Some(2), "{health}");
    assert_eq!(last(&health)["ExitCode"], 1);
    let row = http::get(engine, "/gantry/v1/snapshot").json();
    assert_eq!(row["containers"][0]["health"], "unhealthy");
    engine.docker(&["exec", "box", "touch", "/marker"]).ok();
    becomes(engine, "healthy");
}

fn a_check_that_takes_too_long_is_killed(engine: &Engine) {
    let check = [
        "--health-cmd",
        "echo hung; sleep 1000",
        "--health-timeout",
        "300ms",
        "--health-retries",
        "1",
    ];
    run(engine, &check, &SLEEP);
    let last = last(&becomes(engine, "unhealthy"));
    assert_eq!(last["ExitCode"], -1);
    assert_eq!(
        last["Output"],
        "Health check exceeded timeout (300ms): hung\n"
    );
    // Nothing of it is left but the shell's child, which ends with the container.
    let processes = engine.docker(&["top", "box", "-eo", "pid,args"]).ok();
    assert!(
        !processes.contains("echo hung") || processes.matches("echo hung").count() == 1,
        "{processes}"
    );
}

fn what_a_check_writes_is_cut(engine: &Engine) {
    let check = [
        "--health-cmd",
        "head -c 100000 /dev/zero | tr '\\0' a; echo end",
    ];
    run(engine, &check, &SLEEP);
    let health = becomes(engine, "healthy");
    let output = last(&health)["Output"].as_str().unwrap().to_owned();
    assert_eq!(output, format!("{}...", "a".repeat(4096)));
}

fn a_check_that_cannot_be_started_says_why(engine: &Engine) {
    let create = json!({
        "Image": "busybox", "Cmd": SLEEP, "HostConfig": {"NetworkMode": "none"},
        "Healthcheck": {"Test": ["CMD", "no-such-program"], "Interval": 100_000_000, "Retries": 1},
    });
    let made = http::post(engine, "/v1.51/containers/create?name=box", &create);
    assert_eq!(made.status, 201);
    engine.docker(&["start", "box"]).ok();
    let last = last(&becomes(engine, "unhealthy"));
    assert_eq!(last["ExitCode"], -1);
    assert!(
        last["Output"].as_str().unwrap().contains("no-such-program"),
        "{last}"
    );
}

fn failures_do_not_count_while_it_starts(engine: &Engine) {
    let start = [
        "--health-cmd",
        "test -e /marker",
        "--health-retries",
        "1",
        "--health-start-period",
        "1h",
        "--health-start-interval",
        "100ms",
    ];
    engine.run_detached(
        "box",
        &[&["--health-interval", "1h"][..], &start].concat(),
        &SLEEP,
    );
    let health = wait_for("some failures", || {
        Some(health(engine)).filter(|health| health["Log"].as_array().unwrap().len() >= 3)
    });
    assert_eq!(
        (&health["Status"], &health["FailingStreak"]),
        (&json!("starting"), &json!(0))
    );
    engine.docker(&["exec", "box", "touch", "/marker"]).ok();
    becomes(engine, "healthy");
}

fn nothing_is_checked_while_it_is_paused(engine: &Engine) {
    run(engine, &["--health-cmd", "true"], &SLEEP);
    becomes(engine, "healthy");
    engine.docker(&["pause", "box"]).ok();
    let found = || last(&health(engine))["End"].as_str().unwrap().to_owned();
    // One that was under way stands still with the container.
    let before = found();
    assert!(
        engine
            .docker(&["ps", "--format", "{{.Status}}"])
            .ok()
            .ends_with("(Paused)")
    );
    assert_eq!(found(), before);
    engine.docker(&["unpause", "box"]).ok();
    wait_for("a check after the pause", || {
        (found() != before).then_some(())
    });
}

fn checks_go_on_without_an_engine(engine: &Engine) {
    let script = "while [ ! -e /go ]; do sleep 0.1; done; touch /marker; sleep 1000";
    let folder = engine.file("shared");
    std::fs::create_dir(&folder).unwrap();
    engine.identity().own(&folder);
    let mount = format!("{}:/shared", folder.display());
    let check = "echo x >> /shared/checks; test -e /shared/well";
    run(
        engine,
        &["--health-cmd", check, "-v", &mount],
        &["sh", "-c", script],
    );
    becomes(engine, "unhealthy");
    engine.kill();
    let checks = || {
        std::fs::read_to_string(folder.join("checks"))
            .unwrap()
            .len()
    };
    let before = checks();
    wait_for("checks without an engine", || {
        (checks() > before + 2).then_some(())
    });
    std::fs::write(folder.join("well"), "").unwrap();
    let before = checks();
    wait_for("a check that succeeds", || {
        (checks() > before + 2).then_some(())
    });
    engine.launch();
    assert_eq!(health(engine)["Status"], "healthy");
}

fn an_image_brings_its_check_and_the_caller_may_refuse_it(engine: &Engine) {
    engine
        .docker(&["create", "--name", "base", "busybox", "sleep", "1000"])
        .ok();
    let change = "HEALTHCHECK --interval=100ms --retries=1 CMD test -e /marker";
    engine
        .docker(&["commit", "--change", change, "base", "checked"])
        .ok();
    let config = engine.inspect("checked", "json .Config.Healthcheck");
    let config: Value = serde_json::from_str(&config).unwrap();
    assert_eq!(config["Test"], json!(["CMD-SHELL", "test -e /marker"]));
    let network = ["run", "-d", "--network", "none"];
    engine
        .docker(&[&network[..], &["--name", "box", "checked"]].concat())
        .ok();
    becomes(engine, "unhealthy");
    let refused = ["--name", "calm", "--no-healthcheck", "checked"];
    engine.docker(&[&network[..], &refused].concat()).ok();
    assert_eq!(engine.inspect("calm", "json .State.Health"), "null");
    let ours = [
        "create",
        "--name",
        "ours",
        "--health-cmd",
        "true",
        "--health-interval",
        "2s",
        "checked",
    ];
    engine.gantry(&ours).ok();
    assert_eq!(
        engine.inspect("ours", "json .Config.Healthcheck.Interval"),
        "2000000000"
    );
}

fn nonsense_is_refused(engine: &Engine) {
    let refused = engine
        .docker(&["ps", "--filter", "health=fine"])
        .fails_with(1);
    assert!(
        refused.contains("invalid filter 'health=fine'"),
        "{refused}"
    );
    let body = json!({"Image": "busybox", "Healthcheck": {"Test": ["CMD", "a"], "Interval": 10}});
    let answer = http::post(engine, "/v1.51/containers/create", &body);
    assert_eq!(answer.status, 400);
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert_eq!(message, "Interval in Healthcheck cannot be less than 1ms");
}
