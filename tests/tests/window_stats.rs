//! What a container uses, in the window: figures, their course, and the same as a table.

use gantry_tests::{
    Account, skip,
    window::{Door, Window},
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
    let work = ["busybox", "sh", "-c", "while :; do usleep 1000; done"];
    engine.docker(&[&run[..], &work].concat()).ok();
    page.shows("tr[data-row]", "busy").await;
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
    page.photograph("stats").await;
    window.close().await;
}
