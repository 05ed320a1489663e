//! What a container uses, in the window: figures, their course, and the same as a table.

use gantry_tests::{
    Account, Engine, skip,
    window::{Door, Page, Window},
};

#[tokio::test]
async fn in_the_application() {
    story(Door::Application).await;
}

#[tokio::test]
async fn in_a_browser() {
    story(Door::Browser).await;
}

async fn story(door: Door) {
    let window = match Window::open(door, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let (page, engine) = (&window.page, &window.engine);
    page.shows("nav a[aria-current=page]", "Containers").await;
    window.load_busybox();
    let run = ["run", "-d", "--name", "busy", "--stop-timeout", "0"];
    let script = "sleep 1001 & while :; do usleep 1000; done";
    let work = ["busybox", "sh", "-c", script];
    engine.docker(&[&run[..], &work].concat()).ok();
    page.shows("tr[data-row]", "busy").await;
    // Its row tells what it uses, with the course of it.
    page.shows("[data-test=row-cpu]", "%").await;
    page.shows("[data-test=row-memory]", "iB").await;
    page.find("[data-test=row-cpu] .spark path[d*=L]").await;
    page.photograph("containers-sparks").await;
    sorted_by_use(page, engine).await;
    page.click("tr[data-row] a.name").await;
    page.press("Stats").await;

    page.shows("[data-test=stats-memory] .figure", "iB").await;
    page.shows("[data-test=stats-cpu] .figure", "%").await;
    page.shows("[data-test=stats-processes]", "process").await;
    // The course goes on while one looks: each reading is one more place of the line.
    let places = "return document.querySelector('[data-test=stats-cpu] .ln')\
        .getAttribute('d').split('L').length";
    let first = page.run(places, vec![]).await.as_u64().unwrap();
    while page.run(places, vec![]).await.as_u64().unwrap() < first + 2 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    processes(page).await;
    page.photograph("stats").await;
    page.press("1 h").await;
    page.shows(".stats-times", "1 h ago").await;
    // A run has its first minute after ten seconds.
    page.find("[data-test=stats-cpu] .ln[d^=M]").await;
    page.press("5 min").await;
    page.shows(".stats-times", "5 min ago").await;
    if door == Door::Browser {
        page.click("[data-test=stats-csv]").await;
        page.shows(".last-action", "The browser saves the file")
            .await;
    }
    window.close().await;
}

/// The names in the order of the list, as soon as it is this one.
async fn listed(page: &Page, expected: &[&str]) {
    let names = "return [...document.querySelectorAll('tr[data-row] a.name')]
        .map(name => name.textContent)";
    let all = async {
        while page.run(names, vec![]).await != serde_json::json!(expected) {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    let patience = std::time::Duration::from_mins(2);
    let sorted = tokio::time::timeout(patience, all).await;
    assert!(sorted.is_ok(), "the list never became {expected:?}");
}

/// The busiest first, the calmest first; what does not run is last both times.
async fn sorted_by_use(page: &Page, engine: &Engine) {
    let calm = ["run", "-d", "--name", "calm", "--stop-timeout", "0"];
    engine
        .docker(&[&calm[..], &["busybox", "sleep", "1000"]].concat())
        .ok();
    engine
        .docker(&["create", "--name", "asleep", "busybox"])
        .ok();
    listed(page, &["asleep", "busy", "calm"]).await;
    page.press("CPU").await;
    page.find("th[aria-sort=descending]").await;
    listed(page, &["busy", "calm", "asleep"]).await;
    page.press("CPU").await;
    page.find("th[aria-sort=ascending]").await;
    listed(page, &["calm", "busy", "asleep"]).await;
    engine.docker(&["rm", "-f", "calm", "asleep"]).ok();
    page.press("Name").await;
    listed(page, &["busy"]).await;
}

/// What the container runs, as it sees it, sorted by a press on a column.
async fn processes(page: &Page) {
    let first = "[data-test=stats-process]";
    page.shows("[data-test=stats-process-list]", "sleep 1001")
        .await;
    // It lies below the charts.
    let down = "document.querySelector('[data-test=stats-process-list]').scrollIntoView()";
    page.run(down, vec![]).await;
    page.press("PID").await;
    page.shows(first, "1sh -c").await;
    page.press("PID").await;
    page.press("Command").await;
    let commands =
        "return [...document.querySelectorAll('[data-test=stats-process] td:nth-child(2)')]
        .map(cell => cell.textContent)";
    let commands = page.run(commands, vec![]).await;
    let commands: Vec<_> = commands.as_array().unwrap().clone();
    assert!(
        commands.is_sorted_by(|a, b| a.as_str() <= b.as_str()),
        "{commands:?}"
    );
}
