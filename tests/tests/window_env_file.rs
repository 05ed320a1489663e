//! Variables from a file, in the run dialog: as `docker run --env-file` reads them.

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

const FILE: &str =
    "# colours\nCOLOUR=blue\n\nQUOTED=\"as it is\"\nTZ=Asia/Seoul\nNOT_SET_ANYWHERE\n";

/// Lets a file go over the window, as a file manager would.
const DROP: &str = "
    const data = new DataTransfer();
    data.items.add(new File([arguments[0]], '.env'));
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
";
/// Gives the browser's own field a file, as its dialog would.
const PICK: &str = "
    const data = new DataTransfer();
    data.items.add(new File([arguments[0]], '.env'));
    const field = document.querySelector('[data-test=run-env-picked]');
    field.files = data.files;
    field.dispatchEvent(new Event('change'));
";

async fn story(door: Door) {
    let window = match Window::open(door, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let (page, engine) = (&window.page, &window.engine);
    page.shows("nav a[aria-current=page]", "Containers").await;
    window.load_busybox();
    page.click("a[href='#/images']").await;
    page.click("[data-test=image-row][data-image='busybox:latest']")
        .await;
    page.click("[data-test=image-run]").await;
    page.find("[data-test=run-load-env]").await;
    if door == Door::Application {
        // Its own dialog cannot be driven; the button is there.
        return window.close().await;
    }
    page.fill("[data-test=run-name]", "told").await;
    page.click("[data-test=run-add-variable]").await;
    page.fill("[data-test=run-variable-name]", "COLOUR").await;
    page.fill("[data-test=run-variable-value]", "red").await;
    page.run(DROP, vec!["A B=1\n".into()]).await;
    page.shows("[data-test=run-env-failure]", "Line 1").await;
    page.run(DROP, vec![FILE.into()]).await;
    page.loses("[data-test=run-env-failure]").await;
    page.find("[data-test=run-variable]:nth-of-type(3)").await;
    page.run(PICK, vec!["MORE=x\n".into()]).await;
    page.find("[data-test=run-variable]:nth-of-type(4)").await;
    page.photograph("env-file").await;
    page.fill("[data-test=run-command-field]", "sleep 1000")
        .await;
    page.click("[data-test=run-go]").await;
    page.loses("[data-test=run-dialog]").await;
    page.shows(".det-h", "Running").await;
    let found = engine.docker(&["exec", "told", "env"]).ok();
    let file = engine.write("env", format!("{FILE}MORE=x\n"));
    let file = file.to_str().unwrap();
    let judged = engine
        .docker(&["run", "--rm", "--env-file", file, "busybox", "env"])
        .ok();
    let own = |text: &str| {
        let lines = text.lines().filter(|line| !line.starts_with("HOSTNAME="));
        let mut lines: Vec<_> = lines.map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(own(&found), own(&judged));
    window.close().await;
}
