//! Limits of a container changed in the window; docker is asked what became of it.

use gantry_tests::{
    Account, Engine, skip,
    window::{Door, Page, Window},
};

const SLEEP: [&str; 3] = ["busybox", "sleep", "1000"];

#[tokio::test]
async fn in_the_application() {
    story(Door::Application, Account::Root).await;
}

#[tokio::test]
async fn in_a_browser() {
    story(Door::Browser, Account::Root).await;
}

#[tokio::test]
async fn as_an_ordinary_user() {
    story(Door::Browser, Account::User).await;
}

async fn story(door: Door, account: Account) {
    let window = match Window::open(door, account).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let (page, engine) = (&window.page, &window.engine);
    page.shows("nav a[aria-current=page]", "Containers").await;
    window.load_busybox();
    let run = "run -d --name web --network none --stop-timeout 0 --restart on-failure:3";
    let limits = "-m 64m --cpus 0.5 --pids-limit 50";
    let words = |line: &'static str| line.split(' ').collect::<Vec<_>>();
    let limited = [words(run), words(limits), SLEEP.into()].concat();
    if engine.docker(&limited).code == 0 {
        at_once(page, engine).await;
        for_the_next_start(page, engine).await;
    } else {
        engine.docker(&[words(run), SLEEP.into()].concat()).ok();
        what_cannot_be_had_is_said(page, engine).await;
    }
    window.close().await;
}

async fn open(page: &Page) {
    page.press("More actions").await;
    page.press("Change limits…").await;
    page.find("[data-test=limits-dialog]").await;
}

async fn value(page: &Page, field: &str) -> String {
    let script = "return document.querySelector(arguments[0]).value";
    let css = format!("[data-test=limit-{field}]");
    let value = page.run(script, vec![css.into()]).await;
    value.as_str().unwrap_or_default().to_owned()
}

async fn fill(page: &Page, field: &str, text: &str) {
    page.fill(&format!("[data-test=limit-{field}]"), text).await;
}

/// Takes away what a field holds.
const BACKSPACE: &str = "\u{e003}";

async fn at_once(page: &Page, engine: &Engine) {
    page.shows("tr[data-row]", "web").await;
    page.click("tr[data-row] a.name").await;
    open(page).await;
    for (field, expected) in [
        ("cpus", "0.5"),
        ("memory", "64"),
        ("pids", "50"),
        ("restart", "on-failure:3"),
    ] {
        assert_eq!(value(page, field).await, expected, "{field}");
    }
    page.photograph("limits").await;
    page.find("[data-test=limits-go][aria-disabled]").await;
    // Docker takes no limit of memory away.
    fill(page, "memory", BACKSPACE).await;
    page.shows("[data-test=limits-dialog] .hint--bad", "but not none")
        .await;
    fill(page, "memory", "256").await;
    page.loses("[data-test=limits-dialog] .hint--bad").await;
    fill(page, "cpus", "1").await;
    fill(page, "pids", BACKSPACE).await;
    page.choose("[data-test=limit-restart]", "unless-stopped")
        .await;
    page.click("[data-test=limits-go]").await;
    page.loses("[data-test=limits-dialog]").await;
    let command = "docker update --memory 256m --memory-swap 512m --cpus 1 --pids-limit -1 \
        --restart unless-stopped web";
    page.shows(".same-as", command).await;
    let of = |what: &str| engine.inspect("web", what);
    assert_eq!(of(".HostConfig.Memory"), (256 << 20).to_string());
    assert_eq!(of(".HostConfig.MemorySwap"), (512 << 20).to_string());
    assert_eq!(of(".HostConfig.NanoCpus"), "1000000000");
    assert_eq!(of(".HostConfig.PidsLimit"), "-1");
    assert_eq!(of(".HostConfig.RestartPolicy.Name"), "unless-stopped");
    let stats = ["stats", "--no-stream", "--format", "{{.MemUsage}}", "web"];
    let told = engine.docker(&stats).ok();
    assert!(told.ends_with("/ 256MiB"), "{told}");
}

async fn for_the_next_start(page: &Page, engine: &Engine) {
    engine.docker(&["stop", "web"]).ok();
    page.shows(".det-h", "Exited").await;
    open(page).await;
    fill(page, "memory", "32").await;
    page.press_key("[data-test=limit-memory]", "Enter").await;
    page.loses("[data-test=limits-dialog]").await;
    let limit = (32 << 20).to_string();
    assert_eq!(engine.inspect("web", ".HostConfig.Memory"), limit);
    // What was not touched stayed.
    assert_eq!(engine.inspect("web", ".HostConfig.NanoCpus"), "1000000000");
    engine.docker(&["start", "web"]).ok();
    let stats = ["stats", "--no-stream", "--format", "{{.MemUsage}}", "web"];
    let told = engine.docker(&stats).ok();
    assert!(told.ends_with("/ 32MiB"), "{told}");
}

async fn what_cannot_be_had_is_said(page: &Page, engine: &Engine) {
    page.shows("tr[data-row]", "web").await;
    page.click("tr[data-row] a.name").await;
    open(page).await;
    page.shows("[data-test=limits-missing]", "memory").await;
    page.shows("[data-test=limits-missing]", "control group")
        .await;
    page.find("[data-test=limit-memory]:disabled").await;
    page.photograph("limits-missing").await;
    // What needs no control group can be had.
    page.choose("[data-test=limit-restart]", "always").await;
    page.click("[data-test=limits-go]").await;
    page.loses("[data-test=limits-dialog]").await;
    let policy = engine.inspect("web", ".HostConfig.RestartPolicy.Name");
    assert_eq!(policy, "always");
}
