//! The lists of volumes and networks are walked with the keyboard, sorted, and say why something
//! stays.

use fantoccini::key::Key;
use gantry_tests::{
    Account, skip,
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
    for name in ["alpha", "beta", "gamma"] {
        engine.docker(&["volume", "create", name]).ok();
    }
    engine.docker(&["network", "create", "shop"]).ok();
    let fill = "head -c 5000 /dev/zero > /d/file";
    let run = ["run", "--name", "user", "-v", "beta:/d", "busybox"];
    engine
        .docker(&[&run[..], &["sh", "-c", fill]].concat())
        .ok();

    page.click("nav a[href='#/volumes']").await;
    sorted(page).await;
    walked(page).await;
    opened_by_keys(page).await;
    told_why_it_stays(page).await;
    networks_too(page).await;
    window.close().await;
}

async fn press(page: &Page, key: Key) {
    page.press_with(&[], key.into()).await;
}

/// The row that has the keyboard.
async fn is_on(page: &Page, name: &str) {
    let row = format!("tr:focus[data-volume='{name}'], tr:focus[data-network='{name}']");
    page.find(&row).await;
}

async fn first_is(page: &Page, name: &str) {
    let first = format!("tr[data-test=volume][data-volume='{name}']:first-child");
    page.find(&first).await;
}

/// The largest first, and by a press on a column otherwise.
async fn sorted(page: &Page) {
    let head = |column: u32| format!(".tbl--volumes th:nth-child({column})");
    page.shows("tr[data-volume=beta]", "4.88 KiB").await;
    first_is(page, "beta").await;
    page.find(&format!("{}[aria-sort=descending]", head(3)))
        .await;
    page.click(&format!("{} button", head(1))).await;
    page.find(&format!("{}[aria-sort=ascending]", head(1)))
        .await;
    first_is(page, "alpha").await;
    page.click(&format!("{} button", head(1))).await;
    first_is(page, "gamma").await;
    page.click(&format!("{} button", head(1))).await;
    first_is(page, "alpha").await;
}

async fn walked(page: &Page) {
    assert_eq!(page.count(".tbl--volumes tr[tabindex='0']").await, 1);
    page.run("document.querySelector('[data-filter]').focus()", vec![])
        .await;
    // Out of the filter into the list.
    press(page, Key::Down).await;
    is_on(page, "alpha").await;
    press(page, Key::Down).await;
    is_on(page, "beta").await;
    page.press_with(&[], 'j').await;
    is_on(page, "gamma").await;
    press(page, Key::Down).await;
    is_on(page, "gamma").await;
    press(page, Key::Home).await;
    is_on(page, "alpha").await;
    assert_eq!(page.count(".tbl--volumes tr[tabindex='0']").await, 1);
}

async fn opened_by_keys(page: &Page) {
    press(page, Key::End).await;
    press(page, Key::Enter).await;
    page.find("tr[data-volume=gamma][aria-current=true]").await;
    page.shows("[data-test=volume-detail]", "Created").await;
    page.run(
        "document.querySelector('tr[data-volume=gamma]').focus()",
        vec![],
    )
    .await;
    page.press_with(&[Key::Shift], Key::F10.into()).await;
    page.shows("[role=menu]", "Back up to tar").await;
    page.photograph("volumes-menu").await;
    press(page, Key::Escape).await;
    is_on(page, "gamma").await;
    // The button in the row is pressed, and not the row.
    page.run(
        "document.querySelector('tr[data-volume=alpha] button').focus()",
        vec![],
    )
    .await;
    press(page, Key::Enter).await;
    page.shows("[role=menu]", "Copy to a new volume").await;
    press(page, Key::Escape).await;
    page.find("tr[data-volume=gamma][aria-current=true]").await;
}

async fn told_why_it_stays(page: &Page) {
    page.run(
        "document.querySelector('tr[data-volume=beta]').focus()",
        vec![],
    )
    .await;
    press(page, Key::Delete).await;
    page.shows(".toast", "beta stays").await;
    page.shows(".toast", "user").await;
    assert_eq!(page.count("[role=dialog]").await, 0);
    // Another one goes, and what is open stays open.
    page.run(
        "document.querySelector('tr[data-volume=alpha]').focus()",
        vec![],
    )
    .await;
    press(page, Key::Delete).await;
    page.shows("[role=dialog]", "It holds no files").await;
    page.click("[data-test=remove-volume-now]").await;
    page.loses("tr[data-volume=alpha]").await;
    page.find("tr[data-volume=gamma][aria-current=true]").await;
}

async fn networks_too(page: &Page) {
    page.run(
        "document.querySelector('tr[data-network=shop]').focus()",
        vec![],
    )
    .await;
    press(page, Key::Down).await;
    is_on(page, "bridge").await;
    press(page, Key::Delete).await;
    page.shows(".toast:last-child", "bridge stays").await;
    press(page, Key::Home).await;
    press(page, Key::Enter).await;
    page.shows("[data-test=network-detail]", "No container is in it")
        .await;
    page.fill("[data-filter]", "sho").await;
    page.shows(".no-hits", "Nothing matches “sho”").await;
    page.find("tr[data-network=shop]").await;
    page.press("Show all 2").await;
    page.find("tr[data-volume=beta]").await;
}
